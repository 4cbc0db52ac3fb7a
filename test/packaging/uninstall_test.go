package packaging

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
)

// release renders the chart with a session of this name in the namespace
// "installed".
func release(t *testing.T, session string) objects {
	t.Helper()
	file := filepath.Join(t.TempDir(), "values.yaml")
	if err := os.WriteFile(file, []byte("sessions: [{name: "+session+", namespace: installed}]"), 0o600); err != nil {
		t.Fatal(err)
	}
	return render(t, "helm", "charts/wasession", "-values", file)
}

// before applies what Helm creates before it uninstalls the release, and returns
// the job.
func before(t *testing.T, all objects) *batchv1.Job {
	t.Helper()
	var job *batchv1.Job
	for _, object := range all.hooks() {
		if got := object.GetAnnotations()[helmHook]; got != "pre-delete" {
			t.Errorf("%s %s is for %s", object.GetKind(), object.GetName(), got)
		}
		if object.GetKind() == "Job" {
			job = into[batchv1.Job](t, object)
			if err := dryRun(t, object); err != nil {
				t.Error(err)
			}
			continue
		}
		if err := api.Create(t.Context(), object); err != nil {
			t.Fatalf("%s %s: %v", object.GetKind(), object.GetName(), err)
		}
		t.Cleanup(func() {
			if err := api.Delete(background(), object); err != nil {
				t.Error(err)
			}
		})
	}
	if job == nil {
		t.Fatal("there is no job")
	}
	return job
}

// helm uninstall leaves nothing behind that needs an operator: sessions of the
// release are gone, their volumes are not, and all other sessions run on and can
// be deleted.
func TestUninstall(t *testing.T) {
	binary := buildOperator(t)
	ensureNamespace(t, "installed")
	all := release(t, "released")
	install(t, all)
	deployment := into[appsv1.Deployment](t, all.one(t, "Deployment", "wasession"))
	operator, log := startCommand(t, binary, deployment.Namespace, &deployment.Spec.Template.Spec,
		"--leader-election-namespace="+deployment.Namespace, "--metrics-bind-address=0", "--health-probe-bind-address=127.0.0.1:0")
	t.Cleanup(func() { _ = operator.Process.Kill() }) // no more than if the test fails

	foreign := session(t, "foreign", "")
	foreign.SetNamespace("installed")
	create(t, foreign)
	for _, name := range []string{"released", "foreign"} {
		await(t, log, &corev1.PodList{}, "the pod of "+name, func(event watch.Event) bool {
			pod, ok := event.Object.(*corev1.Pod)
			return ok && pod.Name == name
		})
	}

	job := before(t, all)
	uninstall, said := startCommand(t, binary, job.Namespace, &job.Spec.Template.Spec)
	awaitScaledDown(t, client.ObjectKeyFromObject(deployment), said)
	if err := get("released", &v1alpha1.WhatsAppSession{}); !apierrors.IsNotFound(err) {
		t.Errorf("the operator is stopped before the release's session is gone: %v", err)
	}
	// The operator's pod takes its time to end, as the Deployment is scaled down.
	if err := operator.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := operator.Wait(); err != nil {
		t.Errorf("the operator ended with %v:\n%s", err, log)
	}
	if err := uninstall.Wait(); err != nil {
		t.Fatalf("it ended with %v:\n%s", err, said)
	}

	left := &v1alpha1.WhatsAppSession{}
	if err := get("foreign", left); err != nil || len(left.Finalizers) > 0 || !left.DeletionTimestamp.IsZero() {
		t.Errorf("the session that is left has the finalizers %v, %v", left.Finalizers, err)
	}
	pod, claim := &corev1.Pod{}, &corev1.PersistentVolumeClaim{}
	if err := get("foreign", pod); err != nil || !pod.DeletionTimestamp.IsZero() {
		t.Errorf("its pod is told to go, or gone: %v", err)
	}
	if err := get("released-data", claim); err != nil || !claim.DeletionTimestamp.IsZero() {
		t.Errorf("the volume of the other one is told to go, or gone: %v", err)
	}
	if err := api.Delete(t.Context(), left); err != nil {
		t.Error(err)
	}
	if err := get("foreign", left); !apierrors.IsNotFound(err) {
		t.Errorf("it cannot be deleted without an operator: %v", err)
	}
	if strings.Contains(said.String(), "forbidden") {
		t.Errorf("something was denied:\n%s", said)
	}
}

// If a session does not go, nothing else is removed, and it is said which.
func TestUninstallThatFailsLeavesTheOperator(t *testing.T) {
	binary := buildOperator(t)
	ensureNamespace(t, "installed")
	all := release(t, "stuck")
	install(t, all)
	stuck := &v1alpha1.WhatsAppSession{}
	if err := get("stuck", stuck); err != nil {
		t.Fatal(err)
	}
	base := stuck.DeepCopy()
	stuck.Finalizers = []string{v1alpha1.Finalizer} // and no operator runs
	if err := api.Patch(t.Context(), stuck, client.MergeFrom(base)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := api.Patch(background(), stuck, client.RawPatch(types.MergePatchType, []byte(`{"metadata":{"finalizers":null}}`))); err != nil {
			t.Error(err)
		}
	})
	job := before(t, all)
	uninstall, said := startCommand(t, binary, job.Namespace, &job.Spec.Template.Spec, "--timeout=2s")
	if err := uninstall.Wait(); err == nil {
		t.Error("it ended as if all were well")
	}
	if text := said.String(); !strings.Contains(text, "session installed/stuck is still there") {
		t.Errorf("it says\n%s", text)
	}
	deployment := &appsv1.Deployment{}
	if err := api.Get(t.Context(), client.ObjectKeyFromObject(all.one(t, "Deployment", "wasession")), deployment); err != nil || *deployment.Spec.Replicas != 2 {
		t.Errorf("the operator has %d replicas, %v", *deployment.Spec.Replicas, err)
	}
}

// The hook has no right but those that it needs.
func TestUninstallRights(t *testing.T) {
	all := render(t, "helm", "charts/wasession")
	wantRights(t, map[string]string{
		"wasession.dev/whatsappsessions: delete get list patch watch": "to delete sessions, and to release them",
	}, into[rbacv1.ClusterRole](t, all.one(t, "ClusterRole", "wasession-uninstall")).Rules)
	wantRights(t, map[string]string{
		"apps/deployments[wasession]: patch":            "to stop the operator",
		"coordination.k8s.io/leases: create get update": "to know that it has stopped",
	}, into[rbacv1.Role](t, all.one(t, "Role", "wasession-uninstall")).Rules)
}

// With shards, the hook stops all Deployments of the release.
func TestUninstallStopsEveryShard(t *testing.T) {
	all := render(t, "helm", "charts/wasession", "-set", "shards={a,b}")
	args := into[batchv1.Job](t, all.one(t, "Job", "wasession-uninstall")).Spec.Template.Spec.Containers[0].Args
	for _, want := range []string{"--deployment=wasession", "--shard=a", "--shard=b"} {
		if !slices.Contains(args, want) {
			t.Errorf("the arguments lack %s: %v", want, args)
		}
	}
	rules := into[rbacv1.Role](t, all.one(t, "Role", "wasession-uninstall")).Rules
	for _, object := range all.installed() {
		if name := object.GetName(); object.GetKind() == "Deployment" && !slices.Contains(rules[0].ResourceNames, name) {
			t.Errorf("the hook may not stop %s, but %v", name, rules[0].ResourceNames)
		}
	}
}

// get reads an object of the namespace "installed".
func get(name string, into client.Object) error {
	return api.Get(background(), types.NamespacedName{Namespace: "installed", Name: name}, into)
}

func awaitScaledDown(t *testing.T, key types.NamespacedName, said *logBuffer) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	events, err := api.Watch(ctx, &appsv1.DeploymentList{}, client.InNamespace(key.Namespace))
	if err != nil {
		t.Fatal(err)
	}
	defer events.Stop()
	for event := range events.ResultChan() {
		if deployment, ok := event.Object.(*appsv1.Deployment); ok && deployment.Name == key.Name && *deployment.Spec.Replicas == 0 {
			return
		}
	}
	t.Fatalf("the operator was not stopped:\n%s", said)
}
