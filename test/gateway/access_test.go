package gateway

import (
	"log/slog"
	"net/http"
	"strings"
	"testing"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/gateway/access"
	"github.com/wasession/wasession/gateway/app"
)

// tokenOf makes a ServiceAccount with these rights in a namespace, and a token of it.
func tokenOf(t *testing.T, namespace string, rules ...rbacv1.PolicyRule) string {
	t.Helper()
	account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, GenerateName: "bot-"}}
	create(t, account)
	for i := range rules {
		rules[i].APIGroups = []string{v1alpha1.GroupVersion.Group}
	}
	meta := metav1.ObjectMeta{Namespace: namespace, Name: account.Name}
	create(t, &rbacv1.Role{ObjectMeta: meta, Rules: rules}, &rbacv1.RoleBinding{
		ObjectMeta: meta, RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: account.Name},
		Subjects: []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Namespace: namespace, Name: account.Name}},
	})
	request := &authenticationv1.TokenRequest{}
	if err := k8s.SubResource("token").Create(t.Context(), account, request); err != nil {
		t.Fatal(err)
	}
	return request.Status.Token
}

func TestKubernetesIdentitiesMayWhatTheirRolesSay(t *testing.T) {
	d := open(t)
	space := namespace(t)
	serve(t, session(t, space, "sales", v1alpha1.PhaseWorking), http.HandlerFunc(echo))
	serve(t, session(t, space, "support", v1alpha1.PhaseWorking), http.HandlerFunc(echo))
	key := d.key(map[string]string{access.EntryNamespaces: space})
	for _, name := range []string{"sales", "support"} {
		d.await("the pod", func() reply { return d.do(key, "GET", "/api/"+name+"/chats", "") }, is(200))
	}
	reader := tokenOf(t, space, rbacv1.PolicyRule{Resources: []string{"whatsappsessions/chats"}, ResourceNames: []string{"sales"}, Verbs: []string{"get"}})
	bot := tokenOf(t, space,
		rbacv1.PolicyRule{Resources: []string{"whatsappsessions"}, Verbs: []string{"get", "list"}},
		rbacv1.PolicyRule{Resources: []string{"whatsappsessions/messages"}, Verbs: []string{"get", "create"}})
	lead := tokenOf(t, space,
		rbacv1.PolicyRule{Resources: []string{"whatsappsessions"}, Verbs: []string{"get", "list", "create", "patch", "delete"}},
		rbacv1.PolicyRule{Resources: []string{"whatsappsessions/control"}, Verbs: []string{"get", "update"}})
	monitoring := namespace(t)
	prometheus := tokenOf(t, monitoring)
	create(t, &rbacv1.ClusterRoleBinding{ // to the role that Kubernetes has for this
		ObjectMeta: metav1.ObjectMeta{Name: monitoring}, RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "system:monitoring"},
		Subjects: []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: rbacv1.GroupKind, Name: "system:serviceaccounts:" + monitoring}},
	})
	for _, c := range []struct {
		what, token, method, path, body string
		status                          int
	}{
		{"the reader", reader, "GET", "/api/sales/chats", "", 200},
		{"the reader", reader, "GET", "/api/sales/chats/1@c.us/messages", "", 403},
		{"the reader", reader, "POST", "/api/sales/chats/1@c.us/archive", "", 403},
		{"the reader", reader, "GET", "/api/support/chats", "", 422},
		{"the reader", reader, "GET", "/api/sessions/support", "", 404},
		{"the reader", reader, "GET", "/api/sessions/sales", "", 403},
		{"the reader", reader, "DELETE", "/api/sessions/sales", "", 403},
		{"the bot", bot, "POST", "/api/sendText", `{"session":"support"}`, 200},
		{"the bot", bot, "GET", "/api/support/chats/1@c.us/messages", "", 200},
		{"the bot", bot, "GET", "/api/support/chats", "", 403},
		{"the bot", bot, "GET", "/api/support/auth/qr", "", 403},
		{"the bot", bot, "POST", "/api/sessions", `{"name":"` + space + `.x"}`, 403},
		{"the lead", lead, "GET", "/api/support/auth/qr", "", 200},
		{"the lead", lead, "GET", "/api/support/chats", "", 403},
		{"the lead", lead, "POST", "/api/sessions", `{"name":"` + space + `.x"}`, 201},
		{"the lead", lead, "PUT", "/api/sessions/x", `{"config":{"debug":true}}`, 200},
		{"the lead", lead, "POST", "/api/sessions/x/stop", "", 201},
		{"the lead", lead, "DELETE", "/api/sessions/x", "", 200},
		{"the lead", lead, "GET", "/metrics", "", 403},
		{"Prometheus", prometheus, "GET", "/metrics", "", 200},
		{"Prometheus", prometheus, "GET", "/api/keys", "", 403},
		{"nobody", "no-token", "GET", "/api/sessions", "", 401},
	} {
		if got := d.do("", c.method, c.path, c.body, "Authorization", "Bearer "+c.token); got.status != c.status {
			t.Errorf("%s: %s %s: %d %s, want %d", c.what, c.method, c.path, got.status, got.body, c.status)
		}
	}
	if got := d.do("", "GET", "/api/sessions", "", "Authorization", "Bearer "+bot); strings.Count(got.body, `"name"`) != 2 {
		t.Errorf("the bot's list: %s", got.body)
	}
	if got := d.do("", "GET", "/api/sessions", "", "Authorization", "Bearer "+reader); got.body != "[]" {
		t.Errorf("the reader's list: %s", got.body)
	}
}

func TestOtherOriginsAndTooManyCalls(t *testing.T) {
	d := open(t, func(o *app.Options) {
		o.RequestsPerSecond, o.AllowedOrigins = 1, []string{"https://dash.example.com"}
	})
	preflight := func(origin string) string {
		got := d.do("", "OPTIONS", "/api/sessions", "", "Origin", origin, "Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "x-api-key")
		return got.header.Get("Access-Control-Allow-Origin")
	}
	if got := preflight("https://dash.example.com"); got != "https://dash.example.com" {
		t.Errorf("a listed origin gets %q", got)
	}
	if got := preflight("https://evil.example.com"); got != "" {
		t.Errorf("another origin gets %q", got)
	}
	other := d.key(admin)
	busy := rawKey(t, admin)
	refused := d.await("too many calls", func() reply { return d.do(busy, "GET", "/api/version", "") }, is(http.StatusTooManyRequests))
	if refused.header.Get("Retry-After") != "1" || !strings.Contains(refused.body, `"statusCode":429`) {
		t.Errorf("got %v %s", refused.header, refused.body)
	}
	if got := d.do(other, "GET", "/api/version", ""); got.status != 200 {
		t.Errorf("another caller: %d %s", got.status, got.body)
	}
}

func TestChangesAndRefusalsAreAudited(t *testing.T) {
	log := &lines{}
	d := open(t, func(o *app.Options) { o.Log = slog.New(slog.NewTextHandler(log, nil)) })
	space := namespace(t)
	key := d.key(map[string]string{access.EntryNamespaces: space, access.EntryActions: "read,setting"})
	d.do(key, "POST", "/api/sessions", `{"name":"sales","config":{"metadata":{"a":"hush-content"}}}`)
	d.do(key, "DELETE", "/api/sessions/sales", "")
	d.do("hush-wrong-key", "GET", "/api/sales/chats?x-api-key=hush", "")
	d.do(key, "GET", "/api/sessions/sales", "")
	if end := d.listen("hush-wrong-key", "").closed(); end.Reason != "Unauthorized" {
		t.Errorf("the websocket is closed with %+v", end)
	}
	// The line of a websocket is written once it has ended here too.
	d.await("the audit of the websocket", func() reply { return reply{body: log.String()} },
		func(r reply) bool { return strings.Contains(r.body, "route=/ws") })
	if err := d.stop(); err != nil {
		t.Fatal(err)
	}
	var audit []string
	for line := range strings.Lines(log.String()) {
		if strings.Contains(line, "msg=Audit") && !strings.Contains(line, "/api/version") {
			_, line, _ = strings.Cut(strings.TrimSpace(line), "method=")
			line, _, _ = strings.Cut(line, " from=")
			audit = append(audit, line)
		}
	}
	want := []string{
		"POST route=/api/sessions session=" + space + ".sales status=201",
		"DELETE route=/api/sessions/{session} session=" + space + ".sales status=403",
		`GET route=/api/{session}/chats session="" status=401`,
		`GET route=/ws session="" status=101`,
	}
	if strings.Join(audit, "\n") != strings.Join(want, "\n") {
		t.Errorf("the audit log has\n%s\nwant\n%s", strings.Join(audit, "\n"), strings.Join(want, "\n"))
	}
	if strings.Contains(log.String(), "hush") {
		t.Error("the log has a secret")
	}
}
