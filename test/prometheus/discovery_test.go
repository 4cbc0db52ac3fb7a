package prometheus

import (
	"encoding/json"
	"reflect"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Each port of a pod is a target, with the labels that relabelings refer to. A pod
// without an address has none.
func TestTargetsOfAPod(t *testing.T) {
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: "crm", Name: "sales", Labels: map[string]string{"wasession.dev/session": "sales"}},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "runtime", Ports: []corev1.ContainerPort{{Name: "metrics", ContainerPort: 9464}}}}},
		Status:     corev1.PodStatus{Phase: corev1.PodRunning, PodIP: "10.81.0.2"},
	}
	want := []Discovered{{[]string{"10.81.0.2:9464"}, map[string]string{
		"__meta_kubernetes_namespace":                       "crm",
		"__meta_kubernetes_pod_name":                        "sales",
		"__meta_kubernetes_pod_phase":                       "Running",
		"__meta_kubernetes_pod_container_name":              "runtime",
		"__meta_kubernetes_pod_container_port_name":         "metrics",
		"__meta_kubernetes_pod_label_wasession_dev_session": "sales",
	}}}
	if got := targetsOf(pod); !reflect.DeepEqual(got, want) {
		t.Errorf("targets %+v\nwant %+v", got, want)
	}
	pod.Status.PodIP = ""
	if got := targetsOf(pod); len(got) != 0 {
		t.Errorf("targets of a pod without an address: %+v", got)
	}
}

func TestAPointIsWrittenAsAPair(t *testing.T) {
	for _, text := range []string{"[1700000000,3]", "[1700000000,null]"} {
		var point Point
		if err := json.Unmarshal([]byte(text), &point); err != nil {
			t.Fatal(err)
		}
		if written, err := json.Marshal(point); err != nil || string(written) != text {
			t.Errorf("%s is written as %s (%v)", text, written, err)
		}
	}
}
