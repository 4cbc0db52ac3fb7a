package v1alpha1

// Annotations on a session that request actions rather than declare state.
const (
	// AnnotationReconcileRequestedAt requests an immediate reconcile, which also
	// refreshes status.chats. The value is any text, usually the time; a value that
	// differs from status.lastHandledReconcileAt is a request.
	AnnotationReconcileRequestedAt = "wasession.dev/reconcile-requested-at"

	// AnnotationAutoArchiveRequestedAt requests an immediate auto-archive run,
	// even while auto-archive is suspended. If spec.autoArchive is absent and
	// spec.groups asks for an audit, it requests only the audit of groups. The
	// session starts it as soon as it is connected. The value is any text, usually
	// the time; a value that differs from status.autoArchive.lastHandledRequest is
	// a request.
	AnnotationAutoArchiveRequestedAt = "wasession.dev/auto-archive-requested-at"

	// AnnotationPaused with the value "true" stops the operator from changing the
	// session's objects, except on deletion. The pod keeps running.
	AnnotationPaused = "wasession.dev/paused"

	// AnnotationLogoutOnDelete with the value "true" unlinks the device from the
	// number when a running session is deleted. Without it, WhatsApp keeps listing
	// the device, and a retained volume stays paired.
	AnnotationLogoutOnDelete = "wasession.dev/logout-on-delete"
)
