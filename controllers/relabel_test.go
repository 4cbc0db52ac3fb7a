package controllers

import (
	"reflect"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestWhichLabelsOfAPodArePutRight(t *testing.T) {
	const shard = "wasession.dev/shard"
	wanted := map[string]string{"managed": "us", "session": "sales"}
	in := func(name string) map[string]string {
		return map[string]string{"managed": "us", "session": "sales", shard: name}
	}
	cases := []struct {
		name         string
		held, wanted map[string]string
		want         map[string]any
	}{
		{"as they should be", wanted, wanted, map[string]any{}},
		{"more of others", map[string]string{"managed": "us", "session": "sales", "team": "crm"}, wanted, map[string]any{}},
		{"all lost", nil, wanted, map[string]any{"managed": "us", "session": "sales"}},
		{"one changed", map[string]string{"managed": "them", "session": "sales"}, wanted, map[string]any{"managed": "us"}},
		{"to a shard", wanted, in("a"), map[string]any{shard: "a"}},
		{"to another shard", in("a"), in("b"), map[string]any{shard: "b"}},
		{"out of its shard", in("a"), wanted, map[string]any{shard: nil}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := labelChanges(&corev1.Pod{ObjectMeta: metav1.ObjectMeta{Labels: c.held}}, c.wanted); !reflect.DeepEqual(got, c.want) {
				t.Errorf("changes are %v, want %v", got, c.want)
			}
		})
	}
}
