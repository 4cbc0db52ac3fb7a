package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/test/chatapi"
	"github.com/wasession/wasession/test/cluster"
	"github.com/wasession/wasession/test/story"
)

// The sample that is paired, and its namespace.
const (
	namespace   = "default"
	sessionName = "default"
)

var sessionKey = types.NamespacedName{Namespace: namespace, Name: sessionName}

// tour goes through the product's main job.
type tour struct {
	stack *stack
	story *story.Story
	root  string
	api   *chatapi.Client
	key   string
	// history is how far back the session imports messages.
	history time.Duration
}

// run goes from a manifest to responses of the chat API.
func (t *tour) run(ctx context.Context) error {
	t.story.Chapter("From a manifest to a paired session")
	t.story.RestartClock()
	if err := t.applySamples(ctx); err != nil {
		return err
	}
	t.story.Step("manifests applied: config/samples/")
	pod, err := t.stack.cluster.AwaitPod(ctx, sessionKey)
	if err != nil {
		return fmt.Errorf("%w; its log:%s", err, t.stack.podLogs())
	}
	t.story.Step("pod %s is running and serves on %s", pod.Name, pod.Status.PodIP)
	if _, err := t.stack.cluster.AwaitSession(ctx, sessionKey, "waiting for its QR code to be scanned", cluster.Because(v1alpha1.ReasonWaitingForScan)); err != nil {
		return err
	}
	t.story.Step("status is %s", v1alpha1.ReasonWaitingForScan)

	if err := t.connect(ctx); err != nil {
		return err
	}
	qr, err := t.api.QR(ctx)
	if err != nil {
		return fmt.Errorf("get the QR code: %w", err)
	}
	t.story.Step("QR code fetched through the Service's address, %d characters", len(qr))
	if err := t.stack.phones.scan(ctx, qr); err != nil {
		return fmt.Errorf("scan the QR code: %w", err)
	}
	t.story.Step("QR code scanned with a simulated phone")
	session, err := t.stack.cluster.AwaitSession(ctx, sessionKey, "Ready", cluster.Ready)
	if err != nil {
		return err
	}
	t.story.Step("paired and connected as %s", session.Status.Me.ID)
	t.history = 90 * 24 * time.Hour // of history.sync Recent
	if err := t.awaitHistory(ctx); err != nil {
		return err
	}
	if err := t.show(ctx); err != nil {
		return err
	}
	return t.autoArchive(ctx)
}

// samples are the manifests of config/samples that need only the operator; the
// third names a storage class, snapshots and secrets.
var samples = []string{"whatsappsession.yaml", "whatsappsession_autoarchive.yaml"}

func (t *tour) applySamples(ctx context.Context) error {
	for _, sample := range samples {
		if err := cluster.ApplyFile(ctx, t.stack.cluster, namespace, filepath.Join(t.root, "config", "samples", sample)); err != nil {
			return err
		}
	}
	return nil
}

// connect makes the client of the session's chat API from the Service and the
// generated key that the operator left in the cluster.
func (t *tour) connect(ctx context.Context) error {
	service := &corev1.Service{}
	if err := t.stack.cluster.Get(ctx, sessionKey, service); err != nil {
		return err
	}
	secret := &corev1.Secret{}
	if err := t.stack.cluster.Get(ctx, types.NamespacedName{Namespace: namespace, Name: sessionName + "-keys"}, secret); err != nil {
		return err
	}
	t.key = string(secret.Data["api-key"])
	t.api = chatapi.New(fmt.Sprintf("http://%s:%d", service.Spec.ClusterIP, service.Spec.Ports[0].Port), t.key, sessionName)
	return nil
}

// awaitHistory returns once all chats and messages of the phone are there.
func (t *tour) awaitHistory(ctx context.Context) error {
	wantChats, wantMessages := t.stack.phones.account().chats, t.stack.phones.messages(t.history)
	var chats []chatapi.Chat
	var messages []chatapi.Message
	err := cluster.Eventually(ctx, func() (bool, error) {
		var err error
		if chats, err = t.api.Chats(ctx); err != nil || len(chats) < wantChats {
			return false, err
		}
		messages, err = t.api.Messages(ctx, "all")
		return len(messages) >= wantMessages, err
	})
	if err != nil {
		return fmt.Errorf("history: %d of %d chats and %d of %d messages arrived (%w)", len(chats), wantChats, len(messages), wantMessages, err)
	}
	t.story.Step("history imported: %d chats, and %d messages of the last %.0f days", len(chats), len(messages), t.history.Hours()/24)
	return nil
}

// show prints what the session and its API return.
func (t *tour) show(ctx context.Context) error {
	live := "Is the order on its way?"
	sender, err := t.stack.phones.send(ctx, live)
	if err != nil {
		return fmt.Errorf("send a new message: %w", err)
	}
	var overview []chatapi.Summary
	err = cluster.Eventually(ctx, func() (bool, error) {
		overview, err = t.api.Overview(ctx, 8)
		return err == nil && len(overview) > 0 && overview[0].LastMessage != nil && overview[0].LastMessage.Body == live, err
	})
	if err != nil {
		return fmt.Errorf("a new message did not move to the top of the overview: %w", err)
	}
	t.story.Step("a new message from %s arrived", sender)

	table, err := t.stack.cluster.Table(ctx, namespace)
	if err != nil {
		return err
	}
	t.story.Chapter("kubectl get was")
	t.story.Block(table)

	chats, err := t.api.Chats(ctx)
	if err != nil {
		return err
	}
	t.story.Chapter(fmt.Sprintf("GET /api/%s/chats: %s", sessionName, countChats(chats)))
	t.story.Chapter(fmt.Sprintf("GET /api/%s/chats/overview", sessionName))
	for _, row := range overview {
		t.story.Say("    %-28.28s %-22.22s %s", row.Name, marks(row.Chat), oneLine(row.LastMessage))
	}
	newest, err := t.api.Newest(ctx, overview[0].ID, 5)
	if err != nil {
		return err
	}
	t.story.Chapter(fmt.Sprintf("GET /api/%s/chats/%s/messages", sessionName, overview[0].ID))
	for i := range newest {
		t.story.Say("    %s  %s", time.Unix(newest[i].Timestamp, 0).Format("2006-01-02 15:04"), oneLine(&newest[i]))
	}
	return nil
}

// farewell prints how to look around.
func (t *tour) farewell() {
	t.story.Chapter("Look around, in another terminal")
	t.story.Block(strings.Join([]string{
		"export KUBECONFIG=" + t.stack.kubeconfig,
		"kubectl get was",
		"kubectl describe was " + sessionName,
		"",
		"export API=" + t.api.Base() + " KEY=" + t.key,
		`curl -H "X-Api-Key: $KEY" $API/api/` + sessionName + "/chats?limit=5",
		`curl -H "X-Api-Key: $KEY" $API/api/` + sessionName + "/chats/overview",
		`curl -H "X-Api-Key: $KEY" "$API/api/` + sessionName + `/chats/all/messages?limit=3"`,
		t.stack.phones.example(),
		"",
		"# All sessions at one URL, where they are also created:",
		"export API=" + t.stack.door.url + " KEY=" + t.stack.door.key,
		`curl -H "X-Api-Key: $KEY" $API/api/sessions`,
		`curl -H "X-Api-Key: $KEY" --json '{"name":"reception"}' $API/api/sessions`,
		"The API with examples to try: " + t.stack.door.url + "/docs",
		"",
		"The dashboard: " + t.stack.door.dashboard(),
		"Log in with the key " + t.stack.door.key,
		"",
		"logs: " + t.stack.logs() + " and " + filepath.Join(t.stack.dir, "node", "pods"),
	}, "\n"))
	t.story.Say("\nEverything is running. Press Ctrl-C to stop it and clean up.")
}
