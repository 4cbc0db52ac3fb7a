package controllers_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// cut ends an operator for one namespace: after so many writes, none reaches the
// API server any more, as if the process had ended right then. Events are left
// out: nothing depends on them.
type cut struct {
	after  int64
	writes atomic.Int64
	passed atomic.Int64
}

var errEnded = errors.New("the process has ended")

func (c *cut) spoil(r *http.Request, next http.RoundTripper) (*http.Response, error) {
	isEvent := strings.Contains(r.URL.Path, "/events")
	if isEvent && c.passed.Load() < c.after {
		return next.RoundTrip(r)
	}
	if isEvent || c.writes.Add(1) > c.after {
		return nil, errEnded
	}
	response, err := next.RoundTrip(r)
	c.passed.Add(1)
	return response, err
}

// all counts writes without ending anything.
const all = 1 << 30

var _ = Describe("An operator that ends after any of its writes", Serial, func() {
	// begin lets one operator go as far as the cuts allow, and ends it.
	begin := func(ctx context.Context, tellings []*telling, cuts []*cut) {
		GinkgoHelper()
		for i, t := range tellings {
			operator.Spoil(t.key.Namespace, cuts[i].spoil)
			t.told(ctx, t.key)
		}
		for i, t := range tellings {
			Eventually(func(g Gomega) {
				if cuts[i].passed.Load() < cuts[i].after {
					t.ends(g, ctx, t.key)
				}
			}).WithTimeout(patience).Should(Succeed(), "%s, cut after %d writes", t.name, cuts[i].after)
		}
		operator.Stop()
		for _, t := range tellings {
			operator.Spoil(t.key.Namespace, nil)
		}
	}

	It("leaves nothing that the next one does not finish in the same way", func(ctx SpecContext) {
		operator.Stop()
		operator.Start(unpaced)
		DeferCleanup(func() { operator.Stop(); operator.Start() })
		nodes := startNodes(ctx)

		By("telling each story to its end")
		whole := prepare(ctx, nodes, stories(nodes)...)
		counts := make([]*cut, len(whole))
		for i := range counts {
			counts[i] = &cut{after: all}
		}
		begin(ctx, whole, counts)
		operator.Start(unpaced)

		By("ending the operator after each of the writes that a story takes")
		var again []story
		var cuts []*cut
		references := map[string]string{} // namespaces
		for i, t := range whole {
			references[t.name] = t.key.Namespace
			for n := range counts[i].passed.Load() {
				again = append(again, t.story)
				cuts = append(cuts, &cut{after: n + 1})
			}
		}
		tellings := prepare(ctx, nodes, again...)
		begin(ctx, tellings, cuts)
		kept := make([]map[string]types.UID, len(tellings))
		for i, t := range tellings {
			kept[i] = keepsakes(ctx, t.key.Namespace)
		}

		operator.Start(unpaced)
		for i, t := range tellings {
			what := fmt.Sprintf("%s, cut after %d of %d writes", t.name, cuts[i].passed.Load(), cuts[i].after)
			By(what)
			expectOutcome(ctx, t.key, t.ends)
			want := remains(ctx, references[t.name])
			Eventually(func() []string { return differences(remains(ctx, t.key.Namespace), want) }).WithTimeout(patience).
				Should(BeEmpty(), what)
			Expect(nodes.Starts(t.key)).To(Equal(t.pods), what)
			for name, uid := range keepsakes(ctx, t.key.Namespace) {
				if before, ok := kept[i][name]; ok {
					Expect(uid).To(Equal(before), "%s: %s is another", what, name)
				}
			}
		}
		Expect(nodes.Violations()).To(BeEmpty())

		By("writing no more")
		expectQuiet(all, writesOf(tellings, operator))
	})
})

// keepsakes are the UIDs of what must not be lost: volumes and keys.
func keepsakes(ctx context.Context, namespace string) map[string]types.UID {
	GinkgoHelper()
	uids := map[string]types.UID{}
	claims, secrets := &corev1.PersistentVolumeClaimList{}, &corev1.SecretList{}
	Expect(k8s.List(ctx, claims, client.InNamespace(namespace))).To(Succeed())
	Expect(k8s.List(ctx, secrets, client.InNamespace(namespace))).To(Succeed())
	for _, claim := range claims.Items {
		uids["claim "+claim.Name] = claim.UID
	}
	for _, secret := range secrets.Items {
		uids["Secret "+secret.Name] = secret.UID
	}
	return uids
}
