package controllers

import (
	"reflect"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/controller-runtime/pkg/cache"

	"github.com/wasession/wasession/api/v1alpha1"
)

func transformOf(t *testing.T, object any) func(any) (any, error) {
	t.Helper()
	for candidate, options := range CacheOptions(nil, nil).ByObject {
		if reflect.TypeOf(candidate) == reflect.TypeOf(object) {
			return options.Transform
		}
	}
	t.Fatalf("%T has no cache options", object)
	return nil
}

func TestCachesHoldNoMoreThanIsRead(t *testing.T) {
	noise := metav1.ObjectMeta{
		Name: "x", Annotations: map[string]string{"kubectl.kubernetes.io/last-applied-configuration": "a copy of it all"},
		ManagedFields: []metav1.ManagedFieldsEntry{{Manager: "kubectl"}},
	}
	cases := []struct {
		name      string
		transform any
		in, want  any
	}{
		{"secrets lose what kubectl copied of them", &corev1.Secret{},
			&metav1.PartialObjectMetadata{ObjectMeta: noise},
			&metav1.PartialObjectMetadata{ObjectMeta: metav1.ObjectMeta{Name: "x"}}},
		{"claims of others lose their annotations", &corev1.PersistentVolumeClaim{},
			&corev1.PersistentVolumeClaim{ObjectMeta: noise},
			&corev1.PersistentVolumeClaim{ObjectMeta: metav1.ObjectMeta{Name: "x"}}},
		{"own claims keep theirs", &corev1.PersistentVolumeClaim{},
			&corev1.PersistentVolumeClaim{ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{v1alpha1.LabelManagedBy: v1alpha1.ManagerName}, Annotations: map[string]string{"a": "b"}}},
			&corev1.PersistentVolumeClaim{ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{v1alpha1.LabelManagedBy: v1alpha1.ManagerName}, Annotations: map[string]string{"a": "b"}}}},
		{"pods keep what the kubelet says", &corev1.Pod{},
			&corev1.Pod{
				Spec: corev1.PodSpec{NodeName: "n", Containers: []corev1.Container{{Name: "c"}}},
				Status: corev1.PodStatus{Phase: "Running", PodIP: "1.2.3.4", HostIP: "5.6.7.8", ContainerStatuses: []corev1.ContainerStatus{{
					Name: "c", RestartCount: 2,
					State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "CrashLoopBackOff", Message: "long"}},
					LastTerminationState: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{
						Reason: "OOMKilled", ExitCode: 137, FinishedAt: metav1.Unix(1, 0), Message: "long", ContainerID: "x", StartedAt: metav1.Unix(0, 0),
					}},
				}}},
			},
			&corev1.Pod{
				Spec: corev1.PodSpec{NodeName: "n"},
				Status: corev1.PodStatus{Phase: "Running", PodIP: "1.2.3.4", ContainerStatuses: []corev1.ContainerStatus{{
					Name: "c", RestartCount: 2,
					State:                corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "CrashLoopBackOff"}},
					LastTerminationState: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{Reason: "OOMKilled", ExitCode: 137, FinishedAt: metav1.Unix(1, 0)}},
				}}},
			}},
		{"services of others keep which pods they lead to", &corev1.Service{},
			&corev1.Service{
				ObjectMeta: noise,
				Spec: corev1.ServiceSpec{
					Selector: map[string]string{"app": "x"}, ClusterIP: "10.96.0.1", ClusterIPs: []string{"10.96.0.1"},
					Ports: []corev1.ServicePort{{Port: 80}}, ExternalIPs: []string{"1.2.3.4"},
				},
				Status: corev1.ServiceStatus{LoadBalancer: corev1.LoadBalancerStatus{Ingress: []corev1.LoadBalancerIngress{{IP: "1.2.3.4"}}}},
			},
			&corev1.Service{
				ObjectMeta: metav1.ObjectMeta{Name: "x"},
				Spec:       corev1.ServiceSpec{Selector: map[string]string{"app": "x"}, ClusterIP: "10.96.0.1", Ports: []corev1.ServicePort{{Port: 80}}},
			}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := transformOf(t, c.transform)(c.in)
			if err != nil || !reflect.DeepEqual(got, c.want) {
				t.Errorf("cached is %+v, %v; want %+v", got, err, c.want)
			}
		})
	}
}

func TestNamespaces(t *testing.T) {
	if got := CacheOptions(nil, nil).DefaultNamespaces; got != nil {
		t.Errorf("without namespaces %v are watched", got)
	}
	want := map[string]cache.Config{"a": {}, "b": {}}
	if got := CacheOptions([]string{"a", "b"}, nil).DefaultNamespaces; !reflect.DeepEqual(got, want) {
		t.Errorf("watched are %v, want %v", got, want)
	}
}

func TestAShardHoldsItsOwn(t *testing.T) {
	shard, err := labels.Parse(v1alpha1.LabelShard + "=a")
	if err != nil {
		t.Fatal(err)
	}
	own := func(shard string) labels.Set {
		return labels.Set{v1alpha1.LabelManagedBy: v1alpha1.ManagerName, v1alpha1.LabelShard: shard}
	}
	for object, options := range CacheOptions(nil, shard).ByObject {
		held := func(set labels.Set) bool { return options.Label == nil || options.Label.Matches(set) }
		shared := false
		switch object.(type) {
		case *corev1.Secret, *corev1.PersistentVolumeClaim, *corev1.Service:
			shared = true // a session of any shard may refer to it
		}
		if !held(own("a")) || held(own("b")) != shared {
			t.Errorf("%T: own held %v, of another shard %v", object, held(own("a")), held(own("b")))
		}
	}
}
