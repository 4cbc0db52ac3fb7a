package main

import (
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/wasession/wasession/api/v1alpha1"
)

// wished is a session and the world in which all is right with it.
func wished() (*wish, *world) {
	w := newWishes(2)[1] // whose volume is retained
	w.claim = "claim"
	session := w.session()
	session.UID, session.Generation = "session", 3
	session.Status.Conditions = []metav1.Condition{{
		Type: v1alpha1.ConditionReady, Status: metav1.ConditionTrue, Reason: v1alpha1.ReasonConnected, ObservedGeneration: 3,
	}}
	return w, &world{
		sessions: map[string]*v1alpha1.WhatsAppSession{w.name: session},
		pods:     map[string]*corev1.Pod{w.name: {ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{labelEdit: w.edit}}}},
		claims:   map[string]*corev1.PersistentVolumeClaim{w.name: {ObjectMeta: metav1.ObjectMeta{UID: "claim"}}},
		configs:  map[string]string{w.name: "hash"},
		inForce:  map[string]string{w.name: "hash"},
		others:   []owned{{"Service " + w.name, w.name, "session"}},
	}
}

func TestProblems(t *testing.T) {
	stopped := func(w *wish, is *world) {
		w.stopped = true
		delete(is.pods, w.name)
		ready := &is.sessions[w.name].Status.Conditions[0]
		ready.Status, ready.Reason = metav1.ConditionFalse, v1alpha1.ReasonStopped
	}
	deleted := func(w *wish, is *world) {
		w.exists = false
		delete(is.sessions, w.name)
		delete(is.pods, w.name)
		is.others = nil
	}
	now := metav1.Now()
	for name, c := range map[string]struct {
		change func(*wish, *world)
		want   string // a part of the only problem; empty if there is none
	}{
		"all right":            {func(*wish, *world) {}, ""},
		"not there":            {func(w *wish, is *world) { delete(is.sessions, w.name); is.others = nil }, "does not exist"},
		"not observed":         {func(w *wish, is *world) { is.sessions[w.name].Generation++ }, "not up to date"},
		"not ready":            {func(w *wish, is *world) { is.sessions[w.name].Status.Conditions[0].Status = metav1.ConditionFalse }, "not ready"},
		"no pod":               {func(w *wish, is *world) { delete(is.pods, w.name) }, "without a pod"},
		"an old pod":           {func(w *wish, _ *world) { w.edit = "n5" }, "pod of edit"},
		"an old configuration": {func(w *wish, is *world) { is.inForce[w.name] = "old" }, "another configuration"},
		"an edit undone":       {func(w *wish, _ *world) { w.logLevel = v1alpha1.LogDebug }, "log level"},
		"stopped":              {stopped, ""},
		"stopped with a pod":   {func(w *wish, is *world) { pods := is.pods[w.name]; stopped(w, is); is.pods[w.name] = pods }, "not stopped"},
		"deleted":              {deleted, ""},
		"deleted with a pod":   {func(w *wish, is *world) { pods := is.pods[w.name]; deleted(w, is); is.pods[w.name] = pods }, "its pod is not"},
		"not deleted":          {func(w *wish, _ *world) { w.exists = false }, "is not gone"},
		"its claim is lost":    {func(w *wish, is *world) { delete(is.claims, w.name) }, "claim is lost"},
		"its claim is another": {func(w *wish, is *world) { is.claims[w.name].UID = "other" }, "another claim"},
		"its claim goes":       {func(w *wish, is *world) { is.claims[w.name].DeletionTimestamp = &now }, "told to go"},
		"its claim stays":      {func(w *wish, is *world) { deleted(w, is); w.policy = v1alpha1.VolumeDelete }, "its claim is not"},
		"a retained key":       {func(w *wish, is *world) { deleted(w, is); is.others = []owned{{"Secret x", w.name, ""}} }, ""},
		"an orphan": {func(w *wish, is *world) {
			deleted(w, is)
			is.others = []owned{{"Service x", w.name, types.UID("session")}}
		}, "orphan"},
		"an object of the one before": {func(_ *wish, is *world) { is.others[0].owner = "before" }, "orphan"},
	} {
		t.Run(name, func(t *testing.T) {
			wanted, is := wished()
			c.change(wanted, is)
			found := is.problems([]*wish{wanted})
			if c.want == "" && len(found) > 0 || c.want != "" && (len(found) != 1 || !strings.Contains(found[0], c.want)) {
				t.Errorf("problems are %q, want %q", found, c.want)
			}
		})
	}
}

func TestObjectsAreNamedByTheirKind(t *testing.T) {
	var w world
	if err := w.add(&corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "a-keys", Labels: map[string]string{v1alpha1.LabelSession: "a"}}}); err != nil {
		t.Fatal(err)
	}
	if err := w.add(&corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "somebody's"}}); err != nil {
		t.Fatal(err)
	}
	if want := []owned{{"Secret a-keys", "a", ""}}; !slices.Equal(w.others, want) {
		t.Errorf("objects are %+v, want %+v", w.others, want)
	}
}
