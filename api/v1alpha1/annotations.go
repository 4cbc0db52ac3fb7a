package v1alpha1

// Annotations on a session through which people and pipelines ask for something
// that is not a state.
const (
	// AnnotationReconcileRequestedAt asks for a reconcile now. The value is any text,
	// by custom the time; a value that differs from
	// status.lastHandledReconcileAt is a request.
	AnnotationReconcileRequestedAt = "wasession.dev/reconcile-requested-at"

	// AnnotationAutoArchiveRequestedAt asks for a run of auto-archive now, also
	// while it is suspended, or for an audit of groups alone where spec.groups asks for
	// one and spec.autoArchive is absent. The session makes it as soon as it is
	// connected. The value is any text, by custom the time; a value that differs
	// from status.autoArchive.lastHandledRequest is a request.
	AnnotationAutoArchiveRequestedAt = "wasession.dev/auto-archive-requested-at"

	// AnnotationPaused with the value "true" keeps the operator from changing
	// anything of the session, deletion apart. The pod runs on.
	AnnotationPaused = "wasession.dev/paused"

	// AnnotationLogoutOnDelete with the value "true" unlinks the device from
	// the number when the session is deleted while it runs. Without it WhatsApp keeps listing the
	// device, and a retained volume stays paired.
	AnnotationLogoutOnDelete = "wasession.dev/logout-on-delete"
)
