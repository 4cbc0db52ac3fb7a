package controllers

import (
	"crypto/ed25519"
	"time"

	"k8s.io/apimachinery/pkg/labels"

	"github.com/wasession/wasession/controllers/desired"
	"github.com/wasession/wasession/controllers/rollout"
	"github.com/wasession/wasession/controllers/runtimeclient"
	"github.com/wasession/wasession/controllers/status"
)

// Options configure the controller; a zero field takes its default.
type Options struct {
	// Settings determine the sessions' objects.
	Settings desired.Settings
	// TokenKey signs the operator's tokens; its public key is in every session's
	// configuration. Required.
	TokenKey ed25519.PrivateKey
	// GatewayKey verifies the gateway's access tokens at every session. Without it,
	// sessions accept none.
	GatewayKey ed25519.PublicKey
	// RequireAccess limits sessions to Secrets and claims with the label
	// wasession.dev/session-access, and to the operator's image.
	RequireAccess bool
	// ShortenNumbers keeps whole numbers out of the status and Events.
	ShortenNumbers bool
	// Namespaces are those of the cache; none means all.
	Namespaces []string
	// Shard selects the sessions of this operator, as in the cache; nil means all.
	Shard labels.Selector
	// Rollouts pace the replacement of paired pods.
	Rollouts rollout.Options
	// MaxRolloutFailures is how many sessions that worked before may fail with a
	// new template of the operator until its rollout stops. Default: 1.
	MaxRolloutFailures int
	// UpdateStrategy is when the operator's template replaces the pods of sessions
	// without a strategy of their own. Default: as soon as it is their turn.
	UpdateStrategy rollout.Strategy
	// RuntimeClient bounds the requests to pods.
	RuntimeClient runtimeclient.Options
	// MaxConcurrentReconciles is how many sessions are reconciled at the same
	// time. Default: 10.
	MaxConcurrentReconciles int
	// ReconcileTimeout is how long one reconcile may take, so that a request that
	// hangs does not take a worker from the other sessions. Default: 1 min.
	ReconcileTimeout time.Duration
	// StreamGrace is how long a closed status stream is tolerated, as operators
	// restart and connections break. Default: 30 s.
	StreamGrace time.Duration
	// ProgressDelay is how long a status that only says how far a session has come
	// is held back, as the next often follows at once. Default: 5 s.
	ProgressDelay time.Duration
	// Patience is how long what may pass by itself is waited for before a session
	// is Stalled. Default: 1 and 5 minutes.
	Patience status.Patience
	// FailedPodDelay is the minimum age of a failed pod before it is recreated. It
	// doubles with each pod that fails after the other, up to 5 minutes.
	// Default: 10 s.
	FailedPodDelay time.Duration
	// GatewayRecheck is how often a session that needs the Gateway API looks for
	// it. Default: 1 min.
	GatewayRecheck time.Duration
	// Now is the clock. Default: time.Now.
	Now func() time.Time
}

func (o Options) withDefaults() Options {
	if o.MaxConcurrentReconciles == 0 {
		o.MaxConcurrentReconciles = 10
	}
	if o.MaxRolloutFailures == 0 {
		o.MaxRolloutFailures = 1
	}
	if o.ReconcileTimeout == 0 {
		o.ReconcileTimeout = time.Minute
	}
	if o.StreamGrace == 0 {
		o.StreamGrace = 30 * time.Second
	}
	if o.ProgressDelay == 0 {
		o.ProgressDelay = 5 * time.Second
	}
	if o.Patience.Blip == 0 {
		o.Patience.Blip = time.Minute
	}
	if o.Patience.Wait == 0 {
		o.Patience.Wait = 5 * time.Minute
	}
	if o.FailedPodDelay == 0 {
		o.FailedPodDelay = 10 * time.Second
	}
	if o.GatewayRecheck == 0 {
		o.GatewayRecheck = time.Minute
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}
