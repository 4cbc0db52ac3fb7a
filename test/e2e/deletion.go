package main

import (
	"context"
	"errors"
	"path/filepath"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/test/cluster"
)

// deletion deletes the session, whose volume stays, and applies its manifest again.
func (l *lab) deletion(ctx context.Context) error {
	session := &v1alpha1.WhatsAppSession{}
	if err := l.cluster.Get(ctx, sessionKey, session); err != nil {
		return err
	}
	claim := &corev1.PersistentVolumeClaim{}
	if err := l.cluster.Get(ctx, l.claimKey(session), claim); err != nil {
		return err
	}
	if err := l.cluster.Delete(ctx, session); err != nil {
		return err
	}
	if err := l.cluster.AwaitGone(ctx, session); err != nil {
		return err
	}
	if err := l.cluster.Get(ctx, client.ObjectKeyFromObject(claim), claim); err != nil || claim.DeletionTimestamp != nil {
		return errors.Join(errors.New("the claim was deleted with the session"), err)
	}
	l.story.Step("kubectl delete: the session is gone, and its claim stays")
	if _, err := l.kubectl(ctx, "--namespace", userNamespace, "apply", "--filename", filepath.Join(l.options.root, "config", "samples", "whatsappsession.yaml")); err != nil {
		return err
	}
	if _, err := l.cluster.AwaitSession(ctx, sessionKey, "ready with its old volume", cluster.Ready); err != nil {
		return err
	}
	var err error
	if l.direct, err = l.client(ctx, sessionKey); err != nil {
		return err
	}
	if err := l.shows(ctx, l.direct, "sent while it was stopped"); err != nil {
		return err
	}
	if err := l.receive(ctx, l.direct, "sent after the adoption"); err != nil {
		return err
	}
	l.story.Step("the same manifest, applied again, adopts the claim: paired, with all messages")
	return nil
}

// namespace deletes the namespace with all its sessions.
func (l *lab) namespace(ctx context.Context) error {
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: userNamespace}}
	if err := l.cluster.Delete(ctx, namespace); err != nil {
		return err
	}
	if err := l.cluster.AwaitGone(ctx, namespace); err != nil {
		return err
	}
	l.story.Step("the namespace is gone, with %d sessions", l.options.sessions+1)
	return nil
}
