package waha

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

func TestTheManifestOfANewSession(t *testing.T) {
	for what, c := range map[string]struct{ name, body, want string }{
		"nothing but a name":                 {"sales", `{}`, "spec: {}\n"},
		"stopped":                            {"sales", `{"start":false}`, "spec:\n  state: Stopped\n"},
		"a name that is none for a resource": {"Sales_EU", `{}`, "spec:\n  sessionName: Sales_EU\n"},
		"empty settings":                     {"sales", `{"settings":{"pairing":{},"storage":{},"history":{}}}`, "spec: {}\n"},
		"settings beside what WAHA has words for": {"sales", `{"config":{"client":{"deviceName":"Sales"}},"settings":{"pairing":{"method":"QRCode"}}}`,
			"spec:\n  pairing:\n    deviceName: Sales\n    method: QRCode\n"},
		"all settings": {"sales", `{"settings":{"pairing":{"method":"PhoneCode","phoneNumber":"+49 151 12345678"},
			"storage":{"size":"5Gi","storageClassName":"fast","whenDeleted":"Delete"},"history":{"sync":"Full","days":30}}}`,
			"spec:\n  history:\n    days: 30\n    sync: Full\n  pairing:\n    method: PhoneCode\n    phoneNumber: \"4915112345678\"\n" +
				"  storage:\n    claim:\n      size: 5Gi\n      storageClassName: fast\n      whenDeleted: Delete\n"},
	} {
		t.Run(what, func(t *testing.T) {
			var in Create
			if err := json.Unmarshal([]byte(c.body), &in); err != nil {
				t.Fatal(err)
			}
			session, _, err := in.Manifest("crm", c.name)
			if err != nil {
				t.Fatal(err)
			}
			got, err := yaml.Marshal(session)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasSuffix(string(got), c.want) {
				t.Errorf("got\n%s\nwant at its end\n%s", got, c.want)
			}
		})
	}
	var told Failure
	_, _, err := Create{Settings: &Settings{Storage: StorageWish{Size: "much"}}}.Manifest("crm", "sales")
	if !errors.As(err, &told) || told.Status != 400 {
		t.Errorf("a size that is none: %v", err)
	}
}
