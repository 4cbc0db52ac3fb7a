package desired

import (
	"k8s.io/apimachinery/pkg/api/resource"
	coreac "k8s.io/client-go/applyconfigurations/core/v1"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/api/v1alpha1"
)

// The names of the volumes that every pod has.
const (
	dataVolume   = "data"
	configVolume = "config"
	keysVolume   = "keys"
	tmpVolume    = "tmp"
)

// secretMode is read-only for owner and group.
const secretMode = 0o440

func volumes(s *v1alpha1.WhatsAppSession) []*coreac.VolumeApplyConfiguration {
	all := []*coreac.VolumeApplyConfiguration{
		coreac.Volume().WithName(dataVolume).WithPersistentVolumeClaim(
			coreac.PersistentVolumeClaimVolumeSource().WithClaimName(ClaimName(s))),
		coreac.Volume().WithName(configVolume).WithConfigMap(
			coreac.ConfigMapVolumeSource().WithName(ConfigMapName(s))),
		secretVolumeSource(keysVolume, KeysSecretName(s), false),
		coreac.Volume().WithName(tmpVolume).WithEmptyDir(
			coreac.EmptyDirVolumeSource().WithSizeLimit(resource.MustParse("64Mi"))),
	}
	if s.Spec.CABundle != nil {
		all = append(all, caVolumeSource(s.Spec.CABundle))
	}
	for _, name := range mountedSecrets(s) {
		all = append(all, secretVolumeSource(secretVolume(name), name, true))
	}
	return all
}

func secretVolumeSource(volume, secret string, optional bool) *coreac.VolumeApplyConfiguration {
	return coreac.Volume().WithName(volume).WithSecret(coreac.SecretVolumeSource().
		WithSecretName(secret).
		WithDefaultMode(secretMode).
		WithOptional(optional))
}

func mounts(s *v1alpha1.WhatsAppSession) []*coreac.VolumeMountApplyConfiguration {
	mount := func(volume, path string) *coreac.VolumeMountApplyConfiguration {
		return coreac.VolumeMount().WithName(volume).WithMountPath(path)
	}
	all := []*coreac.VolumeMountApplyConfiguration{
		mount(dataVolume, runtimev1.DataDir),
		mount(configVolume, runtimev1.ConfigDir).WithReadOnly(true),
		mount(keysVolume, runtimev1.KeysDir).WithReadOnly(true),
		mount(tmpVolume, "/tmp"),
	}
	if s.Spec.CABundle != nil {
		all = append(all, mount(caVolume, runtimev1.CADir).WithReadOnly(true))
	}
	for _, name := range mountedSecrets(s) {
		all = append(all, mount(secretVolume(name), secretDir(name)).WithReadOnly(true))
	}
	return all
}
