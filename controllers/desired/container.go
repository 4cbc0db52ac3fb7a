package desired

import (
	"fmt"
	"path"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	coreac "k8s.io/client-go/applyconfigurations/core/v1"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/api/v1alpha1"
)

// ContainerName is the name of the pod's only container.
const ContainerName = "runtime"

// envPodIP is the environment variable that Settings.ListenAddress may refer to.
const envPodIP = "POD_IP"

func runtimeContainer(s *v1alpha1.WhatsAppSession, custom *v1alpha1.PodSpec, settings Settings) *coreac.ContainerApplyConfiguration {
	resources := settings.Resources
	if custom.Resources != nil {
		resources = *custom.Resources
	}
	container := coreac.Container().
		WithName(ContainerName).
		WithImage(firstOf(custom.Image, settings.RuntimeImage)).
		// The image's entrypoint runs the session: see decision 270.
		WithArgs(
			"--config", path.Join(runtimev1.ConfigDir, runtimev1.ConfigFile),
			"--data", runtimev1.DataDir,
			"--session", SessionName(s),
			"--listen", firstOf(settings.ListenAddress, fmt.Sprintf(":%d", runtimev1.Port)),
			"--keys-dir", runtimev1.KeysDir,
		).
		WithPorts(coreac.ContainerPort().
			WithName(portName).
			WithProtocol(corev1.ProtocolTCP).
			WithContainerPort(runtimev1.Port)).
		WithEnv(append(environment(resources, settings), caEnvironment(s)...)...).
		WithResources(resourceRequirements(resources)).
		WithVolumeMounts(mounts(s)...).
		WithStartupProbe(probe(1, 120)). // migrating a large store takes time
		WithLivenessProbe(probe(20, 3)).
		WithReadinessProbe(probe(5, 2)).
		WithSecurityContext(coreac.SecurityContext().
			WithAllowPrivilegeEscalation(false).
			WithReadOnlyRootFilesystem(true).
			WithRunAsNonRoot(true).
			WithCapabilities(coreac.Capabilities().WithDrop("ALL")))

	serveMetrics(container, settings)
	if policy := firstOf(custom.ImagePullPolicy, settings.ImagePullPolicy); policy != "" {
		container.WithImagePullPolicy(policy)
	}
	return container
}

// probe checks that the process serves HTTP. No probe depends on WhatsApp: a
// disconnected session needs no restart, and its QR code must stay reachable.
func probe(periodSeconds, failures int32) *coreac.ProbeApplyConfiguration {
	return coreac.Probe().
		WithHTTPGet(coreac.HTTPGetAction().
			WithPath(runtimev1.HealthPath).
			WithPort(intstr.FromString(portName))).
		WithPeriodSeconds(periodSeconds).
		WithTimeoutSeconds(5).
		WithFailureThreshold(failures)
}

func environment(resources corev1.ResourceRequirements, settings Settings) []*coreac.EnvVarApplyConfiguration {
	env := []*coreac.EnvVarApplyConfiguration{fieldVariable(runtimev1.EnvPodUID, "metadata.uid")}
	if limit, ok := resources.Limits[corev1.ResourceMemory]; ok {
		// Leave a tenth for memory that the Go runtime does not manage.
		env = append(env, coreac.EnvVar().
			WithName("GOMEMLIMIT").
			WithValue(fmt.Sprint(limit.Value()/10*9)))
	}
	if strings.Contains(settings.ListenAddress, "$("+envPodIP+")") {
		env = append(env, fieldVariable(envPodIP, "status.podIP"))
	}
	// Environment variables, not arguments: an older image ignores unknown
	// variables but rejects unknown arguments.
	if !settings.AllowLoopback {
		env = append(env, coreac.EnvVar().WithName(runtimev1.EnvAllowLoopback).WithValue("false"))
	}
	if len(settings.EgressAllow) > 0 {
		env = append(env, coreac.EnvVar().WithName(runtimev1.EnvEgressAllow).WithValue(strings.Join(settings.EgressAllow, ",")))
	}
	if settings.WhatsAppEndpoint != "" {
		env = append(env,
			coreac.EnvVar().WithName(runtimev1.EnvEndpoint).WithValue(settings.WhatsAppEndpoint),
			coreac.EnvVar().WithName(runtimev1.EnvRootKey).WithValue(settings.WhatsAppRootKey))
	}
	return env
}

// fieldVariable returns a variable that the kubelet sets from a field of the pod.
func fieldVariable(name, path string) *coreac.EnvVarApplyConfiguration {
	return coreac.EnvVar().WithName(name).WithValueFrom(coreac.EnvVarSource().
		WithFieldRef(coreac.ObjectFieldSelector().WithFieldPath(path)))
}

func firstOf[T ~string](values ...T) T {
	for _, value := range values {
		if value != "" {
			return value
		}
	}
	return ""
}
