package desired

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"sigs.k8s.io/yaml"

	"github.com/wasession/wasession/api/v1alpha1"
)

// replacesThePod lists the fields of the spec of which a change needs a new pod,
// by path. All others take effect in the running pod.
var replacesThePod = []string{
	"sessionName",
	"storage.existingClaim",
	"storage.media.s3.secretRef.name",
	"webhooks[0].urlSecretRef.name",
	"webhooks[0].hmacSecretRef.name",
	"webhooks[0].headersSecretRef.name",
	"api.keysSecretRef.name",
	"proxy.secretRef.name",
	"caBundle.",
	"inheritedMetadata.",
	"pod.",
}

// What the reference says of restarts is what happens: a number is disconnected
// by no edit that promises otherwise.
func TestAFieldRestartsThePodAsItsDescriptionSays(t *testing.T) {
	schema := specSchema(t)
	eachField(reflect.TypeFor[v1alpha1.WhatsAppSessionSpec](), "", nil, func(path string, index []step) {
		session := load(t, "full")
		visitField(&session.Spec, index, func(reflect.Value) {}) // creating the parents is another change
		before := template(t, session, settings["full"])
		visitField(&session.Spec, index, func(field reflect.Value) { alter(t, path, field) })
		restarts := template(t, session, settings["full"]) != before

		want := false
		for _, prefix := range replacesThePod {
			want = want || path == prefix || strings.HasSuffix(prefix, ".") && strings.HasPrefix(path, prefix)
		}
		if restarts != want {
			t.Errorf("a change of spec.%s replaces the pod: %v, want %v", path, restarts, want)
		}
		if says := schema.promise(path); says != "" && says != promises[restarts] {
			t.Errorf("a change of spec.%s replaces the pod: %v, but it is described as one that %q", path, restarts, says)
		}
	})
}

// What means the same is no change.
func TestTheSamePodInOtherWords(t *testing.T) {
	session := load(t, "full")
	before := template(t, session, settings["full"])
	for name, change := range map[string]func(*v1alpha1.WhatsAppSessionSpec){
		"quantities": func(s *v1alpha1.WhatsAppSessionSpec) {
			s.Pod.Resources = &corev1.ResourceRequirements{
				Requests: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("0.05"), corev1.ResourceMemory: resource.MustParse("65536Ki")},
				Limits:   corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("0.5Gi")},
			}
		},
		"another use of a Secret that the pod has": func(s *v1alpha1.WhatsAppSessionSpec) {
			s.Webhooks = append(s.Webhooks, v1alpha1.WebhookSpec{
				Name: "more", URLSecretRef: &v1alpha1.SecretKeyReference{Name: "hooks", Key: "url"},
			})
		},
		"a webhook less of a Secret that another one uses": func(s *v1alpha1.WhatsAppSessionSpec) { s.Webhooks = s.Webhooks[1:] },
	} {
		t.Run(name, func(t *testing.T) {
			session := session.DeepCopy()
			change(&session.Spec)
			if template(t, session, settings["full"]) != before {
				t.Error("the pod would be replaced")
			}
		})
	}
}

// promises are the sentences of descriptions, by whether a change replaces the pod.
var promises = map[bool]string{true: "replaces the pod", false: "does not restart the pod"}

var promised = regexp.MustCompile(`(?:A change(?: of the reference)?|Another \w+) (` + promises[true] + `|` + promises[false] + `)`)

// schema is a part of the CRD.
type schema struct {
	Description string            `json:"description"`
	Properties  map[string]schema `json:"properties"`
	Items       *schema           `json:"items"`
}

// specSchema returns the schema of the spec, with its own description.
func specSchema(t *testing.T) schema {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "..", "config", "crd", "bases", "wasession.dev_whatsappsessions.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var crd struct {
		Spec struct {
			Versions []struct {
				Schema struct {
					OpenAPIV3Schema schema `json:"openAPIV3Schema"`
				} `json:"schema"`
			} `json:"versions"`
		} `json:"spec"`
	}
	if err := yaml.Unmarshal(raw, &crd); err != nil {
		t.Fatal(err)
	}
	return crd.Spec.Versions[0].Schema.OpenAPIV3Schema.Properties["spec"]
}

// promise returns what the descriptions say of restarts: that of the field
// itself, or else of its nearest parent. It is empty for what cannot change.
func (s schema) promise(path string) string {
	says, at := "", s
	for _, name := range strings.Split("."+path, ".") {
		if name != "" {
			at = at.Properties[strings.TrimSuffix(name, "[0]")]
			if strings.HasSuffix(name, "[0]") {
				says = at.said(says)
				at = *at.Items
			}
		}
		says = at.said(says)
	}
	return says
}

// said returns what the description says, or else what was said before.
func (s schema) said(before string) string {
	words := strings.Join(strings.Fields(s.Description), " ")
	if strings.Contains(words, "Immutable") {
		return ""
	}
	if says := promised.FindStringSubmatch(words); says != nil {
		return says[1]
	}
	return before
}
