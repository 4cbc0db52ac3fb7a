package desired

import (
	"reflect"
	"slices"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/wasession/wasession/api/v1alpha1"
)

// The pod gets the one entry, and nothing else of a Secret that may hold a key.
func TestCABundle(t *testing.T) {
	items := []corev1.KeyToPath{{Key: "root.pem", Path: "ca.crt"}}
	for kind, want := range map[v1alpha1.CABundleKind]corev1.VolumeSource{
		v1alpha1.CABundleConfigMap: {ConfigMap: &corev1.ConfigMapVolumeSource{
			LocalObjectReference: corev1.LocalObjectReference{Name: "corp"}, Items: items, Optional: ptr.To(true),
		}},
		v1alpha1.CABundleSecret: {Secret: &corev1.SecretVolumeSource{
			SecretName: "corp", Items: items, DefaultMode: ptr.To(int32(0o440)), Optional: ptr.To(true),
		}},
	} {
		s := &v1alpha1.WhatsAppSession{ObjectMeta: metav1.ObjectMeta{Name: "sales", Namespace: "crm"}}
		s.Spec.CABundle = &v1alpha1.CABundleReference{Kind: kind, Name: "corp", Key: "root.pem"}
		pod, err := Pod(s, Settings{})
		if err != nil {
			t.Fatal(err)
		}
		spec := typed[corev1.Pod](t, pod).Spec
		var volumes []corev1.Volume
		for _, v := range spec.Volumes {
			if v.Secret != nil && v.Secret.SecretName == "corp" || v.ConfigMap != nil && v.ConfigMap.Name == "corp" {
				volumes = append(volumes, v)
			}
		}
		if len(volumes) != 1 || !reflect.DeepEqual(volumes[0].VolumeSource, want) {
			t.Fatalf("%s: volumes are %+v, want %+v", kind, volumes, want)
		}
		c := spec.Containers[0]
		if !slices.ContainsFunc(c.VolumeMounts, func(m corev1.VolumeMount) bool {
			return m.Name == volumes[0].Name && m.MountPath == "/etc/wasession/ca" && m.ReadOnly
		}) {
			t.Errorf("%s: mounts are %+v", kind, c.VolumeMounts)
		}
		if !slices.Contains(c.Env, corev1.EnvVar{Name: "WASESSION_CA_BUNDLE", Value: "/etc/wasession/ca/ca.crt"}) {
			t.Errorf("%s: environment is %+v", kind, c.Env)
		}
		uses := SecretUses(s)
		if named := len(uses) == 1 && uses[0].Name == "corp" && uses[0].Field == "spec.caBundle"; named != (kind == v1alpha1.CABundleSecret) {
			t.Errorf("%s: the Secrets that the operator watches for it are %+v", kind, uses)
		}
	}
}
