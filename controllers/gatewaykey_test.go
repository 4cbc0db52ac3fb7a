package controllers_test

import (
	"crypto/ed25519"
	"encoding/json"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/controllers"
)

// What the gateway signs with its key is valid at every session, as soon as the
// operator knows the key; no number is disconnected for it.
var _ = Describe("The gateway's key", Serial, func() {
	gateway := ed25519.NewKeyFromSeed([]byte("a seed of thirty-two bytes, yes!"))
	next := ed25519.NewKeyFromSeed([]byte("another seed of thirty-two bytes"))
	restart := func(change ...func(*controllers.Options)) {
		operator.Stop()
		operator.Start(change...)
	}
	knows := func(key ed25519.PrivateKey) func(*controllers.Options) {
		return func(o *controllers.Options) { o.GatewayKey = key.Public().(ed25519.PublicKey) }
	}

	It("reaches the sessions that run, and is replaced, without a new pod", func(ctx SpecContext) {
		namespace := newNamespace(ctx)
		session, process := newWorkingSession(ctx, namespace, "sales")
		pod := getPod(ctx, session)
		uid := string(pod.UID)
		accepted := func(key ed25519.PrivateKey) bool {
			var config runtimev1.Config
			if json.Unmarshal([]byte(mountedConfig(ctx, pod)), &config) != nil {
				return false
			}
			var keys []ed25519.PublicKey
			for _, text := range config.Gateway.Keys {
				public, err := runtimev1.DecodePublicKey(text)
				Expect(err).NotTo(HaveOccurred())
				keys = append(keys, public)
			}
			now := time.Now()
			_, err := runtimev1.VerifyAccessToken(keys, runtimev1.SignAccessToken(key, uid, runtimev1.Access{Admin: true}, now), uid, now)
			return err == nil
		}
		Expect(accepted(gateway)).To(BeFalse())

		DeferCleanup(func() { restart() })
		restart(knows(gateway))
		Eventually(accepted).WithArguments(gateway).Should(BeTrue())

		By("replacing it")
		restart(knows(next))
		Eventually(accepted).WithArguments(next).Should(BeTrue())
		Expect(accepted(gateway)).To(BeFalse(), "the key that was replaced is accepted")

		work(ctx, session, process)
		Expect(string(getPod(ctx, session).UID)).To(Equal(uid))
		Expect(getPod(ctx, session).DeletionTimestamp).To(BeNil())
	})
})
