package desired

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	coreac "k8s.io/client-go/applyconfigurations/core/v1"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/api/v1alpha1"
)

// portName names the API port in the pod and in the Service.
const portName = "http"

// Service returns the Service of the session's chat API.
func Service(s *v1alpha1.WhatsAppSession, settings Settings) *coreac.ServiceApplyConfiguration {
	custom := s.Spec.Service
	if custom == nil {
		custom = &v1alpha1.ServiceSpec{}
	}
	spec := coreac.ServiceSpec().
		WithType(corev1.ServiceTypeClusterIP).
		WithSelector(selector(s)).
		WithPorts(coreac.ServicePort().
			WithName(portName).
			WithProtocol(corev1.ProtocolTCP).
			WithAppProtocol("http").
			WithPort(runtimev1.Port).
			WithTargetPort(intstr.FromString(portName)))
	service := coreac.Service(ServiceName(s), s.Namespace).
		WithLabels(labels(s, custom.Labels)).
		WithAnnotations(annotations(s, custom.Annotations)).
		WithOwnerReferences(ownerReference(s)).
		WithSpec(spec)
	if firstOf(custom.Type, settings.ServiceType) == v1alpha1.ServiceHeadless {
		spec.WithClusterIP(corev1.ClusterIPNone)
		service.WithAnnotations(map[string]string{AnnotationServiceType: string(v1alpha1.ServiceHeadless)})
	}
	return service
}
