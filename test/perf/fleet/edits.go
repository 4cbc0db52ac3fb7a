package main

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/test/perf/figures"
)

// editEvery is the time between two changes: the fleet is settled, not flooded.
const editEvery = 50 * time.Millisecond

// edit changes sessions of the settled fleet, and measures how long each takes
// until its ConfigMap has changed too, as a watch sees it.
func (l *lab) edit(ctx context.Context) error {
	count := min(l.edits, l.sessions-1) // the first is what the bare client copies
	if count < 1 {
		return nil
	}
	others := l.begin(fmt.Sprintf("changing %d sessions of the settled fleet", count))
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	configs, err := l.cluster.follow(ctx, &corev1.ConfigMapList{}, client.InNamespace(namespace), labelled())
	if err != nil {
		return fmt.Errorf("watching ConfigMaps: %w", err)
	}
	defer configs.Stop()
	changed := make(chan map[string]time.Time, 1)
	go func() { changed <- firstChanges(configs, count) }() // ends with the watch

	began := map[string]time.Time{}
	for i := range count {
		name := sessionName(l.sessions - 1 - i)
		session := &v1alpha1.WhatsAppSession{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}}
		began[name+"-config"] = time.Now()
		patch := client.RawPatch(types.MergePatchType, []byte(`{"spec":{"logLevel":"Debug"}}`))
		if err := l.cluster.Patch(ctx, session, patch); err != nil {
			return fmt.Errorf("changing a session: %w", err)
		}
		if err := pause(ctx, editEvery); err != nil {
			return err
		}
	}
	var took []float64
	select {
	case seen := <-changed:
		for name, at := range seen {
			took = append(took, at.Sub(began[name]).Seconds()*1000)
		}
	case <-ctx.Done():
		return fmt.Errorf("%d changed sessions did not all reach their ConfigMaps: %w", count, ctx.Err())
	}
	busy := others()
	note := fmt.Sprintf("from the request until a watch sees the new ConfigMap; %d changes", count)
	l.report(figures.Figure{Name: "edit-p50", Ours: figures.Percentile(took, 50), Unit: "ms", Others: busy, Note: note})
	l.report(figures.Figure{Name: "edit-p99", Ours: figures.Percentile(took, 99), Unit: "ms", Others: busy, Note: note})
	return nil
}

// firstChanges returns when each of that many objects changed first; fewer if
// the watch ends.
func firstChanges(w watch.Interface, count int) map[string]time.Time {
	seen := map[string]time.Time{}
	for event := range w.ResultChan() {
		object, ok := event.Object.(*corev1.ConfigMap)
		if !ok || event.Type != watch.Modified {
			continue
		}
		if _, known := seen[object.Name]; !known {
			seen[object.Name] = time.Now()
		}
		if len(seen) == count {
			break
		}
	}
	return seen
}

// labelled selects what the operator has made.
func labelled() client.MatchingLabels {
	return client.MatchingLabels{v1alpha1.LabelManagedBy: v1alpha1.ManagerName}
}
