package desired

import (
	"path"

	coreac "k8s.io/client-go/applyconfigurations/core/v1"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/api/v1alpha1"
)

// caVolume is the name of the volume with the CA bundle.
const caVolume = "ca"

// caBundleField is the path of the reference to the CA bundle.
const caBundleField = specPrefix + "caBundle"

// caVolumeSource mounts the one entry that the spec names: a Secret may hold a
// private key beside it. It is optional, so that the runtime can start and report
// that it is missing. It appears in the running pod once it exists.
func caVolumeSource(ca *v1alpha1.CABundleReference) *coreac.VolumeApplyConfiguration {
	volume := coreac.Volume().WithName(caVolume)
	item := coreac.KeyToPath().WithKey(ca.Key).WithPath(runtimev1.CAFile)
	if ca.Kind == v1alpha1.CABundleSecret {
		return volume.WithSecret(coreac.SecretVolumeSource().
			WithSecretName(ca.Name).WithItems(item).WithDefaultMode(secretMode).WithOptional(true))
	}
	return volume.WithConfigMap(coreac.ConfigMapVolumeSource().
		WithName(ca.Name).WithItems(item).WithOptional(true))
}

// caEnvironment tells the runtime where the CA bundle is. It is not part of the
// configuration file, which a pod without the volume reads as well.
func caEnvironment(s *v1alpha1.WhatsAppSession) []*coreac.EnvVarApplyConfiguration {
	if s.Spec.CABundle == nil {
		return nil
	}
	return []*coreac.EnvVarApplyConfiguration{
		coreac.EnvVar().WithName(runtimev1.EnvCABundle).WithValue(path.Join(runtimev1.CADir, runtimev1.CAFile)),
	}
}
