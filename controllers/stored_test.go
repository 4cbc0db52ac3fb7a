package controllers_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/controllers/desired"
)

// The files in testdata/stored are objects as they are in the stores of clusters.
// This and every later version must read them: they are not edited to make a test
// pass.
var _ = Describe("A stored session", Serial, func() {
	DescribeTable("is read back as it was written, and reconciled",
		func(ctx SpecContext, file string, prepare func(context.Context, *v1alpha1.WhatsAppSession)) {
			// The operator looks for a Gateway API that was missing once a minute.
			operator.Stop()
			DeferCleanup(func() { operator.Start() })
			installGatewayAPI()
			DeferCleanup(removeGatewayAPI)
			operator.Start()
			DeferCleanup(operator.Stop)
			namespace := newNamespace(ctx)
			object, session := storedSession(file)
			object.SetNamespace(namespace)
			session.Namespace = namespace
			newSecretsOf(ctx, session)
			prepare(ctx, session)

			store(ctx, object)
			key := types.NamespacedName{Namespace: namespace, Name: session.Name}
			generation := getSession(ctx, key).Generation

			update(ctx, key, func(s *v1alpha1.WhatsAppSession) { delete(s.Annotations, v1alpha1.AnnotationPaused) })
			work(ctx, key, runPod(ctx, key))
			working := getSession(ctx, key)
			Expect(claimIn(getPod(ctx, key))).To(Equal(session.Status.Volume.Claim))
			Expect(working.Generation).To(Equal(generation), "the operator changed the spec")
		},
		Entry("with a claim that was created", "created-claim.yaml", func(ctx context.Context, session *v1alpha1.WhatsAppSession) {
			class := &schedulingv1.PriorityClass{ObjectMeta: metav1.ObjectMeta{Name: session.Spec.Pod.PriorityClassName}, Value: 10}
			Expect(k8s.Create(ctx, class)).To(Succeed())
			DeferCleanup(func(ctx context.Context) { Expect(k8s.Delete(ctx, class)).To(Succeed()) })
			spec := session.Spec.Storage.Claim
			Expect(k8s.Create(ctx, &corev1.PersistentVolumeClaim{
				ObjectMeta: metav1.ObjectMeta{Namespace: session.Namespace, Name: session.Status.Volume.Claim, Labels: desired.Labels(session)},
				Spec: corev1.PersistentVolumeClaimSpec{
					AccessModes: []corev1.PersistentVolumeAccessMode{spec.AccessMode}, StorageClassName: spec.StorageClassName,
					Resources: corev1.VolumeResourceRequirements{Requests: storageOf(spec.Size.String())},
					DataSource: &corev1.TypedLocalObjectReference{
						APIGroup: ptr.To("snapshot.storage.k8s.io"), Kind: string(spec.DataSource.Kind), Name: spec.DataSource.Name,
					},
				},
			})).To(Succeed())
			bindClaim(ctx, session.Namespace, session.Status.Volume.Claim)
		}),
		Entry("with a claim that was adopted", "adopted-claim.yaml", func(ctx context.Context, session *v1alpha1.WhatsAppSession) {
			newClaim(ctx, session.Namespace, session.Spec.Storage.ExistingClaim)
		}),
	)
})

// storedSession reads a file, strictly also as the Go type.
func storedSession(file string) (*unstructured.Unstructured, *v1alpha1.WhatsAppSession) {
	GinkgoHelper()
	raw, err := os.ReadFile(filepath.Join("testdata", "stored", file))
	Expect(err).NotTo(HaveOccurred())
	object, session := &unstructured.Unstructured{}, &v1alpha1.WhatsAppSession{}
	Expect(yaml.Unmarshal(raw, &object.Object)).To(Succeed())
	Expect(yaml.UnmarshalStrict(raw, session)).To(Succeed())
	return object, session
}

// store writes a session with its status. The API server answers with what it has
// stored, which must be the same.
func store(ctx context.Context, object *unstructured.Unstructured) {
	GinkgoHelper()
	written := object.DeepCopy()
	Expect(k8s.Create(ctx, written)).To(Succeed())
	Expect(field(written, "spec")).To(MatchJSON(field(object, "spec")))
	Eventually(func(g Gomega) { // the operator writes the status too
		g.Expect(k8s.Get(ctx, client.ObjectKeyFromObject(object), written)).To(Succeed())
		written.Object["status"] = object.DeepCopy().Object["status"]
		g.Expect(k8s.Status().Update(ctx, written)).To(Succeed())
	}).Should(Succeed())
	Expect(field(written, "status")).To(MatchJSON(field(object, "status")))
	Expect(field(written, "spec")).To(MatchJSON(field(object, "spec")))
}

func field(object *unstructured.Unstructured, name string) []byte {
	GinkgoHelper()
	raw, err := json.Marshal(object.Object[name])
	Expect(err).NotTo(HaveOccurred())
	return raw
}

// newSecretsOf creates the Secrets that a session names.
func newSecretsOf(ctx context.Context, session *v1alpha1.WhatsAppSession) {
	GinkgoHelper()
	made := map[string]bool{}
	for _, use := range append(desired.SecretUses(session), desired.PullSecretUses(session)...) {
		if !made[use.Name] {
			newSecret(ctx, session.Namespace, use.Name)
		}
		made[use.Name] = true
	}
}
