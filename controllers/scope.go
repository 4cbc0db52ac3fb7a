package controllers

import (
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/controllers/desired"
	"github.com/wasession/wasession/controllers/status"
)

// scope is the state of one reconcile: what was observed, what is wanted, and
// what the phases report.
type scope struct {
	session *v1alpha1.WhatsAppSession
	now     time.Time

	shortenNumbers bool

	// Observed; nil if it does not exist.
	pod           *corev1.Pod
	claim         *corev1.PersistentVolumeClaim
	configMap     *metav1.PartialObjectMetadata
	service       *corev1.Service
	networkPolicy *metav1.PartialObjectMetadata
	services      desired.Services // that the spec names
	keysSecret    *metav1.PartialObjectMetadata
	secrets       []*metav1.PartialObjectMetadata // of all that the pod mounts, those that are there
	missing       []desired.SecretUse
	missingPulls  []desired.SecretUse // those that images would be pulled with
	named         []namedSecret       // those that the spec names and that are there, for pulls too
	dataSource    metav1.Object       // the claim that the volume is to be made of
	namesake      string              // the older session that has the same name in the chat API; empty for none
	rival         string              // the older session that uses the same claim; empty for none
	runtime       status.Runtime
	exposure      exposure
	node          status.Node
	failures      status.Failures

	// Wanted.
	configFile     []byte
	configHash     string
	archiveProblem *stallError // why runs of auto-archive cannot be planned; nil mostly

	// Set by the phases.
	problem        *status.Problem
	problemSince   time.Time // if it may pass by itself
	trouble        bool
	late           error  // a transient error that held up nothing else
	pending        string // what a phase waits for that is part of the spec
	podOutdated    bool
	template       map[string]string // the annotations of the template that is wanted
	cause          cause             // why the pod is outdated
	waiting        *status.Problem   // what the outdated pod waits for
	loggedOut      bool              // the session being deleted has unlinked its device
	archiveRequest string
	requeueAfter   time.Duration
}

// namedSecret is a Secret with the reference of the spec that names it.
type namedSecret struct {
	use    desired.SecretUse
	object metav1.Object
}

func (s *scope) key() types.NamespacedName { return client.ObjectKeyFromObject(s.session) }

func (s *scope) deleting() bool { return !s.session.DeletionTimestamp.IsZero() }

func (s *scope) paused() bool {
	return s.session.Annotations[v1alpha1.AnnotationPaused] == "true" && !s.deleting()
}

func (s *scope) stopped() bool { return s.session.Spec.State == v1alpha1.SessionStopped }

// rests reports whether the session has been found without a pod since its spec
// says that it is stopped.
func (s *scope) rests() bool {
	ready := meta.FindStatusCondition(s.session.Status.Conditions, v1alpha1.ConditionReady)
	return ready != nil && ready.Reason == v1alpha1.ReasonStopped && ready.ObservedGeneration == s.session.Generation
}

// stall records a problem; the first one is reported. A phase that can continue
// calls it; one that cannot returns the error.
func (s *scope) stall(err *stallError) {
	if s.problem == nil {
		s.problem, s.problemSince = &err.Problem, err.since
	}
	s.comeBack(err.recheck)
}

// comeBack requests another reconcile after at most this time; 0 requests none.
func (s *scope) comeBack(after time.Duration) {
	if after > 0 && (s.requeueAfter == 0 || after < s.requeueAfter) {
		s.requeueAfter = after
	}
}

// statusInput is the part of the scope that the status depends on.
func (s *scope) statusInput() status.Input {
	in := status.Input{
		Session:        s.session,
		Now:            s.now,
		ShortenNumbers: s.shortenNumbers,
		Paused:         s.paused(),
		Deleting:       s.deleting(),
		Problem:        s.problem,
		ProblemSince:   s.problemSince,
		Node:           s.node,
		Failures:       s.failures,
		Trouble:        s.trouble,
		Pending:        s.pending,
		Pod:            s.pod,
		PodOutdated:    s.podOutdated,
		OwnChange:      s.cause.byUser(),
		Waiting:        s.waiting,
		Template:       templateOf(s.pod),
		LoggedOut:      s.loggedOut,
		Claim:          s.claim,
		ClaimName:      desired.ClaimName(s.session),
		Runtime:        s.runtime,
		ConfigHash:     s.configHash,
		Endpoint:       desired.Endpoint(s.session),
		ArchiveRequest: s.archiveRequest,
		Exposure:       s.exposure.statusInput(s.session),
	}
	if s.archiveProblem != nil {
		in.ArchiveProblem = &s.archiveProblem.Problem
	}
	return in
}
