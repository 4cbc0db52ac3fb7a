package v1alpha1

// Labels on the objects that the operator makes for a session.
const (
	// LabelSession is the name of the session that an object belongs to.
	LabelSession = "wasession.dev/session"

	// LabelName, LabelInstance, LabelComponent, LabelManagedBy and LabelPartOf
	// are Kubernetes' recommended labels.
	LabelName      = "app.kubernetes.io/name"
	LabelInstance  = "app.kubernetes.io/instance"
	LabelComponent = "app.kubernetes.io/component"
	LabelManagedBy = "app.kubernetes.io/managed-by"
	LabelPartOf    = "app.kubernetes.io/part-of"
)

// The values of the recommended labels.
const (
	// ProductName is the value of LabelName and LabelPartOf.
	ProductName = "wasession"
	// ComponentRuntime is the value of LabelComponent on what belongs to a session.
	ComponentRuntime = "session"
	// ManagerName is the value of LabelManagedBy, and the operator's name as a field owner.
	ManagerName = "wasession-operator"
)

// Finalizer keeps a deleted session until its objects are gone in their order.
const Finalizer = "wasession.dev/cleanup"
