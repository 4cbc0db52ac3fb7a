package controllers

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/controllers/desired"
)

func TestOwnership(t *testing.T) {
	session := &v1alpha1.WhatsAppSession{ObjectMeta: metav1.ObjectMeta{Namespace: "crm", Name: "sales", UID: "us"}}
	labels := desired.Labels(session)
	controlledBy := func(uid types.UID) []metav1.OwnerReference {
		return []metav1.OwnerReference{{
			APIVersion: v1alpha1.GroupVersion.String(), Kind: v1alpha1.Kind, Name: "sales", UID: uid, Controller: ptr.To(true),
		}}
	}
	another := []metav1.OwnerReference{{APIVersion: "apps/v1", Kind: "Deployment", Name: "sales", UID: "them", Controller: ptr.To(true)}}
	cases := []struct {
		name   string
		labels map[string]string
		owners []metav1.OwnerReference
		want   ownership
		mine   bool
	}{
		{"controlled by the session", labels, controlledBy("us"), ours, true},
		{"controlled by the session, labels lost", nil, controlledBy("us"), ours, true},
		{"controlled by a session of the same name before", labels, controlledBy("them"), predecessors, false},
		{"controlled by another", nil, another, somebodyElses, false},
		{"retained volume", labels, nil, leftBehind, true},
		{"owned, and controlled by nobody", labels, []metav1.OwnerReference{{UID: "them"}}, leftBehind, true},
		{"made by hand", nil, nil, nobodys, false},
		{"of another session", map[string]string{v1alpha1.LabelManagedBy: v1alpha1.ManagerName, v1alpha1.LabelSession: "other"}, nil, nobodys, false},
		{"with a label by chance", map[string]string{v1alpha1.LabelSession: "sales"}, nil, nobodys, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := ownershipOf(&corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Labels: c.labels, OwnerReferences: c.owners}}, session)
			if got != c.want || got.mine() != c.mine {
				t.Errorf("ownership is %d (mine: %v), want %d (mine: %v)", got, got.mine(), c.want, c.mine)
			}
		})
	}
}
