package ssa

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
	coreac "k8s.io/client-go/applyconfigurations/core/v1"
	metaac "k8s.io/client-go/applyconfigurations/meta/v1"
)

func wanted() *coreac.ServiceApplyConfiguration {
	return coreac.Service("sales", "crm").
		WithLabels(map[string]string{"a": "1"}).
		WithOwnerReferences(metaac.OwnerReference().WithName("sales").WithUID("u1").WithController(true).WithKind("K").WithAPIVersion("v1")).
		WithSpec(coreac.ServiceSpec().
			WithSelector(map[string]string{"s": "1"}).
			WithPorts(coreac.ServicePort().WithName("http").WithPort(3000).WithTargetPort(intstr.FromString("http"))))
}

// live is the object on the API server after wanted was applied: with defaults,
// and with fields added by others.
func live(t *testing.T) *corev1.Service {
	t.Helper()
	prepared, err := Prepare(wanted())
	if err != nil {
		t.Fatal(err)
	}
	service := &corev1.Service{}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(prepared.DeepCopy().Object, service); err != nil {
		t.Fatal(err)
	}
	service.TypeMeta = metav1.TypeMeta{} // as in typed caches
	service.UID, service.ResourceVersion = "u2", "7"
	service.Spec.ClusterIP = "10.0.0.1"
	service.Spec.Ports[0].Protocol = corev1.ProtocolTCP
	service.Labels["theirs"] = "x"
	service.Annotations["theirs"] = "x"
	service.OwnerReferences = append([]metav1.OwnerReference{{Name: "other"}}, service.OwnerReferences...)
	return service
}

func TestUpToDate(t *testing.T) {
	cases := []struct {
		name   string
		wanted func(*coreac.ServiceApplyConfiguration)
		live   func(*corev1.Service)
		want   bool
	}{
		{"as it was applied", nil, nil, true},
		{"somebody changed a value", nil, func(s *corev1.Service) { s.Spec.Selector["s"] = "2" }, false},
		{"somebody removed a value", nil, func(s *corev1.Service) { delete(s.Labels, "a") }, false},
		{"somebody removed the owner", nil, func(s *corev1.Service) { s.OwnerReferences = s.OwnerReferences[:1] }, false},
		{"somebody changed a list", nil, func(s *corev1.Service) { s.Spec.Ports[0].Port = 80 }, false},
		{"somebody removed the hash", nil, func(s *corev1.Service) { delete(s.Annotations, AnnotationApplied) }, false},
		{"somebody added a port", nil, func(s *corev1.Service) {
			s.Spec.Ports = append(s.Spec.Ports, corev1.ServicePort{Name: "x", Port: 9})
		}, true},
		{"a value is wanted otherwise", func(s *coreac.ServiceApplyConfiguration) { s.Labels["a"] = "2" }, nil, false},
		{"a value more is wanted", func(s *coreac.ServiceApplyConfiguration) { s.Labels["b"] = "2" }, nil, false},
		{"a value is wanted no more", func(s *coreac.ServiceApplyConfiguration) { delete(s.Labels, "a") }, nil, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			configuration, object := wanted(), live(t)
			if c.wanted != nil {
				c.wanted(configuration)
			}
			if c.live != nil {
				c.live(object)
			}
			prepared, err := Prepare(configuration)
			if err != nil {
				t.Fatal(err)
			}
			got, err := UpToDate(prepared, object)
			if err != nil {
				t.Fatal(err)
			}
			if got != c.want {
				t.Errorf("UpToDate = %v, want %v", got, c.want)
			}
		})
	}
}

func TestPrepareLeavesTheConfigurationAlone(t *testing.T) {
	configuration := wanted()
	if _, err := Prepare(configuration); err != nil {
		t.Fatal(err)
	}
	if len(configuration.Annotations) != 0 {
		t.Errorf("annotations are %v", configuration.Annotations)
	}
}

func TestCovers(t *testing.T) {
	type object = map[string]any
	type list = []any
	cases := []struct {
		name         string
		wanted, held any
		want         bool
	}{
		{"equal values", "a", "a", true},
		{"another value", "a", "b", false},
		{"another type", int64(1), "1", false},
		{"an absent value", "a", nil, false},
		{"more fields", object{"a": int64(1)}, object{"a": int64(1), "b": int64(2)}, true},
		{"fewer fields", object{"a": int64(1), "b": int64(2)}, object{"a": int64(1)}, false},
		{"an empty object left out", object{"a": object{}}, object{}, true},
		{"an object instead of a value", object{"a": int64(1)}, "a", false},
		{"plain lists in another order", list{"a", "b"}, list{"b", "a"}, true},
		{"a plain list that is longer", list{"a"}, list{"a", "b"}, false},
		{"a plain list that is shorter", list{"a", "b"}, list{"a"}, false},
		{"duplicates are counted", list{"a", "a"}, list{"a", "b"}, false},
		{"a list of objects in another order", list{object{"n": "a"}, object{"n": "b"}}, list{object{"n": "b"}, object{"n": "a", "x": "y"}}, true},
		{"a list of objects that is longer", list{object{"n": "a"}}, list{object{"n": "b"}, object{"n": "a"}}, true},
		{"an empty object in a list", list{object{}}, list{object{}}, true},
		{"an empty list", list{}, list{"a"}, false},
		{"a list instead of a value", list{"a"}, "a", false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := covers(c.wanted, c.held); got != c.want {
				t.Errorf("covers = %v, want %v", got, c.want)
			}
		})
	}
}
