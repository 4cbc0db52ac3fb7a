package command

import (
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/labels"
)

func TestShards(t *testing.T) {
	for selector, sessions := range map[string]map[string]bool{
		"":                              {"": true, "a": true, "b": true},
		"wasession.dev/shard=a":         {"": false, "a": true, "b": false},
		"wasession.dev/shard in (a, b)": {"": false, "a": true, "b": true},
		"!wasession.dev/shard":          {"": true, "a": false, "b": false},
	} {
		_, c, err := parse(t, "--runtime-image=x", "--watch-label-selector="+selector)
		if err != nil {
			t.Fatal(err)
		}
		for shard, want := range sessions {
			set := labels.Set{}
			if shard != "" {
				set["wasession.dev/shard"] = shard
			}
			if got := c.Shard == nil || c.Shard.Matches(set); got != want {
				t.Errorf("%q handles a session of shard %q: %v, want %v", selector, shard, got, want)
			}
		}
	}
}

func TestSelectorsThatAreRefused(t *testing.T) {
	for selector, want := range map[string]string{
		"team=crm":                       "team",
		"wasession.dev/shard=a,team=crm": "team",
		"wasession.dev/shard=a b":        "--watch-label-selector",
	} {
		if _, _, err := parse(t, "--runtime-image=x", "--watch-label-selector="+selector); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", selector, err, want)
		}
	}
}

func TestEachShardHasItsLease(t *testing.T) {
	seen := map[string]string{}
	for _, selector := range []string{"", "wasession.dev/shard=a", "wasession.dev/shard=b", "!wasession.dev/shard"} {
		o := &options{watchLabelSelector: selector}
		shard, err := o.shard()
		if err != nil {
			t.Fatal(err)
		}
		name := leaseOf(shard)
		if other, taken := seen[name]; taken {
			t.Errorf("%q and %q compete for %s", selector, other, name)
		}
		seen[name] = selector
	}
	if seen["wasession-operator"] != "" {
		t.Error("without shards the lease has another name than before")
	}
}
