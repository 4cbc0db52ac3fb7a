package dashboard

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/yaml"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/gateway/access"
	"github.com/wasession/wasession/gateway/fleet"
	"github.com/wasession/wasession/gateway/waha"
)

var createCall = access.Call{Action: access.Setting, Verb: "create"}

// newSession is the form for a new session.
type newSession struct {
	Namespaces []string
	// Namespace is filled in already; empty if the visitor must choose.
	Namespace string
	Events    []string
}

// homes are the namespaces in which the visitor is known to be allowed to create
// sessions. An admin may use others too.
func (v *visit) homes(ctx context.Context) ([]string, error) {
	known := map[string]bool{}
	for _, name := range []string{v.caller.Home(), v.d.DefaultNamespace} {
		known[name] = true
	}
	if key, ok := v.caller.(access.Key); ok {
		for _, name := range key.Namespaces {
			known[name] = true
		}
	}
	for _, s := range v.d.Fleet.All() {
		if known[s.Namespace] {
			continue
		}
		listed, err := v.caller.Lists(ctx, s.Key())
		if err != nil {
			return nil, err
		}
		known[s.Namespace] = listed
	}
	var homes []string
	for name, candidate := range known {
		if !candidate || name == "" {
			continue
		}
		may, err := v.caller.May(ctx, types.NamespacedName{Namespace: name}, createCall)
		if err != nil {
			return nil, err
		}
		if may {
			homes = append(homes, name)
		}
	}
	slices.Sort(homes)
	return homes, nil
}

// creates says whether the visitor may create sessions anywhere.
func (v *visit) creates(ctx context.Context) (bool, error) {
	homes, err := v.homes(ctx)
	if err != nil || len(homes) > 0 {
		return len(homes) > 0, err
	}
	return v.caller.Admin(ctx)
}

func (d *Dashboard) newPage(v *visit) error {
	homes, err := v.homes(v.r.Context())
	if err != nil {
		return err
	}
	form := newSession{Namespaces: homes, Namespace: cmp.Or(v.caller.Home(), d.DefaultNamespace), Events: offered}
	if form.Namespace == "" && len(homes) == 1 {
		form.Namespace = homes[0]
	}
	return v.show(http.StatusOK, "new", form)
}

// offered are the events that the form offers: those that most receivers want.
var offered = []string{"message", "message.ack", "message.reaction", "message.edited", "message.revoked", "session.status", "chat.archive"}

// wishOf is the body of POST /api/sessions that the form means.
func wishOf(form url.Values) map[string]any {
	text := func(name string) string { return strings.TrimSpace(form.Get(name)) }
	pairing := map[string]any{}
	if text("method") == string(v1alpha1.PairPhoneCode) {
		pairing["method"], pairing["phoneNumber"] = v1alpha1.PairPhoneCode, text("phoneNumber")
	}
	storage := map[string]any{"size": text("size"), "storageClassName": text("storageClassName")}
	if text("whenDeleted") == string(v1alpha1.VolumeDelete) {
		storage["whenDeleted"] = v1alpha1.VolumeDelete
	}
	history := map[string]any{}
	if sync := text("sync"); sync != "" && sync != string(v1alpha1.HistoryRecent) {
		history["sync"] = sync
	}
	if days, err := strconv.Atoi(text("days")); err == nil && text("sync") != string(v1alpha1.HistoryNone) {
		history["days"] = days
	}
	config := map[string]any{}
	if hook := text("webhook"); hook != "" {
		events := form["events"]
		if len(events) == 0 || form.Has("all") {
			events = []string{string(v1alpha1.AllEvents)}
		}
		configured := map[string]any{"url": hook, "events": events}
		if key := text("hmac"); key != "" {
			configured["hmac"] = map[string]string{"key": key}
		}
		config["webhooks"] = []any{configured}
	}
	return map[string]any{
		"name": waha.Qualified(text("namespace"), text("name")), "start": text("start") != "no", "config": config,
		"settings": map[string]any{"pairing": pairing, "storage": storage, "history": history},
	}
}

// preview is the manifest that the form means, or why there is none.
type preview struct{ YAML, Problem string }

// newManifest shows the manifest as the form is filled in.
func (d *Dashboard) newManifest(v *visit) error {
	if err := v.r.ParseForm(); err != nil {
		return waha.BadRequest("the form could not be read")
	}
	form := v.r.PostForm
	for name, example := range map[string]string{"name": "my-session", "namespace": "my-namespace"} {
		if strings.TrimSpace(form.Get(name)) == "" {
			form.Set(name, example)
		}
	}
	text, err := previewOf(wishOf(form))
	if isTold(err) {
		return v.part(http.StatusOK, "new", "part-preview", preview{Problem: problemOfNew(err.Error()).Text})
	}
	if err != nil {
		return err
	}
	return v.part(http.StatusOK, "new", "part-preview", preview{YAML: text})
}

// previewOf is the manifest of a wish. What is secret stands in Secrets, which are named.
func previewOf(wish map[string]any) (string, error) {
	raw, err := json.Marshal(wish)
	if err != nil {
		return "", fmt.Errorf("encoding a new session: %w", err)
	}
	var in waha.Create
	if err := json.Unmarshal(raw, &in); err != nil {
		return "", err
	}
	namespace, name := waha.SplitName(in.Name)
	if !waha.ValidName(name) {
		return "", waha.BadRequest("The name may have letters without accents, digits, - and _, and at most 54 of them")
	}
	session, parts, err := in.Manifest(namespace, name)
	if err != nil {
		return "", err
	}
	written, err := yaml.Marshal(session)
	if err != nil {
		return "", fmt.Errorf("writing a manifest: %w", err)
	}
	text := string(written)
	for _, secret := range slices.Sorted(maps.Keys(parts)) {
		text += "# The Secret " + secret + " has " + strings.Join(slices.Sorted(maps.Keys(parts[secret])), ", ") +
			".\n# It is made here, and is yours to make where Git has the manifest.\n"
	}
	return text, nil
}

// create creates the session.
func (d *Dashboard) create(v *visit) error {
	if err := v.r.ParseForm(); err != nil {
		return waha.BadRequest("the form could not be read")
	}
	for field, problem := range map[string]string{"name": "Give the session a name", "namespace": "The namespace is missing"} {
		if strings.TrimSpace(v.r.PostForm.Get(field)) == "" {
			return v.refuseNew(waha.BadRequest(problem))
		}
	}
	var made struct {
		Name, Namespace string
	}
	if err := v.call(http.MethodPost, "/api/sessions", wishOf(v.r.PostForm), &made); err != nil {
		return v.refuseNew(err)
	}
	key := types.NamespacedName{Namespace: made.Namespace, Name: waha.ResourceName(made.Name)}
	session, ok := d.Fleet.Get(key)
	if !ok { // the API waits for the watch, but not for ever
		return v.to(Root)
	}
	return v.to(pathOf(session))
}

func pathOf(s fleet.Session) string { return sessionOf(s).Path }
