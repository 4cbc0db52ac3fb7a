package desired

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/wasession/wasession/api/v1alpha1"
)

func inheriting() *v1alpha1.WhatsAppSession {
	return &v1alpha1.WhatsAppSession{
		ObjectMeta: metav1.ObjectMeta{Name: "sales", Namespace: "crm"},
		Spec: v1alpha1.WhatsAppSessionSpec{
			InheritedMetadata: &v1alpha1.InheritedMetadata{
				Labels: map[string]v1alpha1.LabelValue{
					"team": "crm", "tier": "gold",
					v1alpha1.LabelSession: "another", // the schema refuses it; an older one may not have
				},
				Annotations: map[string]v1alpha1.AnnotationValue{"owner": "crm", "cost": "42"},
			},
			Pod: &v1alpha1.PodSpec{
				Labels: map[string]v1alpha1.LabelValue{"tier": "silver"}, Annotations: map[string]v1alpha1.AnnotationValue{"cost": "43"},
			},
			Service: &v1alpha1.ServiceSpec{
				Labels: map[string]v1alpha1.LabelValue{"tier": "bronze"}, Annotations: map[string]v1alpha1.AnnotationValue{"cost": "44"},
			},
		},
	}
}

func TestEveryObjectInheritsMetadata(t *testing.T) {
	s := inheriting()
	pod, err := Pod(s, Settings{})
	if err != nil {
		t.Fatal(err)
	}
	for kind, c := range map[string]struct {
		meta       metav1.ObjectMeta
		tier, cost string
	}{
		"pod":           {typed[corev1.Pod](t, pod).ObjectMeta, "silver", "43"},
		"service":       {typed[corev1.Service](t, Service(s, Settings{})).ObjectMeta, "bronze", "44"},
		"configmap":     {typed[corev1.ConfigMap](t, ConfigMap(s, nil)).ObjectMeta, "gold", "42"},
		"claim":         {typed[corev1.PersistentVolumeClaim](t, Claim(s, nil)).ObjectMeta, "gold", "42"},
		"networkpolicy": {typed[networkingv1.NetworkPolicy](t, NetworkPolicy(s, Settings{}, nil)).ObjectMeta, "gold", "42"},
		"secret":        {KeysSecret(s).ObjectMeta, "gold", "42"},
	} {
		if got := c.meta.Labels; got["team"] != "crm" || got["tier"] != c.tier {
			t.Errorf("%s: labels are %v, want team crm and tier %s", kind, got, c.tier)
		}
		if got := c.meta.Labels[v1alpha1.LabelSession]; got != "sales" {
			t.Errorf("%s: the operator would find it as an object of session %q", kind, got)
		}
		if got := c.meta.Annotations; got["owner"] != "crm" || got["cost"] != c.cost {
			t.Errorf("%s: annotations are %v, want owner crm and cost %s", kind, got, c.cost)
		}
	}
}

func TestServiceTypes(t *testing.T) {
	const clusterIP, headless = v1alpha1.ServiceClusterIP, v1alpha1.ServiceHeadless
	for _, c := range []struct{ own, fleet, want v1alpha1.ServiceType }{
		{"", "", clusterIP},
		{headless, "", headless},
		{"", headless, headless},
		{clusterIP, headless, clusterIP},
		{headless, clusterIP, headless},
	} {
		s := &v1alpha1.WhatsAppSession{ObjectMeta: metav1.ObjectMeta{Name: "sales", Namespace: "crm"}}
		if c.own != "" {
			s.Spec.Service = &v1alpha1.ServiceSpec{Type: c.own}
		}
		service := typed[corev1.Service](t, Service(s, Settings{ServiceType: c.fleet}))
		got := clusterIP
		if service.Spec.ClusterIP == corev1.ClusterIPNone {
			got = headless
		}
		if got != c.want || (service.Annotations[AnnotationServiceType] != "") != (c.want == headless) {
			t.Errorf("session %q, fleet %q: the Service is %s with annotations %v, want %s", c.own, c.fleet, got, service.Annotations, c.want)
		}
	}
}

func TestFleetDefaultsGiveWayToTheSessions(t *testing.T) {
	fleet := Settings{
		ImagePullSecrets:  []string{"fleet"},
		PriorityClassName: "fleet",
		Tolerations:       []corev1.Toleration{{Key: "fleet", Operator: corev1.TolerationOpExists}},
	}
	for want, custom := range map[string]*v1alpha1.PodSpec{
		"fleet": nil,
		"own": {
			ImagePullSecrets:  []v1alpha1.SecretReference{{Name: "own"}},
			PriorityClassName: "own",
			Tolerations:       []corev1.Toleration{{Key: "own", Operator: corev1.TolerationOpExists}},
		},
	} {
		s := &v1alpha1.WhatsAppSession{ObjectMeta: metav1.ObjectMeta{Name: "sales", Namespace: "crm"}}
		s.Spec.Pod = custom
		pod, err := Pod(s, fleet)
		if err != nil {
			t.Fatal(err)
		}
		spec := typed[corev1.Pod](t, pod).Spec
		if len(spec.ImagePullSecrets) != 1 || spec.ImagePullSecrets[0].Name != want {
			t.Errorf("pull secrets are %v, want %s", spec.ImagePullSecrets, want)
		}
		if spec.PriorityClassName != want || len(spec.Tolerations) != 1 || spec.Tolerations[0].Key != want {
			t.Errorf("priority class %q and tolerations %v, want %s", spec.PriorityClassName, spec.Tolerations, want)
		}
	}
}

func TestAServiceAccountGivesNoToken(t *testing.T) {
	s := inheriting()
	s.Spec.Pod.ServiceAccountName = "whatsapp"
	pod, err := Pod(s, Settings{})
	if err != nil {
		t.Fatal(err)
	}
	spec := typed[corev1.Pod](t, pod).Spec
	if spec.ServiceAccountName != "whatsapp" || spec.AutomountServiceAccountToken == nil || *spec.AutomountServiceAccountToken {
		t.Errorf("account %q, token mounted: %v", spec.ServiceAccountName, spec.AutomountServiceAccountToken)
	}
}
