package waha

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/wasession/wasession/api/v1alpha1"
	wasession "github.com/wasession/wasession/api/v1alpha1/applyconfiguration/api/v1alpha1"
)

// configured applies a client's configuration, and reads it as the API server would
// store it.
func configured(t *testing.T, config string) (*v1alpha1.WhatsAppSession, Parts, error) {
	t.Helper()
	var wish Wish
	if err := json.Unmarshal([]byte(config), &wish); err != nil {
		return nil, nil, err
	}
	applied := wasession.WhatsAppSession("sales", "crm").WithSpec(wasession.WhatsAppSessionSpec())
	parts, err := Configure(applied, "sales", &wish)
	if err != nil {
		return nil, nil, err
	}
	raw, err := json.Marshal(applied)
	if err != nil {
		t.Fatal(err)
	}
	stored := &v1alpha1.WhatsAppSession{}
	if err := json.Unmarshal(raw, stored); err != nil {
		t.Fatal(err)
	}
	return stored, parts, nil
}

func TestAConfigurationBecomesASpec(t *testing.T) {
	stored, parts, err := configured(t, `{
		"metadata": {"team": "crm", "vip": true, "level": 3, "none": null}, "debug": true,
		"proxy": {"server": "proxy.example.com:3128", "username": "u", "password": "p-secret"},
		"webhooks": [
			{"url": "https://a.example.com/hook", "events": ["message", "session.status"], "hmac": {"key": "h-secret"},
			 "customHeaders": [{"name": "X-A", "value": "c-secret"}], "retries": {"policy": "linear", "delaySeconds": 2, "attempts": 15}},
			{"url": "https://a.example.com/hook", "events": ["*"]}],
		"noweb": {"store": {"enabled": true}}, "ignore": {"groups": true, "status": true, "channels": null}, "webjs": null,
		"client": {"deviceName": "Sales", "browserName": "firefox"}}`)
	if err != nil {
		t.Fatal(err)
	}
	spec := stored.Spec
	if want := map[string]v1alpha1.MetadataValue{"team": "crm", "vip": "true", "level": "3"}; !reflect.DeepEqual(spec.EventMetadata, want) {
		t.Errorf("metadata is %v", spec.EventMetadata)
	}
	if spec.LogLevel != v1alpha1.LogDebug || spec.Proxy.URL != "http://proxy.example.com:3128" || spec.Proxy.SecretRef.Name != "sales-waha-proxy" {
		t.Errorf("log level %s, proxy %+v", spec.LogLevel, spec.Proxy)
	}
	if want := []v1alpha1.IgnoredChats{v1alpha1.IgnoreStatus, v1alpha1.IgnoreGroups}; !reflect.DeepEqual(spec.Ignore, want) {
		t.Errorf("ignored are %v", spec.Ignore)
	}
	if spec.Pairing.DeviceName != "Sales" || spec.Pairing.Browser != v1alpha1.BrowserFirefox {
		t.Errorf("shown as %+v", spec.Pairing)
	}
	first, second := spec.Webhooks[0], spec.Webhooks[1]
	if first.URL != "https://a.example.com/hook" || first.Retries.Policy != v1alpha1.RetryLinear || first.Retries.Delay.Duration != 2*time.Second || first.Retries.Attempts != 15 {
		t.Errorf("the first webhook is %+v", first)
	}
	if second.Name != first.Name+"-1" || second.HMACSecretRef != nil || second.HeadersSecretRef != nil {
		t.Errorf("the second webhook of one URL is %+v", second)
	}
	wantParts := Parts{
		"sales-waha-proxy":          {"username": "u", "password": "p-secret"},
		first.HMACSecretRef.Name:    {"hmac": "h-secret"},
		first.HeadersSecretRef.Name: {"X-A": "c-secret"},
	}
	if !reflect.DeepEqual(parts, wantParts) {
		t.Errorf("secret parts are %v", parts)
	}
	raw, err := json.Marshal(stored)
	if err != nil || strings.Contains(string(raw), "-secret\"") {
		t.Errorf("a secret is in the resource: %s, %v", raw, err)
	}

	// What clients are given back has what they put, without secrets.
	var shown map[string]any
	told, err := json.Marshal(NewConfig(stored))
	if err != nil || json.Unmarshal(told, &shown) != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(told), "secret") {
		t.Errorf("a secret is told: %s", told)
	}
	for member, want := range map[string]string{
		"metadata": `{"level":"3","team":"crm","vip":"true"}`, "debug": `true`, "proxy": `{"server":"http://proxy.example.com:3128"}`,
		"noweb": `{"store":{"enabled":true}}`, "ignore": `{"groups":true,"status":true}`, "client": `{"browserName":"Firefox","deviceName":"Sales"}`,
	} {
		if got, _ := json.Marshal(shown[member]); string(got) != want {
			t.Errorf("%s is %s, want %s", member, got, want)
		}
	}
}

// A webhook keeps its name, and so its place in the events, when the same is put again.
func TestAWebhookKeepsItsName(t *testing.T) {
	name := func(config string, i int) string {
		stored, _, err := configured(t, config)
		if err != nil {
			t.Fatal(err)
		}
		return stored.Spec.Webhooks[i].Name
	}
	alone := name(`{"webhooks":[{"url":"https://a.example.com"}]}`, 0)
	if moved := name(`{"webhooks":[{"url":"https://b.example.com"},{"url":"https://a.example.com","events":["message"]}]}`, 1); moved != alone {
		t.Errorf("%s became %s", alone, moved)
	}
}

// A configuration replaces the one before, and leaves what is not WAHA's alone.
func TestAConfigurationReplacesTheOneBefore(t *testing.T) {
	applied := wasession.WhatsAppSession("sales", "crm").WithSpec(wasession.WhatsAppSessionSpec().
		WithPairing(wasession.PairingSpec().WithDeviceName("Old").WithBrowser(v1alpha1.BrowserEdge).WithAccount("15551234567")).
		WithIgnore(v1alpha1.IgnoreGroups))
	if _, err := Configure(applied, "sales", &Wish{Client: Client{BrowserName: "Netscape"}}); err != nil {
		t.Fatal(err)
	}
	if p := applied.Spec.Pairing; p.DeviceName != nil || p.Browser != nil || *p.Account != "15551234567" || applied.Spec.Ignore != nil {
		t.Errorf("left are %+v, %v", p, applied.Spec.Ignore)
	}
}

// Clients change a configuration that a GET has given them, which has no secrets, and
// put it back. What they say nothing about stays; what they empty goes.
func TestSecretsStayUnlessAClientSaysOtherwise(t *testing.T) {
	applied := wasession.WhatsAppSession("sales", "crm").WithSpec(wasession.WhatsAppSessionSpec())
	put := func(config string) Parts {
		t.Helper()
		var wish Wish
		if err := json.Unmarshal([]byte(config), &wish); err != nil {
			t.Fatal(err)
		}
		parts, err := Configure(applied, "sales", &wish)
		if err != nil {
			t.Fatal(err)
		}
		return parts
	}
	const hooks = `"webhooks":[{"url":"https://a.example.com","events":["message"],%s}]`
	first := put(`{"proxy":{"server":"p:1","username":"u","password":"w"},` + fmt.Sprintf(hooks, `"hmac":{"key":"k"},"customHeaders":[{"name":"A","value":"b"}]`) + `}`)
	if len(first) != 3 {
		t.Fatalf("%d Secrets, want 3", len(first))
	}
	if again := put(`{"debug":true,"proxy":{"server":"http://p:1"},` + fmt.Sprintf(hooks, `"hmac":null,"customHeaders":null`) + `}`); len(again) != 0 {
		t.Errorf("%v changed, though nothing was said about them", again)
	}
	if hook := applied.Spec.Webhooks[0]; hook.HMACSecretRef == nil || hook.HeadersSecretRef == nil || applied.Spec.Proxy.SecretRef == nil {
		t.Errorf("secrets were lost: %+v, %+v", hook, applied.Spec.Proxy)
	}
	emptied := put(`{"proxy":{"server":"p:2"},` + fmt.Sprintf(hooks, `"hmac":{"key":""},"customHeaders":[]`) + `}`)
	for name := range first {
		if entries, ok := emptied[name]; !ok || entries != nil {
			t.Errorf("%s keeps %v", name, entries)
		}
	}
	if hook := applied.Spec.Webhooks[0]; hook.HMACSecretRef != nil || hook.HeadersSecretRef != nil || applied.Spec.Proxy.SecretRef != nil {
		t.Errorf("secrets stayed: %+v, %+v", hook, applied.Spec.Proxy)
	}
}

func TestConfigurationsThatAreRefused(t *testing.T) {
	for config, want := range map[string]string{
		`[]`:                    "config must be an object",
		`{"debug":"loud"}`:      "config.debug has the wrong form",
		`{"proxy":5}`:           "config.proxy has the wrong form",
		`{"ignore":["groups"]}`: "config.ignore has the wrong form",
		`{"client":"Firefox"}`:  "config.client has the wrong form",
		`{"webhooks":{}}`:       "config.webhooks has the wrong form",
		`{"metadata":{"a":{}}}`: "config.metadata has the wrong form",
		`{"noweb":"` + strings.Repeat("x", maxKept) + `"}`:                                "must not have more than",
		`{"webhooks":[{"url":"https://a.example.com","retries":{"policy":"never"}}]}`:     "retries.policy must be one of",
		`{"webhooks":[{"url":"https://a.example.com","retries":{"delaySeconds":0}}]}`:     "retries.delaySeconds must be a number from 1",
		`{"webhooks":[{"url":"https://a.example.com","retries":{"attempts":1.5}}]}`:       "retries.attempts must be a number from 1",
		`{"webhooks":[{"url":"https://a.example.com","retries":{"delaySeconds":"1e9"}}]}`: "retries.delaySeconds must be a number from 1",
	} {
		_, _, err := configured(t, config)
		var told Failure
		if !errors.As(err, &told) || told.Status != 400 || !strings.Contains(told.Text, want) {
			t.Errorf("%.60s: %v, want %q", config, err, want)
		}
	}
}

func TestWhatWasAskedForCountsAtOnce(t *testing.T) {
	session := func(state v1alpha1.SessionState, phase v1alpha1.SessionPhase, seen int64) *v1alpha1.WhatsAppSession {
		s := &v1alpha1.WhatsAppSession{}
		s.Generation, s.Spec.State = 2, state
		s.Status.Phase, s.Status.ObservedGeneration = phase, seen
		return s
	}
	for what, c := range map[string]struct {
		of   *v1alpha1.WhatsAppSession
		want string
	}{
		"just made":            {session(v1alpha1.SessionRunning, "", 0), "STARTING"},
		"works":                {session(v1alpha1.SessionRunning, v1alpha1.PhaseWorking, 2), "WORKING"},
		"stop was asked for":   {session(v1alpha1.SessionStopped, v1alpha1.PhaseWorking, 1), "STOPPED"},
		"start was asked for":  {session(v1alpha1.SessionRunning, v1alpha1.PhaseStopped, 1), "STARTING"},
		"still said to be off": {session(v1alpha1.SessionRunning, v1alpha1.PhaseStopped, 2), "STOPPED"},
	} {
		if got := StatusOf(c.of); got != c.want {
			t.Errorf("%s: %s, want %s", what, got, c.want)
		}
	}
}
