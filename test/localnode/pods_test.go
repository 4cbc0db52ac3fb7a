package localnode

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

func claim(namespace, name string) *corev1.PersistentVolumeClaim {
	return &corev1.PersistentVolumeClaim{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name},
		Spec: corev1.PersistentVolumeClaimSpec{
			AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOncePod},
			Resources:   corev1.VolumeResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceStorage: resource.MustParse("1Gi")}},
		},
	}
}

func bound(c *corev1.PersistentVolumeClaim) bool { return c.Status.Phase == corev1.ClaimBound }

func httpProbe(path string) *corev1.Probe {
	return &corev1.Probe{
		ProbeHandler:     corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: path, Port: intstr.FromString("http")}},
		PeriodSeconds:    1,
		FailureThreshold: 1,
	}
}

func TestPodWithVolumes(t *testing.T) {
	ns := namespace(t)
	settings := &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{Namespace: ns, Name: "settings"},
		Data:       map[string]string{"config.json": "one"},
	}
	key := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: ns, Name: "key"}, StringData: map[string]string{"api-key": "hush"}}
	data := claim(ns, "data")
	pod := webPod(ns, "full", func(pod *corev1.Pod) {
		pod.Spec.Volumes = []corev1.Volume{
			{Name: "data", VolumeSource: corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: "data"}}},
			{Name: "settings", VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: "settings"}}}},
			{Name: "key", VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: "key"}}},
			{Name: "absent", VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: "absent", Optional: ptr.To(true)}}},
			{Name: "tmp", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}},
		}
		container := &pod.Spec.Containers[0]
		container.VolumeMounts = []corev1.VolumeMount{
			{Name: "data", MountPath: "/data"},
			{Name: "settings", MountPath: "/etc/app/config", ReadOnly: true},
			{Name: "key", MountPath: "/etc/app/key", ReadOnly: true},
			{Name: "absent", MountPath: "/etc/app/absent", ReadOnly: true},
			{Name: "tmp", MountPath: "/tmp"},
		}
		container.SecurityContext = &corev1.SecurityContext{ReadOnlyRootFilesystem: ptr.To(true)}
		container.Env = append(container.Env,
			corev1.EnvVar{Name: "GREETING", Value: "I am $(POD_IP), $$(not) $(UNKNOWN)"},
			corev1.EnvVar{Name: "MEMORY", ValueFrom: &corev1.EnvVarSource{ResourceFieldRef: &corev1.ResourceFieldSelector{Resource: "limits.memory"}}},
		)
		container.Resources.Limits = corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("64Mi")}
		container.ReadinessProbe = httpProbe("/ready")
	})
	create(t, settings, key, pod, data)
	until(t, pod, "ready", isReady)
	base := "http://" + pod.Status.PodIP + ":3000"

	_, body := get(t, base+"/env")
	var seen struct {
		Env []string
		PID int
	}
	if err := json.Unmarshal([]byte(body), &seen); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	for _, want := range []string{"GREETING=I am " + pod.Status.PodIP + ", $(not) $(UNKNOWN)", "MEMORY=67108864", "HOSTNAME=full"} {
		if !slices.Contains(seen.Env, want) {
			t.Errorf("environment %q lacks %q", seen.Env, want)
		}
	}
	for path, want := range map[string]string{"/etc/app/config/config.json": "one", "/etc/app/key/api-key": "hush"} {
		if _, got := get(t, base+"/file?path="+path); got != want {
			t.Errorf("%s holds %q, want %q", path, got, want)
		}
	}
	for path, want := range map[string]int{"/data/kept": http.StatusOK, "/tmp/scratch": http.StatusOK, "/etc/app/config/x": http.StatusInternalServerError, "/x": http.StatusInternalServerError} {
		if got, body := send(t, http.MethodPut, base+"/file?path="+path, "content"); got != want {
			t.Errorf("writing %s: %d %s, want %d", path, got, body, want)
		}
	}

	// A changed ConfigMap reaches the running container, without a restart.
	settings.Data["config.json"] = "two"
	if err := shared.client.Update(t.Context(), settings); err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(time.Minute)
	for got := ""; got != "two"; {
		if time.Now().After(deadline) {
			t.Fatalf("config.json still holds %q", got)
		}
		_, got = get(t, base+"/file?path=/etc/app/config/config.json")
	}

	// The claim's content survives the pod, the claim is not removed before the
	// pod, and the folder is removed with the claim.
	if err := shared.client.Delete(t.Context(), data); err != nil {
		t.Fatal(err)
	}
	until(t, data, "deleted but protected", func(c *corev1.PersistentVolumeClaim) bool { return c.DeletionTimestamp != nil })
	folders, _ := filepath.Glob(filepath.Join(shared.dir, "volumes", ns+"_data_*"))
	if len(folders) != 1 {
		t.Fatalf("folders of the claim: %v", folders)
	}
	if content, err := os.ReadFile(filepath.Join(folders[0], "kept")); err != nil || string(content) != "content" {
		t.Fatalf("the volume holds %q, %v", content, err)
	}
	if err := shared.client.Delete(t.Context(), pod, client.GracePeriodSeconds(5)); err != nil {
		t.Fatal(err)
	}
	untilGone(t, pod)
	untilGone(t, data)
	volume := &corev1.PersistentVolume{ObjectMeta: metav1.ObjectMeta{Name: data.Spec.VolumeName}}
	untilGone(t, volume)
	if _, err := os.Stat(folders[0]); !os.IsNotExist(err) {
		t.Errorf("the folder of a deleted volume is still there: %v", err)
	}
	if code, _ := get(t, base+"/ready"); code != 0 {
		t.Error("the deleted pod still answers")
	}
}

func TestRestarts(t *testing.T) {
	ns := namespace(t)
	pod := webPod(ns, "restarts", func(pod *corev1.Pod) {
		pod.Spec.Containers[0].StartupProbe = httpProbe("/live")
		pod.Spec.Containers[0].StartupProbe.FailureThreshold = 30
		pod.Spec.Containers[0].LivenessProbe = httpProbe("/live")
	})
	create(t, pod)
	until(t, pod, "ready", isReady)

	restarted := func(times int32) func(*corev1.Pod) bool {
		return func(pod *corev1.Pod) bool {
			return isReady(pod) && pod.Status.ContainerStatuses[0].RestartCount == times
		}
	}
	get(t, "http://"+pod.Status.PodIP+":3000/exit?code=7")
	until(t, pod, "restarted after its exit", restarted(1))
	if last := pod.Status.ContainerStatuses[0].LastTerminationState.Terminated; last == nil || last.ExitCode != 7 {
		t.Errorf("last termination %+v, want exit code 7", last)
	}
	get(t, "http://"+pod.Status.PodIP+":3000/sick")
	until(t, pod, "restarted by its liveness probe, after a wait", restarted(2))
}

func TestReadinessAndService(t *testing.T) {
	ns := namespace(t)
	service := &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Namespace: ns, Name: "web"},
		Spec: corev1.ServiceSpec{
			Selector: map[string]string{"app": "web"},
			Ports:    []corev1.ServicePort{{Port: 8080, TargetPort: intstr.FromString("http")}},
		},
	}
	pod := webPod(ns, "web", func(pod *corev1.Pod) { pod.Spec.Containers[0].ReadinessProbe = httpProbe("/ready") })
	create(t, service, pod)
	until(t, pod, "ready", isReady)
	front, direct := "http://"+service.Spec.ClusterIP+":8080", "http://"+pod.Status.PodIP+":3000"
	deadline := time.Now().Add(time.Minute)
	for code := 0; code != http.StatusOK; code, _ = get(t, front+"/ready") {
		if time.Now().After(deadline) {
			t.Fatal("the Service's address does not reach its ready pod")
		}
	}
	get(t, direct+"/unready")
	until(t, pod, "not ready", func(pod *corev1.Pod) bool { return !isReady(pod) })
	if pod.Status.ContainerStatuses[0].RestartCount != 0 {
		t.Error("a readiness probe must not restart anything")
	}
	deadline = time.Now().Add(time.Minute)
	for code := 1; code != 0; code, _ = get(t, front+"/env") {
		if time.Now().After(deadline) {
			t.Fatal("the Service still reaches a pod that is not ready")
		}
	}
	get(t, direct+"/unready?on=false")
	until(t, pod, "ready again", isReady)
}

func TestDeletion(t *testing.T) {
	ns := namespace(t)
	t.Run("a stubborn process is killed at the end of its grace period", func(t *testing.T) {
		pod := webPod(ns, "stubborn", func(pod *corev1.Pod) {
			pod.Spec.Containers[0].Args = append(pod.Spec.Containers[0].Args, "--stubborn")
			pod.Spec.Containers[0].ReadinessProbe = httpProbe("/ready")
		})
		create(t, pod)
		until(t, pod, "ready", isReady)
		began := time.Now()
		if err := shared.client.Delete(t.Context(), pod, client.GracePeriodSeconds(2)); err != nil {
			t.Fatal(err)
		}
		untilGone(t, pod)
		if took := time.Since(began); took < 2*time.Second || took > time.Minute {
			t.Errorf("took %v, want the grace period of 2 s and not much more", took)
		}
	})
	t.Run("a forced deletion leaves no process", func(t *testing.T) {
		pod := webPod(ns, "forced", func(pod *corev1.Pod) { pod.Spec.Containers[0].ReadinessProbe = httpProbe("/ready") })
		create(t, pod)
		until(t, pod, "ready", isReady)
		if err := shared.client.Delete(t.Context(), pod, client.GracePeriodSeconds(0)); err != nil {
			t.Fatal(err)
		}
		deadline := time.Now().Add(time.Minute)
		for code := 1; code != 0; code, _ = get(t, "http://"+pod.Status.PodIP+":3000/env") {
			if time.Now().After(deadline) {
				t.Fatal("the pod's process outlives its object")
			}
		}
	})
}

func TestPodThatCannotRunSaysWhy(t *testing.T) {
	ns := namespace(t)
	waits := func(reason, message string) func(*corev1.Pod) bool {
		return func(pod *corev1.Pod) bool {
			if len(pod.Status.ContainerStatuses) == 0 {
				return false
			}
			waiting := pod.Status.ContainerStatuses[0].State.Waiting
			return waiting != nil && waiting.Reason == reason && strings.Contains(waiting.Message, message)
		}
	}
	unknown := webPod(ns, "unknown", func(pod *corev1.Pod) { pod.Spec.Containers[0].Image = "example.org/other@sha256:00" })
	missing := webPod(ns, "missing", func(pod *corev1.Pod) {
		pod.Spec.Volumes = []corev1.Volume{{Name: "key", VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: "later"}}}}
		pod.Spec.Containers[0].VolumeMounts = []corev1.VolumeMount{{Name: "key", MountPath: "/key"}}
	})
	unbound := webPod(ns, "unbound", func(pod *corev1.Pod) {
		pod.Spec.Volumes = []corev1.Volume{{Name: "data", VolumeSource: corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: "nothing"}}}}
	})
	create(t, unknown, missing, unbound)
	until(t, unknown, "refused for its image", waits("ErrImageNeverPull", "example.org/other"))
	until(t, unbound, "unschedulable", func(pod *corev1.Pod) bool {
		return len(pod.Status.Conditions) > 0 && strings.Contains(pod.Status.Conditions[0].Message, `"nothing" not found`)
	})
	until(t, missing, "waiting for its secret", waits("ContainerCreating", `"later" not found`))
	create(t, &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: ns, Name: "later"}})
	until(t, missing, "running", isReady)
}

func TestRestartPolicyNever(t *testing.T) {
	ns := namespace(t)
	for code, want := range map[string]corev1.PodPhase{"0": corev1.PodSucceeded, "3": corev1.PodFailed} {
		pod := webPod(ns, "once-"+code, func(pod *corev1.Pod) {
			pod.Spec.RestartPolicy = corev1.RestartPolicyNever
			pod.Spec.Containers[0].Args = []string{"--exit", code}
		})
		create(t, pod)
		until(t, pod, string(want), func(pod *corev1.Pod) bool { return pod.Status.Phase == want })
	}
}

func TestCollector(t *testing.T) {
	ns := namespace(t)
	owner := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: ns, Name: "owner"}}
	create(t, owner)
	owned := func(name string) *corev1.Secret {
		return &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: ns, Name: name, OwnerReferences: []metav1.OwnerReference{
			{APIVersion: "v1", Kind: "ConfigMap", Name: owner.Name, UID: owner.UID},
		}}}
	}
	mine, stranger := owned("mine"), &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: ns, Name: "stranger"}}
	create(t, mine, stranger)
	if err := shared.client.Delete(t.Context(), owner); err != nil {
		t.Fatal(err)
	}
	untilGone(t, mine)
	if err := shared.client.Get(t.Context(), client.ObjectKeyFromObject(stranger), stranger); err != nil {
		t.Errorf("an object without an owner must stay: %v", err)
	}
}

func TestClaimGrows(t *testing.T) {
	ns := namespace(t)
	data := claim(ns, "data")
	create(t, data)
	until(t, data, "bound", bound)
	data.Spec.Resources.Requests[corev1.ResourceStorage] = resource.MustParse("2Gi")
	if err := shared.client.Update(t.Context(), data); err != nil {
		t.Fatal(err)
	}
	until(t, data, "2Gi large", func(c *corev1.PersistentVolumeClaim) bool {
		size := c.Status.Capacity[corev1.ResourceStorage]
		return size.String() == "2Gi"
	})
}
