package controllers_test

import (
	"context"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/controllers"
)

// patience is how long a spec waits for an operator that was disturbed: its
// watches come back after half a minute at the latest.
const patience = time.Minute

// story is something that happens to a session, and what has to come of it.
type story struct {
	name  string
	given []func(*v1alpha1.WhatsAppSession) // of the session before
	found outcome                           // before; nil where the story creates the session
	told  func(ctx context.Context, key types.NamespacedName)
	ends  outcome
	// pods is how many the session has had in the end, one after the other.
	pods int
}

// stories are all that an operator does for sessions with more than one write.
func stories(nodes *fakeNodes) []story {
	withVolume := func(policy v1alpha1.VolumeDeletionPolicy) []func(*v1alpha1.WhatsAppSession) {
		return []func(*v1alpha1.WhatsAppSession){func(s *v1alpha1.WhatsAppSession) { s.Spec.Storage.Claim.WhenDeleted = policy }}
	}
	create := func(changes ...func(*v1alpha1.WhatsAppSession)) func(context.Context, types.NamespacedName) {
		return func(ctx context.Context, key types.NamespacedName) {
			newSession(ctx, key.Namespace, key.Name, changes...)
		}
	}
	edit := func(change edit) func(context.Context, types.NamespacedName) {
		return func(ctx context.Context, key types.NamespacedName) { editSpec(ctx, key, change) }
	}
	remove := func(ctx context.Context, key types.NamespacedName) {
		Expect(k8s.Delete(ctx, getSession(ctx, key))).To(Succeed())
	}
	kill := func(ctx context.Context, key types.NamespacedName) {
		Expect(k8s.Delete(ctx, getPod(ctx, key))).To(Succeed())
	}
	evict := func(ctx context.Context, key types.NamespacedName) {
		Expect(nodes.Evict(ctx, key)).To(Succeed())
	}
	return []story{
		{name: "killed", found: isReady, told: kill, ends: hasPods(nodes, 2), pods: 2},
		{name: "evicted", found: isReady, told: evict, ends: hasPods(nodes, 2), pods: 2},
		{name: "created", told: create(), ends: isReady, pods: 1},
		{name: "created-to-go", told: create(withVolume(v1alpha1.VolumeDelete)...), ends: isReady, pods: 1},
		{name: "changed", found: isReady, ends: hasPodLabel("team", "crm"), pods: 2, told: edit(func(s *v1alpha1.WhatsAppSessionSpec) {
			s.Pod = &v1alpha1.PodSpec{Labels: map[string]v1alpha1.LabelValue{"team": "crm"}}
		})},
		{name: "reconfigured", found: isReady, ends: hasTakenUp(nodes, "debug"), pods: 1, told: edit(func(s *v1alpha1.WhatsAppSessionSpec) {
			s.LogLevel = v1alpha1.LogDebug
		})},
		{name: "stopped", found: isReady, told: edit(stopSession), ends: isStopped, pods: 1},
		{name: "started", found: isStopped, told: edit(startSession), ends: isReady, pods: 1,
			given: []func(*v1alpha1.WhatsAppSession){func(s *v1alpha1.WhatsAppSession) { stopSession(&s.Spec) }}},
		{name: "deleted", found: isReady, told: remove, ends: isGone, pods: 1, given: withVolume(v1alpha1.VolumeRetain)},
		{name: "deleted-with-volume", found: isReady, told: remove, ends: isGone, pods: 1, given: withVolume(v1alpha1.VolumeDelete)},
	}
}

// telling is a story as it happens in a namespace of its own.
type telling struct {
	story
	key types.NamespacedName
}

// prepare creates the sessions that the stories begin with.
func prepare(ctx context.Context, nodes *fakeNodes, stories ...story) []*telling {
	GinkgoHelper()
	tellings := make([]*telling, 0, len(stories))
	for _, story := range stories {
		t := &telling{story, types.NamespacedName{Namespace: nodes.Namespace(ctx), Name: "sales"}}
		tellings = append(tellings, t)
		if t.found != nil {
			newSession(ctx, t.key.Namespace, t.key.Name, t.given...)
		}
	}
	// All at once: one after the other, as namespaces go, takes long.
	DeferCleanup(func(ctx context.Context) {
		for _, t := range tellings {
			Expect(k8s.DeleteAllOf(ctx, &v1alpha1.WhatsAppSession{}, client.InNamespace(t.key.Namespace))).To(Succeed())
		}
	})
	for _, t := range tellings {
		if t.found != nil {
			expectOutcome(ctx, t.key, t.found)
		}
	}
	return tellings
}

// unpaced lets all pods be replaced at the same time.
func unpaced(o *controllers.Options) { o.Rollouts.MaxConcurrent, o.Rollouts.Interval = 100, 0 }

// expectOutcomes waits for the ends of all stories. On the way no session may
// have had a pod too many.
func expectOutcomes(ctx context.Context, nodes *fakeNodes, tellings []*telling) {
	GinkgoHelper()
	for _, t := range tellings {
		expectOutcome(ctx, t.key, t.ends)
		Expect(nodes.Starts(t.key)).To(Equal(t.pods), "%s: so many pods, one after the other", t.name)
	}
	Expect(nodes.Violations()).To(BeEmpty())
}

// expectQuiet waits until nobody has written anything for two seconds. To get
// there it may take bound writes in all.
func expectQuiet(bound int, writes func() int) {
	GinkgoHelper()
	count, since := -1, time.Now()
	Eventually(func() time.Duration {
		if now := writes(); now != count {
			count, since = now, time.Now()
		}
		Expect(count).To(BeNumerically("<=", bound), "so many writes")
		return time.Since(since)
	}).WithTimeout(patience).Should(BeNumerically(">=", 2*time.Second), "the writes do not end")
}

// writesOf counts what operators have written in the namespaces of stories.
func writesOf(tellings []*telling, operators ...*operatorProcess) func() int {
	return func() int {
		sum := 0
		for _, o := range operators {
			for _, t := range tellings {
				sum += len(o.Writes(t.key.Namespace))
			}
		}
		return sum
	}
}
