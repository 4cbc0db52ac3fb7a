package controllers_test

import (
	"context"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	gomegatypes "github.com/onsi/gomega/types"
	eventsv1 "k8s.io/api/events/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
)

// archiveDaily is a typical policy.
func archiveDaily() *v1alpha1.AutoArchiveSpec {
	return &v1alpha1.AutoArchiveSpec{
		Schedule: "0 3 * * *", TimeZone: "Europe/Berlin",
		Policies: []v1alpha1.ArchivePolicy{{
			Name: "zombies", InactiveFor: &metav1.Duration{Duration: 90 * 24 * time.Hour},
		}},
	}
}

// events returns the reasons of the Events of a session, once per Event.
func events(ctx context.Context, key types.NamespacedName) []string {
	GinkgoHelper()
	list := &eventsv1.EventList{}
	Expect(k8s.List(ctx, list, client.InNamespace(key.Namespace))).To(Succeed())
	var reasons []string
	for _, e := range list.Items {
		if e.Regarding.Name == key.Name && e.Regarding.Kind == v1alpha1.Kind {
			reasons = append(reasons, e.Reason)
		}
	}
	return reasons
}

func expectEvent(ctx context.Context, key types.NamespacedName, reason string) {
	GinkgoHelper()
	Eventually(func() []string { return events(ctx, key) }).Should(ContainElement(reason))
}

// reconciles returns the number of reconciles so far.
func reconciles() float64 {
	return metricSum("controller_runtime_reconcile_total", map[string]string{"controller": "whatsappsession"})
}

// waitForConfig waits until the configuration that the pod mounts matches, and
// returns it.
func waitForConfig(ctx context.Context, key types.NamespacedName, matcher gomegatypes.GomegaMatcher) string {
	GinkgoHelper()
	var file string
	Eventually(func() string {
		file = mountedConfig(ctx, getPod(ctx, key))
		return file
	}).Should(matcher)
	return file
}
