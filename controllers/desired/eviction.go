package desired

import "github.com/wasession/wasession/api/v1alpha1"

// AnnotationSafeToEvict tells the cluster-autoscaler that it may empty the node
// of a pod. It would not otherwise: it does not know the pod's controller, and
// the pod has an emptyDir. It still checks that the pod and its volume fit on
// another node, so a volume that is bound to a node keeps the pod there. That
// is why this is right for a pod with a claim, and safe-to-evict-local-volumes,
// which is about the emptyDir alone, would not suffice.
const AnnotationSafeToEvict = "cluster-autoscaler.kubernetes.io/safe-to-evict"

// SafeToEvict is the value of AnnotationSafeToEvict: true, as a session that is
// moved is back in seconds, unless its spec says otherwise. It is no part of the
// template, so that it restarts nothing.
func SafeToEvict(s *v1alpha1.WhatsAppSession) string {
	return firstOf(string(podSpec(s).Annotations[AnnotationSafeToEvict]), "true")
}
