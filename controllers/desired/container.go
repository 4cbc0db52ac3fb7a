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

// ContainerName is the name of the pod's one container.
const ContainerName = "runtime"

// envPodIP is a variable that Settings.ListenAddress may refer to.
const envPodIP = "POD_IP"

func runtimeContainer(s *v1alpha1.WhatsAppSession, custom *v1alpha1.PodSpec, settings Settings) *coreac.ContainerApplyConfiguration {
	resources := settings.Resources
	if custom.Resources != nil {
		resources = *custom.Resources
	}
	container := coreac.Container().
		WithName(ContainerName).
		WithImage(firstOf(custom.Image, settings.RuntimeImage)).
		WithCommand("/wasession-runtime").
		WithArgs(
			"--config", path.Join(runtimev1.ConfigDir, runtimev1.ConfigFile),
			"--data", runtimev1.DataDir,
			"--session", s.Name,
			"--listen", firstOf(settings.ListenAddress, fmt.Sprintf(":%d", runtimev1.Port)),
			"--keys-dir", runtimev1.KeysDir,
		).
		WithPorts(coreac.ContainerPort().
			WithName(portName).
			WithProtocol(corev1.ProtocolTCP).
			WithContainerPort(runtimev1.Port)).
		WithEnv(environment(resources, settings)...).
		WithResources(resourceRequirements(resources)).
		WithVolumeMounts(mounts(s)...).
		WithStartupProbe(probe(1, 120)). // a large store may need to migrate
		WithLivenessProbe(probe(20, 3)).
		WithReadinessProbe(probe(5, 2)).
		WithSecurityContext(coreac.SecurityContext().
			WithAllowPrivilegeEscalation(false).
			WithReadOnlyRootFilesystem(true).
			WithRunAsNonRoot(true).
			WithCapabilities(coreac.Capabilities().WithDrop("ALL")))

	if policy := firstOf(custom.ImagePullPolicy, settings.ImagePullPolicy); policy != "" {
		container.WithImagePullPolicy(policy)
	}
	return container
}

// probe asks whether the process serves. None of the probes depends on
// WhatsApp: a number that is not connected needs no restart, and its QR must be
// reachable.
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
		// A tenth is left for what the garbage collector does not count.
		env = append(env, coreac.EnvVar().
			WithName("GOMEMLIMIT").
			WithValue(fmt.Sprint(limit.Value()/10*9)))
	}
	if strings.Contains(settings.ListenAddress, "$("+envPodIP+")") {
		env = append(env, fieldVariable(envPodIP, "status.podIP"))
	}
	// Variables, not arguments: an image that is older than the operator takes no
	// offence at them.
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

// fieldVariable is a variable that the kubelet fills from the pod itself.
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
