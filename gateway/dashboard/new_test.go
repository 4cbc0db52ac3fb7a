package dashboard

import (
	"net/url"
	"strings"
	"testing"
)

// The manifest that is shown is the one that is written, without what is secret.
func TestTheManifestOfAForm(t *testing.T) {
	for what, c := range map[string]struct {
		form       url.Values
		want, none []string
	}{
		"a name": {url.Values{"name": {" sales "}, "namespace": {"crm"}, "method": {"QRCode"}, "start": {"yes"}, "whenDeleted": {"Retain"}, "sync": {"Recent"}},
			[]string{"name: sales\n", "namespace: crm\n", "spec: {}\n"}, []string{"#"}},
		"a code, stopped": {url.Values{"name": {"Sales_EU"}, "namespace": {"crm"}, "method": {"PhoneCode"}, "phoneNumber": {"+49 151 12345678"}, "start": {"no"}},
			[]string{"sessionName: Sales_EU", "method: PhoneCode", `phoneNumber: "4915112345678"`, "state: Stopped"}, nil},
		// A number that was typed in before another method was chosen is not sent.
		"a scan after all": {url.Values{"name": {"sales"}, "namespace": {"crm"}, "method": {"QRCode"}, "phoneNumber": {"+49 151 12345678"}},
			nil, []string{"phoneNumber", "pairing"}},
		"a volume": {url.Values{"name": {"sales"}, "namespace": {"crm"}, "size": {"5Gi"}, "storageClassName": {"fast"}, "whenDeleted": {"Delete"}},
			[]string{"size: 5Gi", "storageClassName: fast", "whenDeleted: Delete"}, nil},
		"no history": {url.Values{"name": {"sales"}, "namespace": {"crm"}, "sync": {"None"}, "days": {"30"}},
			[]string{"sync: None"}, []string{"days"}},
		"a webhook": {url.Values{"name": {"sales"}, "namespace": {"crm"}, "webhook": {"https://n8n.example.com/x"}, "events": {"message", "message.ack"}, "hmac": {"hush-hush"}},
			[]string{"url: https://n8n.example.com/x", "- message\n", "- message.ack\n", "hmacSecretRef", "# The Secret sales-waha-", "has hmac"}, []string{"hush"}},
		"all events": {url.Values{"name": {"sales"}, "namespace": {"crm"}, "webhook": {"https://n8n.example.com/x"}, "events": {"message"}, "all": {"yes"}},
			[]string{"- '*'"}, []string{"- message"}},
	} {
		t.Run(what, func(t *testing.T) {
			got, err := previewOf(wishOf(c.form))
			if err != nil {
				t.Fatal(err)
			}
			for _, text := range c.want {
				if !strings.Contains(got, text) {
					t.Errorf("%q is missing in\n%s", text, got)
				}
			}
			for _, text := range c.none {
				if strings.Contains(got, text) {
					t.Errorf("%q is in\n%s", text, got)
				}
			}
		})
	}
}

func TestAFormThatMeansNoManifest(t *testing.T) {
	for want, form := range map[string]url.Values{
		"may have letters":         {"name": {"Büro"}, "namespace": {"crm"}},
		"must be a quantity":       {"name": {"sales"}, "namespace": {"crm"}, "size": {"much"}},
		"at most 54 of them":       {"name": {strings.Repeat("x", 55)}, "namespace": {"crm"}},
		"letters without accents,": {"name": {"a.b"}, "namespace": {"crm"}},
	} {
		if _, err := previewOf(wishOf(form)); !isTold(err) || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want %s", form, err, want)
		}
	}
}

// What is refused is told at the field that it is about, in the form's words.
func TestTheFieldThatIsRefused(t *testing.T) {
	for text, want := range map[string]formProblem{
		"settings.storage.size must be a quantity such as 2Gi":                 {"Volume size: must be a quantity such as 2Gi.", "size"},
		"spec.pairing.phoneNumber must be a phone number":                      {"Phone number: must be a phone number.", "phoneNumber"},
		"spec.webhooks[0].url Invalid value":                                   {"Webhook: Invalid value.", "webhook"},
		"Session 'sales' already exists. Use PUT to update it.":                {"Name: Session 'sales' already exists. Use PUT to update it.", "name"},
		"The namespace does not exist":                                         {"Namespace: The namespace does not exist.", "namespace"},
		"spec.egress must not be so":                                           {"spec.egress must not be so.", ""},
		"spec Invalid value; spec.history.days must be at least 1, and so on.": {"Days of history: spec Invalid value; spec.history.days must be at least 1, and so on.", "days"},
	} {
		if got := problemOfNew(text); got != want {
			t.Errorf("%q is told as %+v, want %+v", text, got, want)
		}
	}
}
