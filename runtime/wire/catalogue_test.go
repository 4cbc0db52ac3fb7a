package wire

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"sigs.k8s.io/yaml"

	"github.com/wasession/wasession/runtime/chat"
)

// What a manifest can ask for is what is sent: no event is offered that never
// comes, and none comes that nobody can ask for.
func TestTheManifestOffersTheCatalogueOfEvents(t *testing.T) {
	manifest, err := os.ReadFile(filepath.Join("..", "..", "config", "crd", "bases", "wasession.dev_whatsappsessions.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var crd apiextensions.CustomResourceDefinition
	if err := yaml.UnmarshalStrict(manifest, &crd); err != nil {
		t.Fatal(err)
	}
	for _, v := range crd.Spec.Versions {
		events := v.Schema.OpenAPIV3Schema.Properties["spec"].Properties["webhooks"].Items.Schema.Properties["events"]
		var offered []string
		for _, raw := range events.Items.Schema.Enum {
			var name string
			if err := yaml.Unmarshal(raw.Raw, &name); err != nil {
				t.Fatal(err)
			}
			if name != "*" {
				offered = append(offered, name)
			}
		}
		for _, name := range chat.Events() {
			if !slices.Contains(offered, name) {
				t.Errorf("%s: spec.webhooks[].events does not offer %s: add it to the enum in api/v1alpha1/webhook_types.go", v.Name, name)
			}
		}
		for _, name := range offered {
			if !slices.Contains(chat.Events(), name) {
				t.Errorf("%s: spec.webhooks[].events offers %s, which is never sent", v.Name, name)
			}
		}
	}
}
