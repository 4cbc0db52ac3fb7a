package packaging

import (
	"context"
	"strings"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// The admission policies refuse the fields and names that they forbid, and
// nothing else.
func TestAdmissionPolicies(t *testing.T) {
	for way, args := range map[string][]string{
		"helm": {"helm", "charts/wasession", "-set", "admissionPolicy.enabled=true", "-set", "admissionPolicy.forbidEgress=true",
			"-set", "admissionPolicy.secretNamePrefix=wasession-", "-set", "admissionPolicy.claimNamePrefix=wasession-"},
		"kustomize": {"kustomize", "config/admission"},
	} {
		t.Run(way, func(t *testing.T) {
			ensureNamespace(t, "admission")
			older := olderSession(t, "older-"+way)
			installPolicies(t, render(t, args...))
			wantLeftToGo(t, older)
			refused := map[string]string{
				`pod: {image: example.com/reader}`:            "spec.pod.image",
				`pod: {imagePullSecrets: [{name: registry}]}`: "spec.pod",
				`webhooks: [{name: a, url: "https://example.com", events: [message], headersSecretRef: {name: payroll}}]`:           "spec.webhooks",
				`webhooks: [{name: a, url: "https://example.com", events: [message], hmacSecretRef: {name: payroll, key: salary}}]`: "spec.webhooks",
				`webhooks: [{name: a, urlSecretRef: {name: payroll, key: salary}, events: [message]}]`:                              "spec.webhooks",
				`api: {keysSecretRef: {name: payroll}}`:                                  "spec.api",
				`proxy: {url: "http://proxy.example.com", secretRef: {name: payroll}}`:   "spec.proxy",
				`exposure: {ingress: {host: a.example.com, tls: {secretName: payroll}}}`: "spec.exposure",
				`caBundle: {kind: Secret, name: payroll}`:                                "spec.caBundle",
				`storage: {type: ExistingClaim, existingClaim: theirs}`:                  "spec.storage",
				`storage: {claim: {dataSource: {kind: VolumeSnapshot, name: theirs}}}`:   "spec.storage",
			}
			if way == "helm" {
				refused[`egress: {allow: [10.0.0.0/8]}`] = "spec.egress"
			}
			for spec, field := range refused {
				wantAdmission(t, spec, field)
			}
			for _, spec := range []string{
				``, `pod: {nodeSelector: {a: b}}`, `pod: {imagePullSecrets: [{name: wasession-registry}]}`, `storage: {claim: {size: 3Gi}}`, `storage: {type: ExistingClaim, existingClaim: wasession-old}`,
				`webhooks: [{name: a, url: "https://example.com", events: [message], headersSecretRef: {name: wasession-crm}}]`,
				`webhooks: [{name: a, url: "https://example.com", events: [message]}]`,
				`webhooks: [{name: a, urlSecretRef: {name: wasession-crm, key: url}, events: [message]}]`,
			} {
				wantAdmission(t, spec, "")
			}
		})
	}
}

// olderSession creates a session that the policies refuse, with a finalizer,
// before the policies exist.
func olderSession(t *testing.T, name string) client.Object {
	t.Helper()
	older := session(t, name, `pod: {image: example.com/reader}`)
	older.SetNamespace("admission")
	older.SetFinalizers([]string{"wasession.dev/test"})
	if err := api.Create(t.Context(), older); err != nil {
		t.Fatal(err)
	}
	return older
}

// wantLeftToGo checks that an older session can keep its spec and be deleted,
// but cannot get another spec that the policies refuse.
func wantLeftToGo(t *testing.T, older client.Object) {
	t.Helper()
	patch := func(body string) error {
		return api.Patch(t.Context(), older, client.RawPatch(types.MergePatchType, []byte(body)))
	}
	if err := patch(`{"metadata":{"labels":{"team":"crm"}}}`); err != nil {
		t.Errorf("a label of an older session: %v", err)
	}
	if err := patch(`{"spec":{"pod":{"image":"example.com/other"}}}`); err == nil {
		t.Error("an older session got another image")
	}
	if err := api.Delete(t.Context(), older); err != nil {
		t.Fatal(err)
	}
	if err := patch(`{"metadata":{"finalizers":null}}`); err != nil {
		t.Errorf("an older session cannot be deleted: %v", err)
	}
}

// installPolicies installs the admission policies of a rendering until the test
// ends, and waits until they are in force.
func installPolicies(t *testing.T, all objects) {
	t.Helper()
	var made []client.Object
	t.Cleanup(func() {
		ctx := context.WithoutCancel(t.Context())
		for _, object := range made {
			if err := api.Delete(ctx, object); err != nil {
				t.Error(err)
			}
		}
		untilAdmitted(t, ctx, true)
	})
	for _, object := range all {
		if !strings.HasPrefix(object.GetKind(), "ValidatingAdmissionPolicy") {
			continue
		}
		fresh := object.DeepCopy()
		if err := api.Create(t.Context(), fresh); err != nil {
			t.Fatal(err)
		}
		made = append(made, fresh)
	}
	if len(made) != 2 {
		t.Fatalf("%d objects of a policy are rendered, want a policy and its binding", len(made))
	}
	untilAdmitted(t, t.Context(), false)
}

// untilAdmitted waits until a session with an image is accepted, or refused.
// The API server starts and stops applying policies a moment late, and does not
// report when.
func untilAdmitted(t *testing.T, ctx context.Context, want bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for (admit(t, ctx, `pod: {image: example.com/reader}`) == nil) != want {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("a session with an image is not admitted: %t", want)
		}
	}
}

// admit asks the API server whether it accepts a session.
func admit(t *testing.T, ctx context.Context, spec string) error {
	t.Helper()
	declared := session(t, "asked", spec)
	declared.SetNamespace("admission")
	return api.Create(ctx, declared, &client.CreateOptions{DryRun: []string{metav1.DryRunAll}})
}

func wantAdmission(t *testing.T, spec, field string) {
	t.Helper()
	err := admit(t, t.Context(), spec)
	switch {
	case field == "" && err != nil:
		t.Errorf("%s is refused: %v", spec, err)
	case field != "" && (!apierrors.IsInvalid(err) && !apierrors.IsForbidden(err) || !strings.Contains(err.Error(), field)):
		t.Errorf("%s: %v, want a refusal that names %s", spec, err, field)
	}
}
