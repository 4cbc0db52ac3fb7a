package controllers_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/controllers/status"
)

// healthOf evaluates Flux's health check with the API server's CEL engine: a policy
// rejects every status, with the result of the expressions in its message. They are
// evaluated in the same order as in Flux.
const healthOf = `[object.status].map(status, (%s) ? 'InProgress' : (%s) ? 'Failed' : (%s) ? 'Current' : 'InProgress')[0]`

var _ = Describe("The health check for Flux", Ordered, func() {
	var namespace string
	BeforeAll(func(ctx SpecContext) {
		namespace = newNamespace(ctx)
		expressions := fluxExpressions()
		evaluateStatuses(ctx, namespace, fmt.Sprintf(healthOf, expressions.InProgress, expressions.Failed, expressions.Current))
	})

	for _, c := range healthCases {
		It("tells a pipeline about a session that is "+c.what, func(ctx SpecContext) {
			session := pausedSession(ctx, namespace)
			session.Status = status.Compute(inputOf(session, c.change))
			Expect(judge(ctx, session, session.Status.Conditions)).To(ContainSubstring("judged "+c.flux), "%+v", session.Status.Conditions)
		})
	}

	It("takes a session that nobody has looked at for in progress", func(ctx SpecContext) {
		Expect(judge(ctx, pausedSession(ctx, namespace), nil)).To(ContainSubstring("judged InProgress"))
	})
})

// pausedSession returns a session that the suite's operator ignores.
func pausedSession(ctx context.Context, namespace string) *v1alpha1.WhatsAppSession {
	GinkgoHelper()
	session := &v1alpha1.WhatsAppSession{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, GenerateName: "judged-"}}
	metav1.SetMetaDataAnnotation(&session.ObjectMeta, v1alpha1.AnnotationPaused, "true")
	Expect(k8s.Create(ctx, session)).To(Succeed())
	return session
}

// judge returns the API server's response to a status with these conditions.
func judge(ctx context.Context, session *v1alpha1.WhatsAppSession, conditions []metav1.Condition) string {
	GinkgoHelper()
	patch, err := json.Marshal(map[string]any{"status": map[string]any{"conditions": conditions, "phase": "JUDGED"}})
	Expect(err).NotTo(HaveOccurred())
	err = k8s.Status().Patch(ctx, session.DeepCopy(), client.RawPatch(types.MergePatchType, patch), client.DryRunAll)
	if err == nil {
		return ""
	}
	return err.Error()
}

type healthExpressions struct{ InProgress, Failed, Current string }

// fluxExpressions reads the expressions of the Kustomization in config/gitops, which is
// the first object of its file.
func fluxExpressions() healthExpressions {
	GinkgoHelper()
	raw, err := os.ReadFile(filepath.Join("..", "config", "gitops", "flux-kustomization.yaml"))
	Expect(err).NotTo(HaveOccurred())
	var kustomization struct {
		Spec struct{ HealthCheckExprs []healthExpressions }
	}
	Expect(yaml.Unmarshal(raw, &kustomization)).To(Succeed())
	Expect(kustomization.Spec.HealthCheckExprs).To(HaveLen(1))
	return kustomization.Spec.HealthCheckExprs[0]
}

// evaluateStatuses rejects every session status in the namespace, except the
// operator's, with the value of the expression.
func evaluateStatuses(ctx context.Context, namespace, expression string) {
	GinkgoHelper()
	policy := &admissionv1.ValidatingAdmissionPolicy{
		ObjectMeta: metav1.ObjectMeta{GenerateName: "judge-"},
		Spec: admissionv1.ValidatingAdmissionPolicySpec{
			FailurePolicy: ptr.To(admissionv1.Fail),
			MatchConstraints: &admissionv1.MatchResources{
				NamespaceSelector: &metav1.LabelSelector{MatchLabels: map[string]string{corev1.LabelMetadataName: namespace}},
				ResourceRules: []admissionv1.NamedRuleWithOperations{{RuleWithOperations: admissionv1.RuleWithOperations{
					Operations: []admissionv1.OperationType{admissionv1.Update},
					Rule: admissionv1.Rule{
						APIGroups: []string{v1alpha1.GroupVersion.Group}, APIVersions: []string{"*"}, Resources: []string{"whatsappsessions/status"},
					},
				}}},
			},
			MatchConditions: []admissionv1.MatchCondition{{Name: "not-the-operator", Expression: fmt.Sprintf("request.userInfo.username != '%s'", operatorUser)}},
			Validations:     []admissionv1.Validation{{Expression: "false", MessageExpression: "'judged ' + " + expression}},
		},
	}
	Expect(k8s.Create(ctx, policy)).To(Succeed())
	binding := &admissionv1.ValidatingAdmissionPolicyBinding{
		ObjectMeta: metav1.ObjectMeta{Name: policy.Name},
		Spec: admissionv1.ValidatingAdmissionPolicyBindingSpec{
			PolicyName: policy.Name, ValidationActions: []admissionv1.ValidationAction{admissionv1.Deny},
		},
	}
	Expect(k8s.Create(ctx, binding)).To(Succeed())
	DeferCleanup(func(ctx context.Context) {
		Expect(k8s.Delete(ctx, binding)).To(Succeed())
		Expect(k8s.Delete(ctx, policy)).To(Succeed())
	})

	By("waiting until the API server has taken the policy up")
	probe := pausedSession(ctx, namespace)
	Eventually(func() string { return judge(ctx, probe, nil) }).Should(ContainSubstring("judged"))
}
