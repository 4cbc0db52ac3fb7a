package kubectl

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/kubectl/cli"
	"github.com/wasession/wasession/kubectl/wahaimport"
)

const wahaKey = "waha-key-4711"

// wahaSessions are three sessions as WAHA lists them.
const wahaSessions = `[
  {"name": "sales", "status": "WORKING", "presence": null, "timestamps": {"activity": 1764300000000},
   "me": {"id": "4915112345678@c.us", "lid": "99@lid", "jid": "4915112345678:12@s.whatsapp.net", "pushName": "Sales"},
   "apps": [{"id": "a", "app": "chatwoot", "config": {"token": "chatwoot-token"}}],
   "config": {
     "metadata": {"customer": "42"},
     "proxy": {"server": "proxy.example.com:3128", "username": "joe", "password": "proxy-password"},
     "debug": true,
     "ignore": {"status": true, "groups": null, "channels": null},
     "client": {"deviceName": "MacOS", "browserName": "Firefox"},
     "noweb": {"store": {"enabled": true, "fullSync": false}},
     "webhooks": [
       {"url": "https://crm.example.com/hooks", "events": ["message", "session.status", "engine.event", "message"],
        "hmac": {"key": "hmac-key"}, "retries": {"policy": "exponential", "delaySeconds": 2, "attempts": 15},
        "customHeaders": [{"name": "X-Tenant", "value": "header-value"}]},
       {"url": "https://log.example.com/", "events": ["state.change"], "hmac": null, "retries": null, "customHeaders": null}
     ]}},
  {"name": "Support_EU", "status": "STOPPED", "config": null, "me": null},
  {"name": "with space", "status": "FAILED"}
]`

// wahaServer is a WAHA installation below a path, as behind a proxy.
func wahaServer(t *testing.T) string {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /waha/api/sessions", func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Header.Get("X-Api-Key") != wahaKey:
			w.WriteHeader(http.StatusUnauthorized)
		case r.URL.Query().Get("all") != "true":
			_, _ = io.WriteString(w, "[]")
		default:
			_, _ = io.WriteString(w, wahaSessions)
		}
	})
	mux.HandleFunc("GET /page/api/sessions", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") })
	mux.Handle("GET /moved/api/sessions", http.RedirectHandler("/waha/api/sessions", http.StatusFound))
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

func TestImportFromWAHA(t *testing.T) {
	url := wahaServer(t) + "/waha/"
	t.Setenv("WAHA_API_KEY", wahaKey)
	namespace := lab.Namespace(t)
	p := plugin{flags: []string{"-n", namespace}}
	r := p.run(t.Context(), "import-waha", url)
	if r.code != cli.Unhealthy || !strings.Contains(r.err, `with space: left out`) || !strings.Contains(r.err, "2 of 3 sessions, 3 Secrets") {
		t.Fatalf("exit code %d\n%s%s", r.code, r.out, r.err)
	}
	for _, note := range []string{`the event "engine.event" of webhook 1`, "Webhook 2 is left out", "noweb", `the app "chatwoot"`, "spec.pairing.account"} {
		if !strings.Contains(r.err, note) || !strings.Contains(r.out, note) {
			t.Errorf("nothing says %s", note)
		}
	}
	sessions, secrets, _ := strings.Cut(r.out, "kind: Secret")
	for _, secret := range []string{"proxy-password", "hmac-key", "header-value"} {
		if strings.Contains(sessions, secret) || strings.Contains(r.err, secret) || !strings.Contains(secrets, secret) {
			t.Errorf("%s is not in the Secrets alone", secret)
		}
	}
	if strings.Contains(r.out+r.err, "chatwoot-token") || strings.Contains(r.out+r.err, wahaKey) {
		t.Error("a secret is told that nobody needs")
	}

	apply(t, r.out)
	sales, support := &v1alpha1.WhatsAppSession{}, &v1alpha1.WhatsAppSession{}
	read(t, types.NamespacedName{Namespace: namespace, Name: "sales"}, sales)
	if sales.Spec.Pairing.Account != "4915112345678" || sales.Spec.Pairing.DeviceName != "MacOS" || len(sales.Spec.Webhooks) != 1 || sales.Spec.Proxy.URL != "http://proxy.example.com:3128" {
		t.Errorf("the session is %+v", sales.Spec)
	}
	hook := sales.Spec.Webhooks[0]
	if want := []v1alpha1.WebhookEvent{"message", "session.status"}; !reflect.DeepEqual(hook.Events, want) || hook.Retries.Attempts != 15 || hook.Retries.Policy != v1alpha1.RetryExponential {
		t.Errorf("the webhook is %+v", hook)
	}
	secret := &corev1.Secret{}
	read(t, types.NamespacedName{Namespace: namespace, Name: hook.HMACSecretRef.Name}, secret)
	if string(secret.Data[hook.HMACSecretRef.Key]) != "hmac-key" {
		t.Errorf("the Secret has %v", secret.Data)
	}
	list := &v1alpha1.WhatsAppSessionList{}
	if err := lab.K8s.List(t.Context(), list, client.InNamespace(namespace)); err != nil || len(list.Items) != 2 {
		t.Fatalf("%d sessions, %v", len(list.Items), err)
	}
	for _, s := range list.Items {
		if s.Name != "sales" {
			*support = s
		}
	}
	if support.Spec.SessionName != "Support_EU" || support.Spec.State != v1alpha1.SessionStopped {
		t.Errorf("the stopped session is %s %+v", support.Name, support.Spec)
	}
}

func TestImportSaysWhatIsWrong(t *testing.T) {
	url := wahaServer(t)
	key := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(key, []byte(wahaKey+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("WAHA_API_KEY", "")
	for _, c := range []struct {
		args []string
		code cli.Code
		want string
	}{
		{[]string{url + "/waha"}, cli.Failed, "set WAHA_API_KEY"},
		{[]string{url + "/page"}, cli.Failed, "is this the URL of a WAHA installation?"},
		{[]string{url + "/nothing"}, cli.Failed, "404"},
		{[]string{url + "/moved", "--api-key-file", key}, cli.Failed, "redirects to"},
		{[]string{url + "/waha", "--api-key-file", key}, cli.Unhealthy, "2 of 3 sessions"},
		{[]string{"http://joe:secret@waha.example.com"}, cli.Usage, "must not have a user"},
		{[]string{"waha.example.com"}, cli.Usage, "no URL of a WAHA installation"},
		{nil, cli.Usage, "arg"},
	} {
		r := (plugin{}).run(t.Context(), append([]string{"import-waha"}, c.args...)...)
		if r.code != c.code || !strings.Contains(r.err, c.want) || strings.Contains(r.err, "joe:secret") {
			t.Errorf("%v: exit code %d, %s", c.args, r.code, r.err)
		}
	}
}

// The events that the import takes are those that the schema takes.
func TestImportKnowsTheEvents(t *testing.T) {
	source, err := os.ReadFile("../../api/v1alpha1/webhook_types.go")
	if err != nil {
		t.Fatal(err)
	}
	enum := regexp.MustCompile(`(?m)^// \+kubebuilder:validation:Enum=("\*";.*)$`).FindSubmatch(source)
	if enum == nil {
		t.Fatal("the enum of WebhookEvent is not where it was")
	}
	want := strings.Split(strings.ReplaceAll(string(enum[1]), `"`, ""), ";")
	var got []string
	for _, event := range wahaimport.Events {
		got = append(got, string(event))
	}
	if !slices.Equal(got, want) {
		t.Errorf("the import takes %v, the schema %v", got, want)
	}
}

// apply creates what a manifest has, as kubectl does: unknown fields are refused.
func apply(t *testing.T, manifest string) {
	t.Helper()
	decoder := yaml.NewYAMLOrJSONDecoder(strings.NewReader(manifest), 4096)
	for {
		object := &unstructured.Unstructured{}
		err := decoder.Decode(&object.Object)
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if len(object.Object) == 0 {
			continue // the head has comments only
		}
		if err := lab.K8s.Create(t.Context(), object, client.FieldValidation("Strict")); err != nil {
			t.Fatalf("%s %s: %v", object.GetKind(), object.GetName(), err)
		}
	}
}

func read(t *testing.T, key types.NamespacedName, into client.Object) {
	t.Helper()
	if err := lab.K8s.Get(t.Context(), key, into); err != nil {
		t.Fatal(err)
	}
}
