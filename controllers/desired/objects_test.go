package desired

import (
	"encoding/base64"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/utils/ptr"

	"github.com/wasession/wasession/api/v1alpha1"
)

// typed decodes an apply configuration as the API server does.
func typed[T any](t *testing.T, applied any) T {
	t.Helper()
	var object T
	raw, err := json.Marshal(applied)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &object); err != nil {
		t.Fatal(err)
	}
	return object
}

func ownMeta(name string) metav1.ObjectMeta {
	return metav1.ObjectMeta{
		Name: name, Namespace: "crm",
		Labels: map[string]string{
			"app.kubernetes.io/name": "wasession", "app.kubernetes.io/instance": "sales-eu", "app.kubernetes.io/component": "session",
			"app.kubernetes.io/managed-by": "wasession-operator", "app.kubernetes.io/part-of": "wasession", "wasession.dev/session": "sales-eu",
		},
		OwnerReferences: []metav1.OwnerReference{{
			APIVersion: "wasession.dev/v1alpha1", Kind: "WhatsAppSession", Name: "sales-eu", UID: "3b5a8b9e-0000-4000-8000-000000000001",
			Controller: ptr.To(true), BlockOwnerDeletion: ptr.To(true),
		}},
	}
}

func same(t *testing.T, got, want any) {
	t.Helper()
	if !equality.Semantic.DeepEqual(got, want) {
		g, _ := json.MarshalIndent(got, "", " ")
		w, _ := json.MarshalIndent(want, "", " ")
		t.Errorf("it is\n%s\nwant\n%s", g, w)
	}
}

func TestServiceLeadsToThePod(t *testing.T) {
	session := load(t, "minimal")
	got := typed[corev1.Service](t, Service(session, Settings{}))
	same(t, got, corev1.Service{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Service"}, ObjectMeta: ownMeta("sales-eu"),
		Spec: corev1.ServiceSpec{
			Type:     corev1.ServiceTypeClusterIP,
			Selector: map[string]string{"app.kubernetes.io/managed-by": "wasession-operator", "wasession.dev/session": "sales-eu"},
			Ports: []corev1.ServicePort{{
				Name: "http", Protocol: corev1.ProtocolTCP, AppProtocol: ptr.To("http"), Port: 3000, TargetPort: intstr.FromString("http"),
			}},
		},
	})
	pod := podOf(t, session, Settings{})
	for key, value := range got.Spec.Selector {
		if pod.Labels[key] != value {
			t.Errorf("the pod's label %s is %q, the Service selects %q", key, pod.Labels[key], value)
		}
	}
	port := pod.Spec.Containers[0].Ports[0]
	if port.Name != got.Spec.Ports[0].TargetPort.StrVal || port.ContainerPort != got.Spec.Ports[0].Port {
		t.Errorf("the pod's port is %+v, the Service's %+v", port, got.Spec.Ports[0])
	}
	if want := "http://sales-eu.crm.svc:3000"; Endpoint(session) != want {
		t.Errorf("the endpoint is %s, want %s", Endpoint(session), want)
	}
}

func TestPolicyGuardsThePodAlone(t *testing.T) {
	session := load(t, "minimal")
	got := typed[networkingv1.NetworkPolicy](t, NetworkPolicy(session, Settings{}, nil))
	egress := got.Spec.Egress
	got.Spec.Egress = nil
	same(t, got, networkingv1.NetworkPolicy{
		TypeMeta: metav1.TypeMeta{APIVersion: "networking.k8s.io/v1", Kind: "NetworkPolicy"}, ObjectMeta: ownMeta("sales-eu"),
		Spec: networkingv1.NetworkPolicySpec{
			PodSelector: metav1.LabelSelector{MatchLabels: typed[corev1.Service](t, Service(session, Settings{})).Spec.Selector},
			PolicyTypes: []networkingv1.PolicyType{networkingv1.PolicyTypeIngress, networkingv1.PolicyTypeEgress},
			Ingress: []networkingv1.NetworkPolicyIngressRule{{Ports: []networkingv1.NetworkPolicyPort{
				{Protocol: ptr.To(corev1.ProtocolTCP), Port: ptr.To(intstr.FromInt32(3000))},
			}}},
		},
	})
	// Every connection starts with a DNS lookup.
	same(t, egress[0], networkingv1.NetworkPolicyEgressRule{Ports: []networkingv1.NetworkPolicyPort{
		{Protocol: ptr.To(corev1.ProtocolUDP), Port: ptr.To(intstr.FromInt32(53))},
		{Protocol: ptr.To(corev1.ProtocolTCP), Port: ptr.To(intstr.FromInt32(53))},
	}})
	for i, rule := range egress[1:] {
		for _, peer := range rule.To {
			if peer.IPBlock == nil {
				t.Errorf("rule %d lets the pod reach pods: %+v", i+1, peer)
			}
		}
	}
}

func TestConfigMapHoldsTheFile(t *testing.T) {
	got := typed[corev1.ConfigMap](t, ConfigMap(load(t, "minimal"), []byte("content")))
	same(t, got, corev1.ConfigMap{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "ConfigMap"}, ObjectMeta: ownMeta("sales-eu-config"),
		Data: map[string]string{"config.json": "content"},
	})
}

func TestKeysSecret(t *testing.T) {
	session := load(t, "minimal")
	got := KeysSecret(session)
	key := string(got.Data["api-key"])
	raw, err := base64.RawURLEncoding.DecodeString(key)
	if err != nil || len(raw) != 32 {
		t.Errorf("the key %q has %d bytes, %v", key, len(raw), err)
	}
	want := corev1.Secret{ObjectMeta: ownMeta("sales-eu-keys"), Type: corev1.SecretTypeOpaque, Data: map[string][]byte{"api-key": []byte(key)}}
	owners := want.OwnerReferences
	want.OwnerReferences = nil // nobody may take along what is kept
	same(t, *got, want)

	session.Spec.Storage.Claim.WhenDeleted = v1alpha1.VolumeDelete
	got = KeysSecret(session)
	want.OwnerReferences, want.Data = owners, got.Data
	same(t, *got, want)
}

func TestClaim(t *testing.T) {
	retained := ownMeta("sales-eu-data")
	retained.OwnerReferences = nil
	base := func() corev1.PersistentVolumeClaim {
		return corev1.PersistentVolumeClaim{
			TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "PersistentVolumeClaim"}, ObjectMeta: *retained.DeepCopy(),
			Spec: corev1.PersistentVolumeClaimSpec{
				AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOncePod},
				Resources:   corev1.VolumeResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceStorage: resource.MustParse("2Gi")}},
			},
		}
	}
	from := func(group *string, kind, name string) *corev1.TypedLocalObjectReference {
		return &corev1.TypedLocalObjectReference{APIGroup: group, Kind: kind, Name: name}
	}
	cases := []struct {
		name string
		spec func(*v1alpha1.StorageSpec)
		live *corev1.PersistentVolumeClaim
		want func(*corev1.PersistentVolumeClaim)
	}{
		{"an empty spec", func(*v1alpha1.StorageSpec) {}, nil, func(*corev1.PersistentVolumeClaim) {}},
		{"size", func(s *v1alpha1.StorageSpec) { s.Claim.Size = resource.MustParse("5Gi") }, nil,
			func(c *corev1.PersistentVolumeClaim) {
				c.Spec.Resources.Requests[corev1.ResourceStorage] = resource.MustParse("5Gi")
			}},
		{"access mode", func(s *v1alpha1.StorageSpec) { s.Claim.AccessMode = corev1.ReadWriteMany }, nil,
			func(c *corev1.PersistentVolumeClaim) {
				c.Spec.AccessModes = []corev1.PersistentVolumeAccessMode{corev1.ReadWriteMany}
			}},
		{"class", func(s *v1alpha1.StorageSpec) { s.Claim.StorageClassName = ptr.To("fast") }, nil,
			func(c *corev1.PersistentVolumeClaim) { c.Spec.StorageClassName = ptr.To("fast") }},
		{"the empty class, which asks for a volume made by hand", func(s *v1alpha1.StorageSpec) { s.Claim.StorageClassName = ptr.To("") }, nil,
			func(c *corev1.PersistentVolumeClaim) { c.Spec.StorageClassName = ptr.To("") }},
		{"from a snapshot", func(s *v1alpha1.StorageSpec) {
			s.Claim.DataSource = &v1alpha1.VolumeDataSource{Kind: v1alpha1.DataSourceSnapshot, Name: "friday"}
		}, nil, func(c *corev1.PersistentVolumeClaim) {
			c.Spec.DataSource = from(ptr.To("snapshot.storage.k8s.io"), "VolumeSnapshot", "friday")
		}},
		{"from another claim", func(s *v1alpha1.StorageSpec) {
			s.Claim.DataSource = &v1alpha1.VolumeDataSource{Kind: v1alpha1.DataSourceClaim, Name: "theirs"}
		}, nil, func(c *corev1.PersistentVolumeClaim) {
			c.Spec.DataSource = from(nil, "PersistentVolumeClaim", "theirs")
		}},
		{"deleted with the session", func(s *v1alpha1.StorageSpec) { s.Claim.WhenDeleted = v1alpha1.VolumeDelete }, nil,
			func(c *corev1.PersistentVolumeClaim) { c.OwnerReferences = ownMeta("").OwnerReferences }},
		{"media and the data of other accounts are no matter of the claim's", func(s *v1alpha1.StorageSpec) {
			s.OtherAccounts, s.Media = v1alpha1.OtherAccountsDelete, &v1alpha1.MediaSpec{Volume: &v1alpha1.MediaVolumeSpec{MaxSize: quantity("1Gi")}}
		}, nil, func(*corev1.PersistentVolumeClaim) {}},

		{"a live claim with several access modes, of which none can be chosen", func(*v1alpha1.StorageSpec) {},
			&corev1.PersistentVolumeClaim{Spec: corev1.PersistentVolumeClaimSpec{
				AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce, corev1.ReadOnlyMany},
			}}, func(*corev1.PersistentVolumeClaim) {}},
		{"a live claim without a class, where the spec names one", func(s *v1alpha1.StorageSpec) { s.Claim.StorageClassName = ptr.To("fast") },
			liveClaim("2Gi", corev1.ReadWriteOncePod, nil), func(*corev1.PersistentVolumeClaim) {}},
		{"a live claim that was restored stays so", func(s *v1alpha1.StorageSpec) {
			s.Claim.DataSource = &v1alpha1.VolumeDataSource{Kind: v1alpha1.DataSourceClaim, Name: "theirs"}
		}, func() *corev1.PersistentVolumeClaim {
			live := liveClaim("2Gi", corev1.ReadWriteOncePod, nil)
			live.Spec.DataSource = from(nil, "PersistentVolumeClaim", "theirs")
			return live
		}(), func(c *corev1.PersistentVolumeClaim) {
			c.Spec.DataSource = from(nil, "PersistentVolumeClaim", "theirs")
		}},
		{"a live claim that was restored, where the spec names no source any more", func(*v1alpha1.StorageSpec) {},
			func() *corev1.PersistentVolumeClaim {
				live := liveClaim("2Gi", corev1.ReadWriteOncePod, nil)
				live.Spec.DataSource = from(nil, "PersistentVolumeClaim", "theirs")
				return live
			}(), func(*corev1.PersistentVolumeClaim) {}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			session, want := load(t, "minimal"), base()
			c.spec(&session.Spec.Storage)
			c.want(&want)
			same(t, typed[corev1.PersistentVolumeClaim](t, Claim(session, c.live)), want)
		})
	}
}

func TestNames(t *testing.T) {
	cases := []struct {
		name   string
		change func(*v1alpha1.WhatsAppSession)
		want   map[string]string
	}{
		{"own objects", func(*v1alpha1.WhatsAppSession) {}, map[string]string{
			"pod": "sales-eu", "service": "sales-eu", "policy": "sales-eu", "config": "sales-eu-config",
			"generated keys": "sales-eu-keys", "keys": "sales-eu-keys", "claim": "sales-eu-data",
		}},
		{"an adopted claim and keys that the spec names", func(s *v1alpha1.WhatsAppSession) {
			s.Spec.Storage = v1alpha1.StorageSpec{Type: v1alpha1.StorageExistingClaim, ExistingClaim: "mine"}
			s.Spec.API = &v1alpha1.APISpec{KeysSecretRef: &v1alpha1.SecretReference{Name: "my-keys"}}
		}, map[string]string{
			"pod": "sales-eu", "service": "sales-eu", "policy": "sales-eu", "config": "sales-eu-config",
			"generated keys": "sales-eu-keys", "keys": "my-keys", "claim": "mine",
		}},
		{"an API without keys of its own", func(s *v1alpha1.WhatsAppSession) {
			s.Spec.API = &v1alpha1.APISpec{PublicURL: "https://x.example.com"}
		}, map[string]string{
			"pod": "sales-eu", "service": "sales-eu", "policy": "sales-eu", "config": "sales-eu-config",
			"generated keys": "sales-eu-keys", "keys": "sales-eu-keys", "claim": "sales-eu-data",
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := load(t, "minimal")
			c.change(s)
			got := map[string]string{
				"pod": PodName(s), "service": ServiceName(s), "policy": NetworkPolicyName(s), "config": ConfigMapName(s),
				"generated keys": GeneratedKeysName(s), "keys": KeysSecretName(s), "claim": ClaimName(s),
			}
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("names are %v, want %v", got, c.want)
			}
			if got := GeneratesKeys(s); got != (c.want["keys"] == c.want["generated keys"]) {
				t.Errorf("keys are generated: %t", got)
			}
		})
	}
}

// The longest name that the API accepts gives valid objects.
func TestTheLongestName(t *testing.T) {
	s := load(t, "minimal")
	s.Name = strings.Repeat("x", 54)
	if found := validation.IsDNS1035Label(ServiceName(s)); len(found) > 0 {
		t.Errorf("the Service's name: %v", found)
	}
	for _, name := range []string{PodName(s), ConfigMapName(s), GeneratedKeysName(s), ClaimName(s), NetworkPolicyName(s)} {
		if found := validation.IsDNS1123Label(name); len(found) > 0 {
			t.Errorf("%s: %v", name, found)
		}
	}
	for key, value := range Labels(s) {
		if found := append(validation.IsQualifiedName(key), validation.IsValidLabelValue(value)...); len(found) > 0 {
			t.Errorf("label %s=%s: %v", key, value, found)
		}
	}
}

func TestOwnersOfAppliedAndCreatedObjectsAreAlike(t *testing.T) {
	s := load(t, "minimal")
	same(t, typed[metav1.OwnerReference](t, ownerReference(s)), OwnerReference(s))
}

func TestSecretsThatImagesArePulledWith(t *testing.T) {
	s := load(t, "minimal")
	if got := PullSecretUses(s); got != nil {
		t.Errorf("without spec.pod they are %+v", got)
	}
	s.Spec.Pod = &v1alpha1.PodSpec{ImagePullSecrets: []v1alpha1.SecretReference{{Name: "a"}, {Name: "b"}}}
	want := []SecretUse{{Field: "spec.pod.imagePullSecrets[0]", Name: "a"}, {Field: "spec.pod.imagePullSecrets[1]", Name: "b"}}
	if got := PullSecretUses(s); !reflect.DeepEqual(got, want) {
		t.Errorf("they are %+v, want %+v", got, want)
	}
	// Only the kubelet reads them; they are not mounted.
	if got := mountedSecrets(s); len(got) != 0 {
		t.Errorf("%v are mounted", got)
	}
}

func TestServiceNames(t *testing.T) {
	name := func(namespace, name string) types.NamespacedName {
		return types.NamespacedName{Namespace: namespace, Name: name}
	}
	cases := []struct {
		host string
		want []types.NamespacedName
	}{
		{"hook", []types.NamespacedName{name("crm", "hook")}},
		{"HOOK", []types.NamespacedName{name("crm", "hook")}},
		{"hook.", []types.NamespacedName{name("crm", "hook")}},
		{"hook.other", []types.NamespacedName{name("other", "hook")}},
		{"hook.other.svc", []types.NamespacedName{name("other", "hook")}},
		{"hook.other.svc.cluster.local", []types.NamespacedName{name("other", "hook")}},
		{"pod-0.hook.other.svc.cluster.local", []types.NamespacedName{name("other", "hook")}},
		{"example.com", []types.NamespacedName{name("com", "example")}},
		{"files.corp.example.com", nil},
		{"localhost", nil},
		{"10.1.2.3", nil},
		{"[fd00::1]", nil},
	}
	for _, c := range cases {
		t.Run(c.host, func(t *testing.T) {
			if got := ServiceNames(withWebhook(t, "http://"+c.host+":8080/x"), Settings{}); !reflect.DeepEqual(got, c.want) {
				t.Errorf("Services are %v, want %v", got, c.want)
			}
		})
	}
	t.Run("of every field that names a host, once and in order", func(t *testing.T) {
		s := load(t, "minimal")
		s.Spec.Webhooks = []v1alpha1.WebhookSpec{{URL: "http://z"}, {URL: "https://z:1/other"}, {URL: "not a url\x7f"}, {URL: "/no-host"}}
		s.Spec.Storage.Media = &v1alpha1.MediaSpec{S3: &v1alpha1.S3Spec{Endpoint: "http://minio.s3"}}
		s.Spec.Proxy = &v1alpha1.ProxySpec{URL: "socks5://proxy.net"}
		s.Spec.Egress = &v1alpha1.EgressSpec{Allow: []v1alpha1.EgressTarget{"files.crm.svc", "*.wild.svc", "10.0.0.0/8"}}
		settings := Settings{WhatsAppEndpoint: "http://simulator.test", EgressAllow: []string{"a.shared.svc", "not an entry!"}}
		want := []types.NamespacedName{
			name("crm", "files"), name("crm", "z"), name("net", "proxy"), name("s3", "minio"), name("shared", "a"), name("test", "simulator"),
		}
		if got := ServiceNames(s, settings); !reflect.DeepEqual(got, want) {
			t.Errorf("Services are %v, want %v", got, want)
		}
	})
}
