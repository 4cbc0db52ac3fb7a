package main

import (
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/wasession/wasession/api/v1alpha1"
)

// namespace is that of all sessions.
const namespace = "default"

// labelEdit is the pod label that edits of the template change.
const labelEdit = "example.com/edit"

// wish is what the user of a session wants at the moment.
type wish struct {
	name     string
	exists   bool
	stopped  bool
	edit     string
	logLevel v1alpha1.LogLevel
	// policy is fixed, so that at the end it is known whose volume must be the one
	// of the beginning.
	policy v1alpha1.VolumeDeletionPolicy
	claim  types.UID // at the beginning, if retained
}

func newWishes(count int) []*wish {
	wishes := make([]*wish, count)
	for i := range wishes {
		wishes[i] = &wish{
			name: fmt.Sprintf("session-%04d", i), exists: true, edit: "none", logLevel: v1alpha1.LogInfo,
			policy: v1alpha1.VolumeRetain,
		}
		if i%3 == 0 {
			wishes[i].policy = v1alpha1.VolumeDelete
		}
	}
	return wishes
}

func (w *wish) key() types.NamespacedName {
	return types.NamespacedName{Namespace: namespace, Name: w.name}
}

// session is the manifest that the user would apply.
func (w *wish) session() *v1alpha1.WhatsAppSession {
	session := &v1alpha1.WhatsAppSession{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: w.name}}
	session.Spec.Storage.Claim.WhenDeleted = w.policy
	w.into(&session.Spec)
	return session
}

// into writes what can be edited.
func (w *wish) into(spec *v1alpha1.WhatsAppSessionSpec) {
	spec.State = v1alpha1.SessionRunning
	if w.stopped {
		spec.State = v1alpha1.SessionStopped
	}
	spec.LogLevel = w.logLevel
	spec.Pod = &v1alpha1.PodSpec{Labels: map[string]v1alpha1.LabelValue{labelEdit: v1alpha1.LabelValue(w.edit)}}
}

// change is what an edit makes of the wish.
func (w *wish) change(s step) {
	switch s.kind {
	case templateEdited:
		w.edit = fmt.Sprint("n", s.value)
	case configEdited:
		levels := []v1alpha1.LogLevel{v1alpha1.LogDebug, v1alpha1.LogInfo, v1alpha1.LogWarn}
		w.logLevel = levels[s.value%len(levels)]
	case stateToggled:
		w.stopped = !w.stopped
	}
}
