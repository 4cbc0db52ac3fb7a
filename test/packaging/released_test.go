package packaging

import (
	"context"
	"os/exec"
	"syscall"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// released is the operator of a release that is in the API server, as a process of the
// test, since no node is there to run its pod.
type released struct {
	deployment types.NamespacedName
	process    *exec.Cmd
	log        *logBuffer
	stopped    bool
}

func runReleased(t *testing.T, binary string) *released {
	t.Helper()
	deployment := &appsv1.Deployment{}
	key := types.NamespacedName{Namespace: "wasession-system", Name: "wasession"}
	if err := api.Get(t.Context(), key, deployment); err != nil {
		t.Fatal(err)
	}
	process, log := startCommand(t, binary, key.Namespace, &deployment.Spec.Template.Spec,
		"--leader-election-namespace="+key.Namespace, "--metrics-bind-address=0", "--health-probe-bind-address=127.0.0.1:0")
	operator := &released{deployment: key, process: process, log: log}
	t.Cleanup(func() { operator.stop(t) })
	return operator
}

// stop stops the operator, once.
func (r *released) stop(t *testing.T) {
	t.Helper()
	if r.stopped {
		return
	}
	r.stopped = true
	_ = r.process.Process.Signal(syscall.SIGTERM)
	if err := r.process.Wait(); err != nil {
		t.Errorf("the operator ended with %v:\n%s", err, r.log)
	}
}

// uninstallReleased runs helm uninstall, and what a cluster would run for it: the job's
// pod, and the end of the operator's pod once its Deployment is scaled down.
func uninstallReleased(t *testing.T, helm *helm, binary string, operator *released) {
	t.Helper()
	ended := make(chan error, 1)
	go func() {
		_, err := output(helm.command("uninstall", "wasession"))
		ended <- err
	}()
	job := awaitJob(t, operator.deployment.Namespace)
	uninstall, said := startCommand(t, binary, job.Namespace, &job.Spec.Template.Spec)
	awaitScaledDown(t, operator.deployment, said)
	operator.stop(t)
	if err := uninstall.Wait(); err != nil {
		t.Fatalf("the job ended with %v:\n%s", err, said)
	}
	complete(t, job)
	if err := <-ended; err != nil {
		t.Fatalf("helm uninstall: %v", err)
	}
}

func awaitJob(t *testing.T, namespace string) *batchv1.Job {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	events, err := api.Watch(ctx, &batchv1.JobList{}, client.InNamespace(namespace))
	if err != nil {
		t.Fatal(err)
	}
	defer events.Stop()
	for event := range events.ResultChan() {
		if job, ok := event.Object.(*batchv1.Job); ok {
			return job
		}
	}
	t.Fatal("helm uninstall makes no job")
	return nil
}

// complete says that a job's pod has succeeded, as the job controller would.
func complete(t *testing.T, job *batchv1.Job) {
	t.Helper()
	now := metav1.Now()
	base := job.DeepCopy()
	job.Status = batchv1.JobStatus{Succeeded: 1, StartTime: &now, CompletionTime: &now}
	for _, kind := range []batchv1.JobConditionType{batchv1.JobSuccessCriteriaMet, batchv1.JobComplete} {
		job.Status.Conditions = append(job.Status.Conditions, batchv1.JobCondition{Type: kind, Status: corev1.ConditionTrue, LastTransitionTime: now})
	}
	if err := api.Status().Patch(t.Context(), job, client.MergeFrom(base)); err != nil {
		t.Fatal(err)
	}
}
