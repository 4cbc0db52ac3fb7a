package ssa

import (
	"encoding/json"
	"errors"
	"reflect"
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
	coreac "k8s.io/client-go/applyconfigurations/core/v1"
	metaac "k8s.io/client-go/applyconfigurations/meta/v1"
	networkingac "k8s.io/client-go/applyconfigurations/networking/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// applied returns an applied configuration as a typed cache holds it: converted
// through the API type.
func applied[T client.Object](t *testing.T, configuration runtime.ApplyConfiguration, object T) T {
	t.Helper()
	prepared, err := Prepare(configuration)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(prepared.Object)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, object); err != nil {
		t.Fatal(err)
	}
	object.GetObjectKind().SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind(""))
	return object
}

func claimOf(size string) *coreac.PersistentVolumeClaimApplyConfiguration {
	return coreac.PersistentVolumeClaim("sales-data", "crm").WithSpec(coreac.PersistentVolumeClaimSpec().
		WithAccessModes(corev1.ReadWriteOnce).
		WithResources(coreac.VolumeResourceRequirements().
			WithRequests(corev1.ResourceList{corev1.ResourceStorage: resource.MustParse(size)})))
}

func policyTo(ports ...int32) *networkingac.NetworkPolicyApplyConfiguration {
	rule := networkingac.NetworkPolicyEgressRule().WithTo(networkingac.NetworkPolicyPeer().
		WithPodSelector(metaac.LabelSelector()))
	for _, port := range ports {
		rule.WithPorts(networkingac.NetworkPolicyPort().WithProtocol(corev1.ProtocolTCP).WithPort(intstr.FromInt32(port)))
	}
	return networkingac.NetworkPolicy("sales", "crm").WithSpec(networkingac.NetworkPolicySpec().
		WithPolicyTypes(networkingv1.PolicyTypeEgress).WithEgress(rule))
}

// A freshly applied object is up to date; otherwise the operator would apply it forever.
func TestWhatWasAppliedNeedsNoApply(t *testing.T) {
	cases := []struct {
		name          string
		configuration runtime.ApplyConfiguration
		live          client.Object
	}{
		{"a config map", coreac.ConfigMap("c", "crm").WithData(map[string]string{"a": "b", "empty": ""}), &corev1.ConfigMap{}},
		{"a config map without data", coreac.ConfigMap("c", "crm"), &corev1.ConfigMap{}},
		{"a claim", claimOf("2Gi"), &corev1.PersistentVolumeClaim{}},
		{"a claim whose size can be written shorter", claimOf("2048Mi"), &corev1.PersistentVolumeClaim{}},
		{"a claim of a fraction", claimOf("0.5Gi"), &corev1.PersistentVolumeClaim{}},
		{"a claim of plain bytes", claimOf("1000000000"), &corev1.PersistentVolumeClaim{}},
		{"a policy with a selector of all pods", policyTo(1, 2), &networkingv1.NetworkPolicy{}},
		{"a policy without ports", policyTo(), &networkingv1.NetworkPolicy{}},
		{"a service", wanted(), &corev1.Service{}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			live := applied(t, c.configuration, c.live)
			prepared, err := Prepare(c.configuration)
			if err != nil {
				t.Fatal(err)
			}
			if upToDate, err := UpToDate(prepared, live); err != nil || !upToDate {
				t.Errorf("up to date: %v, %v", upToDate, err)
			}
		})
	}
}

func TestDriftOfOtherObjects(t *testing.T) {
	claim := func(change func(*corev1.PersistentVolumeClaim)) client.Object {
		live := applied(t, claimOf("2Gi"), &corev1.PersistentVolumeClaim{})
		change(live)
		return live
	}
	policy := func(change func(*networkingv1.NetworkPolicySpec)) client.Object {
		live := applied(t, policyTo(80, 443), &networkingv1.NetworkPolicy{})
		change(&live.Spec)
		return live
	}
	cases := []struct {
		name          string
		configuration runtime.ApplyConfiguration
		live          client.Object
		want          bool
	}{
		{"the volume controller binds a claim", claimOf("2Gi"), claim(func(c *corev1.PersistentVolumeClaim) {
			c.Spec.VolumeName, c.Status.Phase = "pv-1", corev1.ClaimBound
			c.Finalizers = []string{"kubernetes.io/pvc-protection"}
		}), true},
		{"somebody enlarges a claim", claimOf("2Gi"), claim(func(c *corev1.PersistentVolumeClaim) {
			c.Spec.Resources.Requests[corev1.ResourceStorage] = resource.MustParse("3Gi")
		}), false},
		{"the same size in another notation is wanted", claimOf("2048Mi"), claim(func(*corev1.PersistentVolumeClaim) {}), true},
		{"somebody opens another port", policyTo(80, 443), policy(func(s *networkingv1.NetworkPolicySpec) {
			s.Egress = append(s.Egress, networkingv1.NetworkPolicyEgressRule{})
		}), true},
		{"somebody closes a port", policyTo(80, 443), policy(func(s *networkingv1.NetworkPolicySpec) {
			s.Egress[0].Ports = s.Egress[0].Ports[:1]
		}), false},
		{"somebody removes all rules", policyTo(80, 443), policy(func(s *networkingv1.NetworkPolicySpec) { s.Egress = nil }), false},
		{"somebody turns egress off", policyTo(80, 443), policy(func(s *networkingv1.NetworkPolicySpec) { s.PolicyTypes = nil }), false},
		{"ports come in another order", policyTo(80, 443), policy(func(s *networkingv1.NetworkPolicySpec) {
			p := s.Egress[0].Ports
			p[0], p[1] = p[1], p[0]
		}), true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			prepared, err := Prepare(c.configuration)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := UpToDate(prepared, c.live); err != nil || got != c.want {
				t.Errorf("UpToDate = %v, %v; want %v", got, err, c.want)
			}
		})
	}
}

func TestPrepare(t *testing.T) {
	t.Run("keeps the annotations that are wanted", func(t *testing.T) {
		prepared, err := Prepare(coreac.ConfigMap("c", "crm").WithAnnotations(map[string]string{"a": "b"}))
		if err != nil {
			t.Fatal(err)
		}
		annotations := prepared.GetAnnotations()
		if annotations["a"] != "b" || len(annotations) != 2 || annotations[AnnotationApplied] == "" {
			t.Errorf("annotations are %v", annotations)
		}
	})
	t.Run("names the object", func(t *testing.T) {
		prepared, err := Prepare(policyTo(1))
		if err != nil {
			t.Fatal(err)
		}
		got := []string{prepared.GetAPIVersion(), prepared.GetKind(), prepared.GetNamespace(), prepared.GetName()}
		if want := []string{"networking.k8s.io/v1", "NetworkPolicy", "crm", "sales"}; !reflect.DeepEqual(got, want) {
			t.Errorf("the object is %v, want %v", got, want)
		}
	})
	t.Run("hashes what is wanted, and no more", func(t *testing.T) {
		hash := func(data map[string]string) string {
			prepared, err := Prepare(coreac.ConfigMap("c", "crm").WithData(data))
			if err != nil {
				t.Fatal(err)
			}
			return prepared.GetAnnotations()[AnnotationApplied]
		}
		one := hash(map[string]string{"a": "1", "b": "2", "c": "3"})
		if again := hash(map[string]string{"c": "3", "b": "2", "a": "1"}); again != one {
			t.Errorf("the same content has the hashes %s and %s", one, again)
		}
		if other := hash(map[string]string{"a": "1", "b": "2", "c": "4"}); other == one {
			t.Error("different content has the same hash")
		}
	})
	t.Run("says what it cannot encode", func(t *testing.T) {
		if _, err := Prepare(unspeakable{}); !errors.Is(err, errUnspeakable) {
			t.Errorf("error is %v", err)
		}
		if _, err := Prepare(list{}); err == nil {
			t.Error("a list became an object")
		}
	})
}

var errUnspeakable = errors.New("no words for it")

// unspeakable is a configuration that cannot be encoded; list is not an object.
type (
	unspeakable struct{ runtime.ApplyConfiguration }
	list        struct{ runtime.ApplyConfiguration }
)

func (unspeakable) MarshalJSON() ([]byte, error) { return nil, errUnspeakable }
func (list) MarshalJSON() ([]byte, error)        { return []byte(`["a"]`), nil }

func TestAnObjectOfAnotherTimeIsNotUpToDate(t *testing.T) {
	prepared, err := Prepare(claimOf("2Gi"))
	if err != nil {
		t.Fatal(err)
	}
	// Created before there were hashes, or by hand.
	live := applied(t, claimOf("2Gi"), &corev1.PersistentVolumeClaim{})
	live.Annotations = nil
	if upToDate, err := UpToDate(prepared, live); err != nil || upToDate {
		t.Errorf("up to date: %v, %v", upToDate, err)
	}
	if upToDate, err := UpToDate(prepared, &metav1.PartialObjectMetadata{}); err != nil || upToDate {
		t.Errorf("an empty object is up to date: %v, %v", upToDate, err)
	}
}

// Every value covers itself, also with additional fields.
func FuzzCovers(f *testing.F) {
	for _, seed := range []string{
		`{}`, `[]`, `null`, `"a"`, `{"a":{"b":[1,2,{"c":null}]}}`, `[{"n":"a"},{"n":"b"},{"n":"a"}]`, `[[],[1]]`, `[{},{"a":1}]`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var wanted, held any
		if json.Unmarshal(raw, &wanted) != nil || json.Unmarshal(raw, &held) != nil {
			return
		}
		if !covers(wanted, held) {
			t.Fatalf("%s does not cover itself", raw)
		}
		if object, ok := held.(map[string]any); ok {
			object["theirs, and in no seed"] = "x"
			if !covers(wanted, object) {
				t.Fatalf("%s is not covered with additional fields", raw)
			}
			if covers(object, wanted) {
				t.Fatalf("%s covers a field that it does not have", raw)
			}
		}
	})
}
