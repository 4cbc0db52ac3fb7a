package packaging

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
)

// An upgrade as docs/operations.md describes it, of the CRD and of the chart, leaves
// every session and every object as it is, and what is new can be used. Afterwards
// the release can be uninstalled.
func TestUpgrade(t *testing.T) {
	helm, binary := newHelm(t), buildOperator(t)
	ensureNamespace(t, "installed")
	withoutCRD(t)
	values := filepath.Join(t.TempDir(), "values.yaml")
	if err := os.WriteFile(values, []byte("sessions: [{name: upgraded, namespace: installed}]"), 0o600); err != nil {
		t.Fatal(err)
	}
	helm.run(t, "install", "wasession", olderChart(t), "--create-namespace", "--values", values, "--set", "image.tag=v0.1.0")
	beside := session(t, "beside", "")
	beside.SetNamespace("installed")
	create(t, beside)

	operator := runReleased(t, binary)
	kept := append(helm.manifest(t, "wasession"), theCRD(), beside)
	for _, name := range []string{"upgraded", "beside"} {
		await(t, operator.log, &corev1.PodList{}, "the pod of "+name, func(event watch.Event) bool {
			pod, ok := event.Object.(*corev1.Pod)
			return ok && pod.Name == name
		})
		kept = append(kept, named("v1", "Pod", "installed", name), named("v1", "PersistentVolumeClaim", "installed", name+"-data"))
	}
	operator.stop(t)
	before := identities(t, kept)
	newField := client.RawPatch(types.MergePatchType, []byte(`{"spec":{"eventMetadata":{"team":"sales"}}}`))
	if err := api.Patch(t.Context(), beside.DeepCopy(), newField); err == nil || !strings.Contains(err.Error(), "eventMetadata") {
		t.Fatalf("the older CRD answers a newer field with %v: this test proves nothing", err)
	}

	applyCRDs(t, helm)
	awaitAccepted(t, beside, newField)
	helm.run(t, "upgrade", "wasession", "charts/wasession", "--reset-then-reuse-values")

	wantEqual(t, identities(t, kept), before)
	if tag := helm.run(t, "get", "values", "wasession"); !strings.Contains(string(tag), "tag: v0.1.0") {
		t.Errorf("the values are\n%s", tag)
	}
	if err := api.Patch(t.Context(), beside, newField); err != nil {
		t.Fatal(err)
	}
	operator = runReleased(t, binary)
	await(t, operator.log, &v1alpha1.WhatsAppSessionList{}, "the status after the new field", func(event watch.Event) bool {
		s, ok := event.Object.(*v1alpha1.WhatsAppSession)
		return ok && s.Name == "beside" && s.Status.ObservedGeneration == beside.GetGeneration()
	})
	wantEqual(t, identities(t, kept), before)

	released := helm.manifest(t, "wasession")
	uninstallReleased(t, helm, binary, operator)
	for _, object := range released {
		if err := api.Get(t.Context(), client.ObjectKeyFromObject(object), object); !apierrors.IsNotFound(err) {
			t.Errorf("%s %s is left: %v", object.GetKind(), object.GetName(), err)
		}
	}
	if err := api.Delete(t.Context(), beside); err != nil {
		t.Error(err)
	}
	if err := get("beside", &v1alpha1.WhatsAppSession{}); !apierrors.IsNotFound(err) {
		t.Errorf("the session that is left cannot be deleted: %v", err)
	}
}

// identities returns the UIDs of objects, which must be there and not about to go.
func identities(t *testing.T, all objects) map[string]types.UID {
	t.Helper()
	uids := map[string]types.UID{}
	for _, object := range all {
		live := object.DeepCopy()
		if err := api.Get(t.Context(), client.ObjectKeyFromObject(object), live); err != nil {
			t.Fatalf("%s %s: %v", object.GetKind(), object.GetName(), err)
		}
		if live.GetDeletionTimestamp() != nil {
			t.Errorf("%s %s is told to go", object.GetKind(), object.GetName())
		}
		uids[object.GetKind()+" "+object.GetNamespace()+"/"+object.GetName()] = live.GetUID()
	}
	return uids
}

func named(apiVersion, kind, namespace, name string) *unstructured.Unstructured {
	object := &unstructured.Unstructured{}
	object.SetAPIVersion(apiVersion)
	object.SetKind(kind)
	object.SetNamespace(namespace)
	object.SetName(name)
	return object
}
