package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/test/chatapi"
	"github.com/wasession/wasession/test/cluster"
)

// check continues after run: it compares everything that arrived with the
// simulated phone, and takes the session through its life cycle.
func (t *tour) check(ctx context.Context) error {
	t.story.Chapter("Checking")
	t.story.RestartClock()
	for _, part := range []func(context.Context) error{
		t.checkChats, t.checkMessages, t.checkNeighbour, t.checkKey, t.checkGateway, t.checkDashboard,
		t.checkStopAndStart, t.checkLostPod, t.checkOperatorRestart, t.checkDeletion,
		t.checkSimulator,
	} {
		if err := part(ctx); err != nil {
			return err
		}
	}
	return nil
}

// checkChats compares the list and the overview with the phone's chats.
func (t *tour) checkChats(ctx context.Context) error {
	chats, err := t.api.Chats(ctx)
	if err != nil {
		return err
	}
	overview, err := t.api.Overview(ctx, 100)
	if err != nil {
		return err
	}
	if err := errors.Join(sameChats(chats, t.stack.phones.account()), newestFirst(chats, overview)); err != nil {
		return err
	}
	t.story.Step("chats and overview match the phone, newest first")
	return nil
}

// checkMessages checks the number of messages, and that there are no
// duplicates.
func (t *tour) checkMessages(ctx context.Context) error {
	messages, err := t.api.Messages(ctx, "all")
	if err != nil {
		return err
	}
	if err := eachOnce(messages, t.stack.phones.messages(t.history)); err != nil {
		return err
	}
	var one chatapi.Message
	if err := t.api.Get(ctx, "/chats/"+messages[0].From+"/messages/"+messages[0].ID+"?downloadMedia=false", &one); err != nil {
		return err
	}
	if one.Body != messages[0].Body {
		return fmt.Errorf("message %s is %q on its own but %q in the list", one.ID, one.Body, messages[0].Body)
	}
	t.story.Step("%d messages, none missing, none twice", len(messages))
	return nil
}

// checkNeighbour checks that the second sample waits for its own scan and knows
// nothing of the first.
func (t *tour) checkNeighbour(ctx context.Context) error {
	key := types.NamespacedName{Namespace: namespace, Name: "support"}
	if _, err := t.stack.cluster.AwaitSession(ctx, key, "waiting for its QR code to be scanned", cluster.Because(v1alpha1.ReasonWaitingForScan)); err != nil {
		return err
	}
	t.story.Step("session %s waits to be scanned separately", key.Name)
	return nil
}

// checkKey checks that nothing can be read without the key.
func (t *tour) checkKey(ctx context.Context) error {
	for _, key := range []string{"", "wrong", t.key[:len(t.key)-1]} {
		if _, err := chatapi.New(t.api.Base(), key, sessionName).Overview(ctx, 1); err == nil {
			return fmt.Errorf("the chat API accepts the key %q", key)
		}
	}
	t.story.Step("requests without the API key are refused")
	return nil
}

// checkStopAndStart stops and starts the session by its manifest: it needs no
// new scan, and what was sent meanwhile arrives.
func (t *tour) checkStopAndStart(ctx context.Context) error {
	if err := t.setState(ctx, v1alpha1.SessionStopped); err != nil {
		return err
	}
	if _, err := t.stack.cluster.AwaitSession(ctx, sessionKey, "stopped", func(s *v1alpha1.WhatsAppSession) bool {
		return s.Status.Phase == v1alpha1.PhaseStopped && cluster.Because(v1alpha1.ReasonStopped)(s)
	}); err != nil {
		return err
	}
	if err := t.stack.cluster.Get(ctx, sessionKey, &corev1.Pod{}); err == nil {
		return errors.New("a stopped session still has a pod")
	} else if client.IgnoreNotFound(err) != nil {
		return err
	}
	t.story.Step("spec.state: Stopped removed the pod")
	const meanwhile = "Sent while you were away"
	if _, err := t.stack.phones.send(ctx, meanwhile); err != nil {
		return err
	}
	if err := t.setState(ctx, v1alpha1.SessionRunning); err != nil {
		return err
	}
	if err := t.awaitWorking(ctx, meanwhile); err != nil {
		return err
	}
	t.story.Step("spec.state: Running brought it back, still paired, with the message sent meanwhile")
	return nil
}

func (t *tour) setState(ctx context.Context, state v1alpha1.SessionState) error {
	return t.patch(ctx, map[string]any{"spec": map[string]any{"state": state}})
}

// awaitWorking waits until the session is connected again without a scan, and a
// text is in its chats.
func (t *tour) awaitWorking(ctx context.Context, text string) error {
	if _, err := t.stack.cluster.AwaitSession(ctx, sessionKey, "connected again", func(s *v1alpha1.WhatsAppSession) bool {
		return s.Status.Phase == v1alpha1.PhaseWorking && cluster.Ready(s)
	}); err != nil {
		return err
	}
	if err := t.connect(ctx); err != nil {
		return err
	}
	return cluster.Eventually(ctx, func() (bool, error) {
		newest, err := t.api.Newest(ctx, "all", 5)
		return slices.ContainsFunc(newest, func(m chatapi.Message) bool { return m.Body == text }), err
	})
}

// checkLostPod deletes the pod, as when a node is lost.
func (t *tour) checkLostPod(ctx context.Context) error {
	pod := &corev1.Pod{}
	if err := t.stack.cluster.Get(ctx, sessionKey, pod); err != nil {
		return err
	}
	began := time.Now()
	if err := t.stack.cluster.Delete(ctx, pod); err != nil {
		return err
	}
	if err := t.stack.cluster.Await(ctx, &corev1.PodList{}, sessionKey, cluster.NewPod(pod.UID)); err != nil {
		return fmt.Errorf("a deleted pod was not replaced: %w", err)
	}
	const after = "Are you back?"
	if _, err := t.stack.phones.send(ctx, after); err != nil {
		return err
	}
	if err := t.awaitWorking(ctx, after); err != nil {
		return err
	}
	t.story.Step("a deleted pod was replaced and connected in %.1f s", time.Since(began).Seconds())
	return nil
}

// checkOperatorRestart restarts the operator: the session keeps running, and
// the new operator has nothing to change.
func (t *tour) checkOperatorRestart(ctx context.Context) error {
	before := &corev1.Pod{}
	if err := t.stack.cluster.Get(ctx, sessionKey, before); err != nil {
		return err
	}
	if err := t.stack.restartOperator(); err != nil {
		return err
	}
	const text = "Still there without your operator?"
	if _, err := t.stack.phones.send(ctx, text); err != nil {
		return err
	}
	if err := t.awaitWorking(ctx, text); err != nil {
		return err
	}
	after := &corev1.Pod{}
	if err := t.stack.cluster.Get(ctx, sessionKey, after); err != nil {
		return err
	}
	if after.UID != before.UID || after.Status.ContainerStatuses[0].RestartCount != before.Status.ContainerStatuses[0].RestartCount {
		return errors.New("restarting the operator restarted the session's pod")
	}
	t.story.Step("restarting the operator did not touch the session")
	return nil
}

// checkDeletion deletes the session, whose volume is retained, and applies the
// manifest again: the number is still paired.
func (t *tour) checkDeletion(ctx context.Context) error {
	claims := &corev1.PersistentVolumeClaimList{}
	if err := t.stack.cluster.List(ctx, claims, client.InNamespace(namespace), client.MatchingLabels{v1alpha1.LabelSession: sessionName}); err != nil {
		return err
	}
	if len(claims.Items) != 1 {
		return fmt.Errorf("the session has %d claims, want 1", len(claims.Items))
	}
	claim := &claims.Items[0]
	session := &v1alpha1.WhatsAppSession{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: sessionName}}
	if err := t.stack.cluster.Delete(ctx, session); err != nil {
		return err
	}
	if err := t.stack.cluster.AwaitGone(ctx, session); err != nil {
		return err
	}
	named := func(name string) metav1.ObjectMeta { return metav1.ObjectMeta{Namespace: namespace, Name: name} }
	for _, object := range []client.Object{
		&corev1.Pod{ObjectMeta: named(sessionName)},
		&corev1.Service{ObjectMeta: named(sessionName)},
		&corev1.ConfigMap{ObjectMeta: named(sessionName + "-config")},
		&corev1.Secret{ObjectMeta: named(sessionName + "-token")},
	} {
		if err := t.stack.cluster.AwaitGone(ctx, object); err != nil {
			return fmt.Errorf("after deleting the session: %w", err)
		}
	}
	kept := &corev1.PersistentVolumeClaim{}
	if err := t.stack.cluster.Get(ctx, client.ObjectKeyFromObject(claim), kept); err != nil {
		return fmt.Errorf("whenDeleted: Retain did not keep the claim: %w", err)
	}
	if kept.UID != claim.UID || kept.DeletionTimestamp != nil {
		return fmt.Errorf("whenDeleted: Retain did not keep the claim %s", claim.Name)
	}
	t.story.Step("deletion removed everything but the claim %s", claim.Name)

	if err := t.applySamples(ctx); err != nil {
		return err
	}
	const text = "Welcome back"
	if _, err := t.stack.phones.send(ctx, text); err != nil {
		return err
	}
	if err := t.awaitWorking(ctx, text); err != nil {
		return err
	}
	t.story.Step("the same manifest, applied again, is still paired")
	return nil
}

// checkSimulator checks that the runtime sent nothing that the simulator does
// not know. Otherwise a part of what was shown is not how WhatsApp behaves.
func (t *tour) checkSimulator(context.Context) error {
	if unknown := t.stack.phones.unhandled(); len(unknown) > 0 {
		return fmt.Errorf("the simulator received unknown stanzas: %q", unknown)
	}
	t.story.Step("the simulator received no unknown stanza")
	return nil
}
