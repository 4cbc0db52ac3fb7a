package controllers

import (
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/types"

	"github.com/wasession/wasession/api/v1alpha1"
)

// A session on its way passes through states that last for moments: its pod is
// pending, its claim is bound, its runtime starts. Each would be a write, four for
// every session of a new fleet. A status that only says how far a session has
// come is held back for a while, and mostly replaced by the one that says where
// it has arrived. Results and problems are written at once.

// onlyProgress reports whether the status after differs from before in nothing
// but how far the session has come.
func onlyProgress(before, after v1alpha1.WhatsAppSessionStatus) bool {
	if !meta.IsStatusConditionTrue(after.Conditions, v1alpha1.ConditionReconciling) {
		return false // it has arrived, or needs a person
	}
	if len(before.Conditions) > 0 && !meta.IsStatusConditionTrue(before.Conditions, v1alpha1.ConditionReconciling) {
		return false // it was at rest, and is no more
	}
	for _, told := range []string{v1alpha1.ConditionPaired, v1alpha1.ConditionConnected} {
		if meta.IsStatusConditionTrue(before.Conditions, told) != meta.IsStatusConditionTrue(after.Conditions, told) {
			return false
		}
	}
	// What progress shows in.
	before.ObservedGeneration, before.Conditions = after.ObservedGeneration, after.Conditions
	before.Phase, before.Endpoint, before.Volume = after.Phase, after.Endpoint, after.Volume
	before.RuntimeVersion, before.Chats, before.NodeName = after.RuntimeVersion, after.Chats, after.NodeName
	return equality.Semantic.DeepEqual(before, after)
}

// progress remembers since when statuses are held back.
type progress struct {
	mu   sync.Mutex
	held map[types.NamespacedName]time.Time
}

// hold returns for how long the session's status is still held back; 0 if it is
// to be written now.
func (p *progress) hold(session types.NamespacedName, now time.Time, delay time.Duration) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	since, ok := p.held[session]
	if !ok {
		if p.held == nil {
			p.held = map[types.NamespacedName]time.Time{}
		}
		p.held[session], since = now, now
	}
	return max(0, delay-now.Sub(since))
}

// done forgets a session whose status was written, or whose is as it should be.
func (p *progress) done(session types.NamespacedName) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.held, session)
}
