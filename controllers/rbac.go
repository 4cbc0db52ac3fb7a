package controllers

// What the operator may do, and no more. Secrets are watched by their metadata
// alone; see docs/decisions for why the permission cannot be narrower. That the
// operator reads none is its own doing: whoever has its credentials can list them.
//
// +kubebuilder:rbac:groups=wasession.dev,resources=whatsappsessions,verbs=get;list;watch;patch
// +kubebuilder:rbac:groups=wasession.dev,resources=whatsappsessions/status,verbs=patch
// +kubebuilder:rbac:groups=wasession.dev,resources=whatsappsessions/finalizers,verbs=update
// +kubebuilder:rbac:groups="",resources=pods;configmaps;services;persistentvolumeclaims,verbs=get;list;watch;create;patch;delete
// +kubebuilder:rbac:groups="",resources=secrets,verbs=list;watch;create;patch;delete
// +kubebuilder:rbac:groups="",resources=nodes,verbs=get
// +kubebuilder:rbac:groups=networking.k8s.io,resources=networkpolicies;ingresses,verbs=get;list;watch;create;patch;delete
// +kubebuilder:rbac:groups=gateway.networking.k8s.io,resources=httproutes,verbs=get;list;watch;create;patch;delete
// +kubebuilder:rbac:groups=events.k8s.io,resources=events,verbs=create;patch
