package controllers

import (
	"context"
	"time"

	_ "time/tzdata" // do not depend on the image's time zones

	"github.com/robfig/cron/v3"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/controllers/desired"
	"github.com/wasession/wasession/controllers/rollout"
)

// phase does one thing for a session. It reads and adds to the scope.
type phase func(context.Context, *scope) error

// phases are run in this order until one returns an error. A running pod is
// followed, and one that must stop is stopped, whatever else is wrong; other
// objects are created before the pod that needs them.
func (r *Reconciler) phases() []phase {
	return []phase{
		r.follow,
		r.stop,
		r.yieldClaim,
		r.yieldName,
		r.checkAccess,
		r.checkSpec,
		r.ensureSecrets,
		r.checkReferences,
		r.ensureClaim,
		r.ensureConfigMap,
		r.ensureNetwork,
		r.ensureExposure,
		r.ensurePod,
		r.requestArchiveRun,
	}
}

func (r *Reconciler) run(ctx context.Context, s *scope) error {
	for _, phase := range r.phases() {
		if err := phase(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// prepare works out what is wanted without changing anything.
func (r *Reconciler) prepare(s *scope) error {
	config := desired.Config(s.session, s.claim)
	config.Operator.Keys = r.options.Settings.OperatorKeys
	config.Gateway.Keys = r.options.Settings.GatewayKeys
	if s.archiveProblem = checkArchive(s.session.Spec.AutoArchive); s.archiveProblem != nil {
		// The rest of the configuration is valid and must not be held back by a wrong
		// time zone. Only auto-archive is left out.
		config.Archive = nil
	}
	file, hash, err := configFile(config)
	if err != nil {
		return err
	}
	s.configFile, s.configHash = file, hash
	return r.compareTemplate(s)
}

// checkSpec validates what the schema cannot. The rest of the session carries
// on.
func (r *Reconciler) checkSpec(_ context.Context, s *scope) error {
	if s.archiveProblem != nil {
		s.stall(s.archiveProblem)
	}
	if _, problem := strategyOf(s.session.Spec.UpdateStrategy, rollout.Strategy{}); problem != nil {
		s.stall(problem)
	}
	return nil
}

func checkArchive(spec *v1alpha1.AutoArchiveSpec) *stallError {
	if spec == nil {
		return nil
	}
	if _, err := time.LoadLocation(spec.TimeZone); err != nil {
		return stall(v1alpha1.ReasonInvalidConfiguration,
			"spec.autoArchive.timeZone %q is not a valid time zone: use a name from the IANA database such as Europe/Berlin", spec.TimeZone)
	}
	if spec.Schedule != "" {
		if _, err := cron.ParseStandard(spec.Schedule); err != nil {
			return stall(v1alpha1.ReasonInvalidConfiguration,
				"spec.autoArchive.schedule %q is not a valid schedule: use the five fields of cron such as \"0 3 * * *\"", spec.Schedule)
		}
	}
	return nil
}

// checkReferences reports Secrets that the spec names but that do not exist.
// They are watched, so the session recovers when they appear. A stopped session
// needs none.
func (r *Reconciler) checkReferences(_ context.Context, s *scope) error {
	if s.stopped() {
		return nil
	}
	for _, use := range s.missing {
		err := stall(v1alpha1.ReasonSecretNotFound,
			"Secret %s, named by %s, does not exist in this namespace: create it, or remove the reference", use.Name, use.Field).forNewSession(s)
		// Without its keys a new pod would fail; a running one has read them.
		if use.Required && s.pod == nil {
			return err
		}
		s.stall(err)
	}
	return nil
}

// follow keeps the status stream to a running pod open, and closes any other.
func (r *Reconciler) follow(_ context.Context, s *scope) error {
	if !followable(s.pod) {
		r.Streams.Stop(s.key())
		return nil
	}
	r.Streams.Ensure(s.key(), r.streamTarget(s))
	return nil
}
