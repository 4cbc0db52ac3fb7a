package localnode

import (
	"slices"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/utils/ptr"
)

func TestEndpoints(t *testing.T) {
	pod := func(ip string, ready bool) corev1.Pod {
		status := corev1.ConditionFalse
		if ready {
			status = corev1.ConditionTrue
		}
		return corev1.Pod{
			Spec: corev1.PodSpec{Containers: []corev1.Container{{Ports: []corev1.ContainerPort{{Name: "http", ContainerPort: 3000}}}}},
			Status: corev1.PodStatus{PodIP: ip, Phase: corev1.PodRunning, Conditions: []corev1.PodCondition{
				{Type: corev1.PodReady, Status: status},
			}},
		}
	}
	leaving, over, unstarted := pod("127.2.0.4", true), pod("127.2.0.5", true), pod("", true)
	leaving.DeletionTimestamp = ptr.To(metav1.Now())
	over.Status.Phase = corev1.PodFailed
	pods := []corev1.Pod{pod("127.2.0.2", true), pod("127.2.0.3", false), leaving, over, unstarted}

	for _, test := range []struct {
		name   string
		port   corev1.ServicePort
		all    bool
		number int32
		want   []string
	}{
		{"by name", corev1.ServicePort{Port: 80, TargetPort: intstr.FromString("http")}, false, 80, []string{"127.2.0.2:3000"}},
		{"by number", corev1.ServicePort{Port: 80, TargetPort: intstr.FromInt32(9)}, false, 80, []string{"127.2.0.2:9"}},
		{"the same port", corev1.ServicePort{Port: 80}, false, 80, []string{"127.2.0.2:80"}},
		{"no such name", corev1.ServicePort{Port: 80, TargetPort: intstr.FromString("x")}, false, 80, nil},
		{"no such port", corev1.ServicePort{Port: 80}, false, 81, nil},
		{"unready too", corev1.ServicePort{Port: 80}, true, 80, []string{"127.2.0.2:80", "127.2.0.3:80", "127.2.0.4:80"}},
	} {
		service := &corev1.Service{Spec: corev1.ServiceSpec{Ports: []corev1.ServicePort{test.port}, PublishNotReadyAddresses: test.all}}
		if got := endpoints(service, test.number, pods); !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

func TestImageName(t *testing.T) {
	for reference, want := range map[string]string{
		"ghcr.io/a/b":                "ghcr.io/a/b",
		"ghcr.io/a/b:v1":             "ghcr.io/a/b",
		"localhost:5000/b":           "localhost:5000/b",
		"localhost:5000/b:v1":        "localhost:5000/b",
		"ghcr.io/a/b:v1@sha256:0123": "ghcr.io/a/b",
	} {
		if got := imageName(reference); got != want {
			t.Errorf("imageName(%q) = %q, want %q", reference, got, want)
		}
	}
}

func TestAddresses(t *testing.T) {
	pool := newAddresses("127.9")
	seen := map[string]bool{}
	for range 600 {
		address, err := pool.take()
		if err != nil {
			t.Fatal(err)
		}
		if seen[address] {
			t.Fatalf("%s was allocated twice", address)
		}
		seen[address] = true
	}
	pool.giveBack("127.9.0.2")
	if next, _ := pool.take(); seen[next] {
		t.Errorf("%s was reused immediately", next)
	}
	full := newAddresses("127.8")
	for range 254 * 254 {
		if _, err := full.take(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := full.take(); err == nil {
		t.Error("a full range allocated another address")
	}
	full.giveBack("127.8.7.7")
	if again, err := full.take(); err != nil || again != "127.8.7.7" {
		t.Errorf("the one free address: %s, %v", again, err)
	}
}
