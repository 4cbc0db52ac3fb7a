package packaging

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
)

// It is the gateway of config/gateway, told to stay in its own namespace, with the rights
// that are of a namespace.
func TestTheNamespacedGatewayIsThatOfTheCluster(t *testing.T) {
	all := render(t, "kustomize", "config/namespaced-gateway")
	namespaced := into[appsv1.Deployment](t, all.one(t, "Deployment", gatewayName)).Spec.Template
	whole := into[appsv1.Deployment](t, render(t, "kustomize", "config/gateway").one(t, "Deployment", gatewayName)).Spec.Template
	namespaced.Spec.Containers[0].Args = expanded(namespaced.Spec.Containers[0], "fenced")
	container := &whole.Spec.Containers[0]
	container.Args[slices.Index(container.Args, "--default-namespace=default")] = "--default-namespace=fenced"
	container.Args = append(container.Args, "--watch-namespaces=fenced", "--namespace=fenced")
	container.Env = append(container.Env, podNamespace)
	wantEqual(t, namespaced, whole)

	there := maps.Clone(gatewayRights)
	delete(there, "/secrets: create patch") // which are among those in its own namespace
	maps.Copy(there, ownGatewayRights)
	wantRights(t, there, into[rbacv1.Role](t, all.one(t, "Role", gatewayName)).Rules)
}

// The gateway of one namespace, as it is installed, does everything for callers with API
// keys. It cannot ask whose a token of Kubernetes is, and says so.
func TestTheNamespacedGatewayWorks(t *testing.T) {
	const key = "a-long-random-text"
	ensureNamespace(t, "gated")
	ensureNamespace(t, "elsewhere")
	all := render(t, "kustomize", "config/namespaced-gateway").in(t, "gated")
	install(t, all)
	createUntilEnd(t, &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Namespace: "gated", Name: gatewayName + "-admin", Labels: map[string]string{"wasession.dev/gateway-key": "true"}},
		StringData: map[string]string{"api-key": key, "admin": "true"},
	})
	for name, where := range map[string]string{"inside": "gated", "outside": "elsewhere"} {
		declared := session(t, name, "")
		declared.SetNamespace(where)
		createUntilEnd(t, declared)
	}
	g := startGateway(t, into[appsv1.Deployment](t, all.one(t, "Deployment", gatewayName)))
	sessions := func(key string) string { return string(fetch(t, g.url+"/api/sessions?all=true", key)) }

	answer := awaitAnswer(g.running, t, g.log, func() (string, bool) {
		answer := sessions(key)
		return answer, strings.Contains(answer, `"inside"`)
	})
	if strings.Contains(answer, `"outside"`) {
		t.Errorf("it lists a session of another namespace: %s", answer)
	}
	created := post(t, g.url+"/api/sessions", key,
		`{"name":"made","config":{"webhooks":[{"url":"https://example.com/hook","events":["message"],"hmac":{"key":"hush-hush-hush"}}]}}`)
	made := &v1alpha1.WhatsAppSession{}
	if err := api.Get(t.Context(), client.ObjectKey{Namespace: "gated", Name: "made"}, made); err != nil {
		t.Errorf("a session that was created over the API: %v; the answer was %s", err, created)
	}
	t.Cleanup(func() { _ = api.Delete(background(), made) })
	if answer := sessions(key); !strings.Contains(answer, `"made"`) {
		t.Errorf("the list lacks the session that was created: %s", answer)
	}

	var narrow struct{ ID, Key string }
	if made := post(t, g.url+"/api/keys", key, `{"isAdmin":false,"isActive":true,"namespaces":["gated"]}`); json.Unmarshal(made, &narrow) != nil || narrow.Key == "" {
		t.Fatalf("a key that is made over the API is %s", made)
	}
	awaitAnswer(g.running, t, g.log, func() (string, bool) {
		answer := sessions(narrow.Key)
		return answer, strings.Contains(answer, `"inside"`)
	})
	call(t, http.MethodDelete, g.url+"/api/keys/"+narrow.ID, key, "")
	awaitAnswer(g.running, t, g.log, func() (string, bool) {
		answer := sessions(narrow.Key)
		return answer, strings.Contains(answer, "Unauthorized")
	})

	token := tokenOf(t, "bot")
	logIn := func(secret string) (int, string) {
		return answerTo(t, http.MethodPost, g.url+"/dashboard/login", url.Values{"secret": {secret}}.Encode(), "Content-Type", "application/x-www-form-urlencoded")
	}
	if code, body := logIn(key); code != http.StatusSeeOther {
		t.Errorf("the dashboard answers a key with %d %s", code, body)
	}
	if code, body := logIn(token); code != http.StatusUnauthorized || !strings.Contains(body, "This gateway cannot check tokens of Kubernetes. Log in with an API key.") {
		t.Errorf("the dashboard answers a token with %d %s", code, body)
	}
	for _, path := range []string{"/api/sessions", "/metrics", "/api/sales/chats"} {
		code, body := answerTo(t, http.MethodGet, g.url+path, "", "Authorization", "Bearer "+token)
		if code != http.StatusUnauthorized || !strings.Contains(body, "This gateway cannot check tokens of Kubernetes. Send an API key as X-Api-Key") {
			t.Errorf("%s answers a token with %d %s", path, code, body)
		}
	}
	if metrics := fetch(t, g.url+"/metrics", key); !bytes.Contains(metrics, []byte("wasession_gateway_")) {
		t.Errorf("the metrics are %s", metrics)
	}
	if text := g.log.String(); strings.Contains(text, "forbidden") || strings.Contains(text, `"level":"ERROR"`) {
		t.Errorf("the gateway was denied something, or worse:\n%s", text)
	}
}

// answerTo is the answer to a request, also if that leads elsewhere.
func answerTo(t *testing.T, method, address, body, header, value string) (code int, text string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set(header, value)
	answer, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	got, _ := io.ReadAll(answer.Body)
	return answer.StatusCode, string(got)
}
