package redact

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestTextHidesWhatIsPrivate(t *testing.T) {
	for text, private := range map[string]string{
		"to 15550001111@c.us":                           "5550001111",
		"15550001111:12@s.whatsapp.net is gone":         "5550001111",
		"group 1555000-1111@g.us":                       "1555000",
		"call +1 (555) 000-1111 now":                    "000-1111",
		"call +49 151 1234 5678":                        "1234",
		"x15550001111y":                                 "5550001111",
		"٠١٢٣٤٥٦٧٨٩":                                    "٤٥٦",
		"Bearer abc":                                    "abc",
		"X-Api-Key: hunter2":                            "hunter2",
		`{"password": "hunter2"}`:                       "hunter2",
		"key 4WEJB5OMKZ7YGQ2RTLXH3VSCND":                "4WEJB5",
		"key Zm9v-YmFyL2Jhei1xdXV4X2-0":                 "YmFy",
		`Post "https://joe:pw@crm.example/T/hook?k=v"`:  "pw",
		`Get "https://crm.example/T/hook?k=v": refused`: "hook",
		"the proxy joe:pw@proxy.example:3128":           "pw",
		"GET /api/contacts?phone=15&name=Bob failed":    "Bob",
		`no chat "Alice Smith"`:                         "Smith",
		`no chat "Zoë"`:                                 "Zo",
		"mail to joe@example.com":                       "joe",
	} {
		if got := New().Text(text); strings.Contains(got, private) {
			t.Errorf("%q is written %q", text, got)
		}
	}
}

func TestTextLeavesWhatHelps(t *testing.T) {
	for _, text := range []string{
		"", "Secret gone, named by spec.api.keysSecretRef, does not exist in this namespace",
		"at 2026-11-28T16:51:13.123456789Z and 2026-11-28 16:51:13, 2026-11-28",
		"dial tcp 10.244.101.134:3000: connect: connection refused",
		"pod wasession-operator-7d9f8b6c5-x2x4z uid 0b5a8b9e-0000-4000-8000-000000000001",
		"image ghcr.io/wasession/wasession:v0.1.0@sha256:" + strings.Repeat("0a", 32),
		`Back-off restarting failed container "runtime" after 5m0s`,
		"https://wa.example.com:443/ answers 503", "took 1.204s, 123456 bytes",
	} {
		if got := New().Text(text); got != text {
			t.Errorf("%q is written %q", text, got)
		}
	}
}

func TestTheSameNumberHasOnePlaceholder(t *testing.T) {
	r := New()
	want := strings.TrimSuffix(r.Text("15550001111@c.us"), "@c.us")
	for _, text := range []string{"15550001111", "+1 555 000 1111", "15550001111@s.whatsapp.net", "15550001111:3@c.us"} {
		if got, _, _ := strings.Cut(r.Text(text), "@"); got != want {
			t.Errorf("%q is %q, not %q", text, got, want)
		}
	}
	if hidden := r.Object(map[string]any{"account": "15550001111"})["account"]; hidden != want {
		t.Errorf("in an object it is %v, not %q", hidden, want)
	}
	if r.Text("15550001112") == want || New().Text("15550001111") == want {
		t.Error("another number, or another bundle, has the same placeholder")
	}
	if twice := r.Text(want); twice != want {
		t.Errorf("a placeholder becomes %q", twice)
	}
}

func TestObjectsKeepWhatIsKnownToBeHarmless(t *testing.T) {
	var object map[string]any
	err := json.Unmarshal([]byte(`{
		"kind": "WhatsAppSession",
		"metadata": {"name": "support", "managedFields": [{"manager": "kubectl"}],
			"labels": {"customer": "acme-corp", "app.kubernetes.io/name": "wasession"},
			"annotations": {"note": "call Bob", "kubectl.kubernetes.io/last-applied-configuration": "{}"}},
		"spec": {"autoArchive": {"suspend": true, "policies": [{"name": "silent", "exclude": {"names": ["VIP*"]}}]},
			"webhooks": [{"url": "https://crm.example/ingest?token=x", "headers": [{"name": "X-Tenant", "value": "tenant-secret"}]}],
			"newField": "who knows"},
		"status": {"me": {"pushName": "Alice", "account": 15550001111}, "replicas": 3,
			"containerStatuses": [{"lastState": {"terminated": {"exitCode": 1, "message": "secret words\ntime=2026-11-28T16:51:13Z level=ERROR msg=Failed error=\"no space\""}}}]}
	}`), &object)
	if err != nil {
		t.Fatal(err)
	}
	r := New()
	r.Learn(object)
	encoded, err := json.Marshal(r.Object(object))
	if err != nil {
		t.Fatal(err)
	}
	for _, private := range []string{"acme", "Bob", "VIP", "ingest", "tenant-secret", "who knows", "Alice", "5550001111", "secret words", "managedFields", "last-applied"} {
		if strings.Contains(string(encoded), private) {
			t.Errorf("%s is left in %s", private, encoded)
		}
	}
	for _, helps := range []string{`"support"`, `"silent"`, `"wasession"`, `"suspend":true`, `"replicas":3`, "https://crm.example/", "X-Tenant", "msg=Failed", "no space"} {
		if !strings.Contains(string(encoded), helps) {
			t.Errorf("%s is gone from %s", helps, encoded)
		}
	}
	if text := r.Text("the tenant tenant-secret of acme-corp"); strings.Contains(text, "tenant-secret") || strings.Contains(text, "acme") {
		t.Errorf("what was learnt is left in %q", text)
	}
}

func TestLogsKeepWhatTheProductSays(t *testing.T) {
	log := strings.Join([]string{
		`time=2026-11-28T16:51:11.904Z level=INFO msg="Session status changed" status=WORKING reason=Connected`,
		`time=2026-11-28T16:51:12Z level=DEBUG msg="Message" text="see you at eight"`,
		`time=2026-11-28T16:51:13Z level=WARN msg="Sending failed" chat=15550001111@c.us sender="Alice Smith" error="Post \"https://crm.example/hook\": EOF"`,
		`{"time":"2026-11-28T16:51:13Z","level":"ERROR","msg":"Reconciler error","WhatsAppSession":{"name":"support","namespace":"crm"},"body":"hello Bob","to":15550001111}`,
		`{"time":"2026-11-28T16:51:13Z","level":"DEBUG-4","msg":"hello Bob"}`,
		`hello Bob`, `good night Bob`,
		`panic: no chat "hello Bob"`, `goroutine 1 [running]:`, `main.main()`, "\t/src/main.go:12 +0x1d",
	}, "\n")
	got := New().Log(log)
	for _, private := range []string{"eight", "5550001111", "Alice", "Bob", "hook"} {
		if strings.Contains(got, private) {
			t.Errorf("%s is left in\n%s", private, got)
		}
	}
	for _, helps := range []string{
		`msg="Session status changed" status=WORKING`, "<1 lines left out>", "<3 lines left out>", "https://crm.example/",
		`"WhatsAppSession":{"name":"support","namespace":"crm"}`, "panic: ", "\t/src/main.go:12 +0x1d",
	} {
		if !strings.Contains(got, helps) {
			t.Errorf("%s is gone from\n%s", helps, got)
		}
	}
}

func TestMetricsKeepTheirValues(t *testing.T) {
	const text = "# HELP wasession_events_total Events.\nwasession_events_total{webhook=\"crm\",result=\"ok\"} 1.234567890e+09\n"
	if got := New().Metrics(text); got != text {
		t.Errorf("they are %s", got)
	}
	if got := New().Metrics("m{chat=\"15550001111\"} 1\nhello Bob\n"); strings.Contains(got, "5550001111") || strings.Contains(got, "Bob") {
		t.Errorf("they are %s", got)
	}
}

// Wherever a number, a key and a URL with credentials are, nothing of them is left.
func FuzzNothingPrivateIsLeft(f *testing.F) {
	f.Add("to ", " now")
	f.Add("time=2026-11-28T16:51:13Z level=INFO msg=\"", "\" a=b")
	f.Add("{\"level\":\"INFO\",\"msg\":\"", "\"}")
	f.Add("https://joe:", "@example.com/x")
	f.Add("\x1b[2J\xff\"", "\\\"")
	f.Add("10.1.2.", ".3@")
	f.Fuzz(func(t *testing.T, before, after string) {
		const number, key, login = "15550001111", "4WEJB5OMKZ7YGQ2RTLXH3VSCND", "https://joe:pass-word@crm.example/"
		r := New()
		for _, secret := range []string{number, key, login} {
			text := before + secret + after
			for what, got := range map[string]string{
				"text": r.Text(text), "log": r.Log(text), "metrics": r.Metrics("m{a=\"" + text + "\"} 1"),
				"object": r.Object(map[string]any{"message": text})["message"].(string),
				"field":  r.Object(map[string]any{"a": text})["a"].(string),
			} {
				for _, private := range []string{number, key, "pass-word"} {
					if secret == login && private != "pass-word" || secret != login && private == "pass-word" || strings.Contains(before+after, private) {
						continue
					}
					if strings.Contains(got, private) {
						t.Errorf("%s: %q is written %q", what, text, got)
					}
				}
				if twice := r.Text(got); what == "text" && strings.Contains(twice, private(secret)) {
					t.Errorf("twice: %q", twice)
				}
			}
		}
	})
}

// private is what must not be left of a secret.
func private(secret string) string {
	if strings.Contains(secret, "pass-word") {
		return "pass-word"
	}
	return secret
}
