package gateway

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/gateway/access"
)

// get reads an object with all rights.
func get[T client.Object](t *testing.T, namespace, name string, into T) T {
	t.Helper()
	if err := k8s.Get(t.Context(), types.NamespacedName{Namespace: namespace, Name: name}, into); err != nil {
		t.Fatal(err)
	}
	return into
}

const wholeConfig = `{"metadata":{"user.id":123,"team":"crm"},"debug":true,
	"proxy":{"server":"proxy.example.com:3128","username":"me","password":"hush-proxy"},
	"noweb":{"store":{"enabled":true}},"ignore":{"groups":true},
	"webhooks":[{"url":"https://hooks.example.com/a","events":["message","session.status"],"hmac":{"key":"hush-hmac"},
		"retries":{"delaySeconds":5,"attempts":3,"policy":"linear"},"customHeaders":[{"name":"X-Token","value":"hush-header"}]}]}`

func TestASessionIsCreatedAsAManifestWould(t *testing.T) {
	d := open(t)
	space := namespace(t)
	key := d.key(map[string]string{access.EntryNamespaces: space})
	made := d.do(key, "POST", "/api/sessions", `{"name":"sales","config":`+wholeConfig+`}`)
	if made.status != http.StatusCreated || !strings.Contains(made.body, `"status":"STARTING"`) {
		t.Fatalf("got %d %s", made.status, made.body)
	}
	// The next call finds it, whatever the watch takes.
	shown := d.do(key, "GET", "/api/sessions/sales", "")
	var answer struct {
		Config map[string]json.RawMessage `json:"config"`
	}
	if err := json.Unmarshal([]byte(shown.body), &answer); err != nil || shown.status != 200 {
		t.Fatalf("%d %s", shown.status, shown.body)
	}
	for member, want := range map[string]string{
		"metadata": `{"team":"crm","user.id":"123"}`, "debug": `true`, "proxy": `{"server":"http://proxy.example.com:3128"}`,
		"noweb": `{"store":{"enabled":true}}`, "ignore": `{"groups":true}`, "client": `{}`,
		"webhooks": `[{"url":"https://hooks.example.com/a","events":["message","session.status"],"hmac":null,"retries":{"policy":"linear","delaySeconds":5,"attempts":3},"customHeaders":null}]`,
	} {
		if got := string(answer.Config[member]); got != want {
			t.Errorf("%s is %s, want %s", member, got, want)
		}
	}
	if strings.Contains(shown.body+made.body, "hush") {
		t.Error("an answer has a secret")
	}

	live := get(t, space, "sales", &v1alpha1.WhatsAppSession{})
	hook := live.Spec.Webhooks[0]
	for _, secret := range []struct{ name, entry, want string }{
		{hook.HMACSecretRef.Name, hook.HMACSecretRef.Key, "hush-hmac"},
		{hook.HeadersSecretRef.Name, "X-Token", "hush-header"},
		{live.Spec.Proxy.SecretRef.Name, "password", "hush-proxy"},
	} {
		object := get(t, space, secret.name, &corev1.Secret{})
		if string(object.Data[secret.entry]) != secret.want {
			t.Errorf("the Secret %s has %v", secret.name, object.Data)
		}
		if !metav1.IsControlledBy(object, live) && (len(object.OwnerReferences) != 1 || object.OwnerReferences[0].UID != live.UID) {
			t.Errorf("the Secret %s does not belong to the session: %v", secret.name, object.OwnerReferences)
		}
	}
	if got := d.do(key, "POST", "/api/sessions", `{"name":"sales"}`); got.status != 422 || !strings.Contains(got.body, "Session 'sales' already exists. Use PUT to update it.") {
		t.Errorf("a second time: %d %s", got.status, got.body)
	}

	// What GET gave can be put back, and loses no secret.
	if got := d.do(key, "PUT", "/api/sessions/sales", shown.body); got.status != 200 {
		t.Errorf("put back: %d %s", got.status, got.body)
	}
	live = get(t, space, "sales", live)
	kept := live.Spec.Webhooks[0]
	if kept.HMACSecretRef == nil || *kept.HMACSecretRef != *hook.HMACSecretRef || kept.HeadersSecretRef == nil || live.Spec.Proxy.SecretRef == nil {
		t.Errorf("after putting back: %+v, %+v", kept, live.Spec.Proxy)
	}
	secret := live.Spec.Proxy.SecretRef.Name

	// PUT replaces the configuration, and nothing else.
	if got := d.do(key, "POST", "/api/sessions/sales/stop", ""); got.status != 201 || !strings.Contains(got.body, `"status":"STOPPED"`) {
		t.Errorf("stop: %d %s", got.status, got.body)
	}
	if got := d.do(key, "PUT", "/api/sessions/sales", `{"config":{"metadata":{"a":"b"}}}`); got.status != 200 {
		t.Errorf("put: %d %s", got.status, got.body)
	}
	live = get(t, space, "sales", live)
	if s := live.Spec; len(s.Webhooks) != 0 || s.Proxy != nil || s.LogLevel != v1alpha1.LogInfo || len(s.EventMetadata) != 1 || s.State != v1alpha1.SessionStopped || len(live.Annotations) != 0 {
		t.Errorf("after PUT: %+v %v", s, live.Annotations)
	}
	for _, name := range []string{hook.HMACSecretRef.Name, hook.HeadersSecretRef.Name, secret} {
		if left := get(t, space, name, &corev1.Secret{}); len(left.Data) != 0 {
			t.Errorf("the Secret %s, which is needed no more, has %d entries", name, len(left.Data))
		}
	}
	if got := d.do(key, "POST", "/api/sessions/start", `{"name":"sales"}`); got.status != 201 || !strings.Contains(got.body, `"status":"STARTING"`) {
		t.Errorf("start, the old way: %d %s", got.status, got.body)
	}
	if live = get(t, space, "sales", live); live.Spec.State != v1alpha1.SessionRunning || len(live.Spec.EventMetadata) != 1 {
		t.Errorf("after start: %+v", live.Spec)
	}
	if got := d.do(key, "DELETE", "/api/sessions/sales", ""); got.status != 200 {
		t.Errorf("delete: %d %s", got.status, got.body)
	}
	if err := k8s.Get(t.Context(), client.ObjectKeyFromObject(live), live); !apierrors.IsNotFound(err) {
		t.Errorf("after delete: %v", err)
	}
	if got := d.do(key, "GET", "/api/sessions/sales", ""); got.status != 404 {
		t.Errorf("after delete: %d %s", got.status, got.body)
	}
}

func TestWhatIsNotCreated(t *testing.T) {
	d := open(t)
	space, other := namespace(t), namespace(t)
	tenant := d.key(map[string]string{access.EntryNamespaces: space})
	one := d.key(map[string]string{access.EntrySession: space + "/sales"})
	reader := d.key(map[string]string{access.EntryNamespaces: space, access.EntryActions: "read,send,control"})
	root := d.key(admin)
	for what, c := range map[string]struct {
		key, body string
		status    int
		want      string
	}{
		"by the key of a session":   {one, `{"name":"x"}`, 403, "Forbidden resource"},
		"by a key without setting":  {reader, `{"name":"x"}`, 403, "Forbidden resource"},
		"in another's namespace":    {tenant, `{"name":"` + other + `.x"}`, 403, "Forbidden resource"},
		"in no namespace":           {root, `{"name":"x"}`, 400, "name must be namespace.name"},
		"in one that is not there":  {root, `{"name":"nowhere.x"}`, 422, "The namespace does not exist"},
		"with a name that is none":  {tenant, `{"name":"a/b"}`, 400, "name must match"},
		"with a name that is long":  {tenant, `{"name":"` + strings.Repeat("x", 55) + `"}`, 400, "name must match"},
		"with a hook that is none":  {tenant, `{"name":"x","config":{"webhooks":[{"url":"ftp://x","events":["message"]}]}}`, 400, "spec.webhooks[0].url"},
		"with a long device name":   {tenant, `{"name":"x","config":{"client":{"deviceName":"` + strings.Repeat("x", 51) + `"}}}`, 400, `{"message":["spec.pairing.deviceName Too long: may not be more than 50 bytes"]`},
		"with an unknown event":     {tenant, `{"name":"x","config":{"webhooks":[{"url":"https://x.example","events":["moon"]}]}}`, 400, "spec.webhooks[0].events[0]"},
		"with the wrong policy":     {tenant, `{"name":"x","config":{"webhooks":[{"url":"https://x.example","events":["*"],"retries":{"policy":"never"}}]}}`, 400, "linear, exponential, constant"},
		"with metadata of no text":  {tenant, `{"name":"x","config":{"metadata":[]}}`, 400, "config.metadata has the wrong form"},
		"with a config of no shape": {tenant, `{"name":"x","config":5}`, 400, "config must be an object"},
		"with broken JSON":          {tenant, `{"name"`, 400, "body must be a JSON object"},
	} {
		t.Run(what, func(t *testing.T) {
			if got := d.do(c.key, "POST", "/api/sessions", c.body); got.status != c.status || !strings.Contains(got.body, c.want) {
				t.Errorf("got %d %s, want %d %s", got.status, got.body, c.status, c.want)
			}
		})
	}
	var list v1alpha1.WhatsAppSessionList
	for _, name := range []string{space, other} {
		if err := k8s.List(t.Context(), &list, client.InNamespace(name)); err != nil || len(list.Items) != 0 {
			t.Errorf("in %s there are %v, %v", name, list.Items, err)
		}
	}
}

// A client that sends a call twice at once, as after an impatient click, gets one session
// and hears that it has it.
func TestOneOfManyCallsCreatesTheSession(t *testing.T) {
	d := open(t)
	space := namespace(t)
	key := d.key(map[string]string{access.EntryNamespaces: space})
	statuses := make(chan int, 8)
	for range cap(statuses) {
		go func() { statuses <- d.do(key, "POST", "/api/sessions", `{"name":"sales"}`).status }()
	}
	counts := map[int]int{}
	for range cap(statuses) {
		counts[<-statuses]++
	}
	if counts[http.StatusCreated] != 1 || counts[http.StatusUnprocessableEntity] != cap(statuses)-1 {
		t.Errorf("answers by status: %v", counts)
	}
}

// What Git has is Git's.
func TestGitWins(t *testing.T) {
	d := open(t)
	space := namespace(t)
	key := d.key(map[string]string{access.EntryNamespaces: space})
	for owner, mark := range map[string]metav1.ObjectMeta{
		"Argo CD": {Name: "argo", Annotations: map[string]string{"argocd.argoproj.io/tracking-id": "x"}},
		"Flux":    {Name: "flux", Labels: map[string]string{"kustomize.toolkit.fluxcd.io/name": "x"}},
		"Helm":    {Name: "helm", Annotations: map[string]string{"meta.helm.sh/release-name": "x"}},
	} {
		mark.Namespace = space
		create(t, &v1alpha1.WhatsAppSession{ObjectMeta: mark})
		d.await("the session", func() reply { return d.do(key, "GET", "/api/sessions/"+mark.Name, "") }, is(http.StatusOK))
		for _, call := range [][3]string{
			{"PUT", "/api/sessions/" + mark.Name, `{"config":{"debug":true}}`}, {"DELETE", "/api/sessions/" + mark.Name, ""},
			{"POST", "/api/sessions/" + mark.Name + "/stop", ""}, {"POST", "/api/sessions/" + mark.Name + "/logout", ""},
			{"POST", "/api/sessions/stop", `{"name":"` + mark.Name + `"}`},
		} {
			if got := d.do(key, call[0], call[1], call[2]); got.status != http.StatusConflict || !strings.Contains(got.body, "is managed by "+owner) {
				t.Errorf("%s: %s %s: %d %s", owner, call[0], call[1], got.status, got.body)
			}
		}
		live := get(t, space, mark.Name, &v1alpha1.WhatsAppSession{})
		if live.Generation != 1 || live.DeletionTimestamp != nil {
			t.Errorf("%s: the session has changed: %+v", owner, live)
		}
	}
	// A person who uses kubectl is no such tool.
	create(t, &v1alpha1.WhatsAppSession{ObjectMeta: metav1.ObjectMeta{Namespace: space, Name: "mine"}, Spec: v1alpha1.WhatsAppSessionSpec{LogLevel: v1alpha1.LogWarn}})
	d.await("the session", func() reply { return d.do(key, "GET", "/api/sessions/mine", "") }, is(http.StatusOK))
	if got := d.do(key, "POST", "/api/sessions/mine/stop", ""); got.status != 201 {
		t.Errorf("stop: %d %s", got.status, got.body)
	}
	if live := get(t, space, "mine", &v1alpha1.WhatsAppSession{}); live.Spec.State != v1alpha1.SessionStopped || live.Spec.LogLevel != v1alpha1.LogWarn {
		t.Errorf("after stop: %+v", live.Spec)
	}
}

// What is decided when a session is created can be said with it. The schema judges it.
func TestSettingsOfANewSession(t *testing.T) {
	d := open(t)
	space := namespace(t)
	key := d.key(map[string]string{access.EntryNamespaces: space})
	made := d.do(key, "POST", "/api/sessions", `{"name":"sales","start":false,"settings":{
		"pairing":{"method":"PhoneCode","phoneNumber":"+49 151 12345678"},
		"storage":{"size":"5Gi","storageClassName":"fast","whenDeleted":"Delete"},"history":{"sync":"Full","days":30}}}`)
	if made.status != 201 {
		t.Fatalf("create: %d %s", made.status, made.body)
	}
	spec := get(t, space, "sales", &v1alpha1.WhatsAppSession{}).Spec
	if p := spec.Pairing; p.Method != v1alpha1.PairPhoneCode || p.PhoneNumber != "4915112345678" {
		t.Errorf("pairing: %+v", p)
	}
	if c := spec.Storage.Claim; c.Size.String() != "5Gi" || *c.StorageClassName != "fast" || c.WhenDeleted != v1alpha1.VolumeDelete {
		t.Errorf("claim: %+v", c)
	}
	if h := spec.History; h.Sync != v1alpha1.HistoryFull || h.Days != 30 {
		t.Errorf("history: %+v", h)
	}
	// A later PUT, which has no settings, leaves them.
	if got := d.do(key, "PUT", "/api/sessions/sales", `{"config":{"debug":true}}`); got.status != 200 {
		t.Fatalf("put: %d %s", got.status, got.body)
	}
	if spec := get(t, space, "sales", &v1alpha1.WhatsAppSession{}).Spec; spec.Storage.Claim.Size.String() != "5Gi" || spec.History.Days != 30 || spec.LogLevel != v1alpha1.LogDebug {
		t.Errorf("after a PUT: %+v", spec)
	}
	for body, want := range map[string]string{
		`{"name":"x","settings":{"storage":{"size":"much"}}}`:             "settings.storage.size must be a quantity",
		`{"name":"x","settings":{"pairing":{"method":"PhoneCode"}}}`:      "needs pairing.phoneNumber",
		`{"name":"x","settings":{"history":{"days":-1}}}`:                 "spec.history.days",
		`{"name":"x","settings":{"storage":{"whenDeleted":"Sometimes"}}}`: "spec.storage.claim.whenDeleted",
		`{"name":"x","settings":5}`:                                       "settings must not be number",
	} {
		if got := d.do(key, "POST", "/api/sessions", body); got.status != 400 || !strings.Contains(got.body, want) {
			t.Errorf("%s: %d %s, want %s", body, got.status, got.body, want)
		}
	}
}
