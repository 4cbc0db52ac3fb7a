package v1alpha1

// Labels on the objects that the operator creates for a session.
const (
	// LabelSession is the name of the session that an object belongs to.
	LabelSession = "wasession.dev/session"

	// LabelName is the product's name.
	LabelName = "app.kubernetes.io/name"
	// LabelInstance is the name of the session.
	LabelInstance = "app.kubernetes.io/instance"
	// LabelComponent distinguishes a session's objects from the operator's.
	LabelComponent = "app.kubernetes.io/component"
	// LabelManagedBy is the operator's name.
	LabelManagedBy = "app.kubernetes.io/managed-by"
	// LabelPartOf is the product's name.
	LabelPartOf = "app.kubernetes.io/part-of"
)

// LabelShard on a session says which of several operators handles it, those
// with that value in --watch-label-selector. The session's objects carry it too.
// It may be changed at any time; the pod goes on.
const LabelShard = "wasession.dev/shard"

// LabelSessionAccess is put on Secrets and PersistentVolumeClaims by their
// owners, to let sessions name them where the operator runs with
// --require-session-access. Its value is the name of the one session allowed,
// or SessionAccessAll.
const LabelSessionAccess = "wasession.dev/session-access"

// SessionAccessAll as the value of LabelSessionAccess lets every session of the
// namespace name the object.
const SessionAccessAll = "true"

// The values of the recommended labels.
const (
	// ProductName is the value of LabelName and LabelPartOf.
	ProductName = "wasession"
	// ComponentRuntime is the value of LabelComponent on what belongs to a session.
	ComponentRuntime = "session"
	// ManagerName is the value of LabelManagedBy, and the operator's name as a field owner.
	ManagerName = "wasession-operator"
)

// Finalizer keeps a deleted session until its objects have been removed in
// order.
const Finalizer = "wasession.dev/cleanup"
