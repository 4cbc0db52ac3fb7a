package main

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/test/cluster"
)

// patch changes the session's manifest.
func (l *lab) patch(ctx context.Context, patch string) error {
	_, err := l.kubectl(ctx, "--namespace", sessionKey.Namespace, "patch", "whatsappsession", sessionKey.Name, "--type=merge", "--patch", patch)
	return err
}

// changes stops and starts the session, has its volume grow, and archives chats.
func (l *lab) changes(ctx context.Context) error {
	if err := l.patch(ctx, `{"spec":{"state":"Stopped"}}`); err != nil {
		return err
	}
	if _, err := l.cluster.AwaitSession(ctx, sessionKey, "stopped", cluster.Because(v1alpha1.ReasonStopped)); err != nil {
		return err
	}
	if err := l.cluster.AwaitGone(ctx, &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: sessionKey.Namespace, Name: sessionKey.Name}}); err != nil {
		return err
	}
	const meanwhile = "sent while it was stopped"
	if _, err := l.contact.SendText(ctx, l.owner, meanwhile); err != nil {
		return err
	}
	if err := l.patch(ctx, `{"spec":{"state":"Running"}}`); err != nil {
		return err
	}
	if err := l.shows(ctx, l.direct, meanwhile); err != nil {
		return err
	}
	l.story.Step("stopped and started, with the message sent meanwhile")

	if err := l.patch(ctx, `{"spec":{"storage":{"claim":{"size":"3Gi"}}}}`); err != nil {
		return err
	}
	if _, err := l.cluster.AwaitSession(ctx, sessionKey, "on a larger volume", func(s *v1alpha1.WhatsAppSession) bool {
		claim := &corev1.PersistentVolumeClaim{}
		if err := l.cluster.Get(ctx, l.claimKey(s), claim); err != nil {
			return false
		}
		size := claim.Status.Capacity[corev1.ResourceStorage]
		return cluster.Ready(s) && size.Cmp(resource.MustParse("3Gi")) == 0
	}); err != nil {
		return err
	}
	l.story.Step("its volume grew to 3Gi")
	return l.archive(ctx)
}

// claimKey names the claim of a session.
func (l *lab) claimKey(s *v1alpha1.WhatsAppSession) types.NamespacedName {
	return types.NamespacedName{Namespace: s.Namespace, Name: s.Name + "-data"}
}

// archive has a policy archive the chats that are long silent.
func (l *lab) archive(ctx context.Context) error {
	state, err := l.owner.AppState()
	if err != nil {
		return err
	}
	before := state.View().Archived()
	if err := l.patch(ctx, `{"spec":{"autoArchive":{"policies":[{"name":"silent","inactiveFor":"1440h"}]}}}`); err != nil {
		return err
	}
	request := time.Now().Format(time.RFC3339)
	if err := l.patch(ctx, fmt.Sprintf(`{"metadata":{"annotations":{%q:%q}}}`, v1alpha1.AnnotationAutoArchiveRequestedAt, request)); err != nil {
		return err
	}
	session, err := l.cluster.AwaitSession(ctx, sessionKey, "done with the archive run", func(s *v1alpha1.WhatsAppSession) bool {
		return s.Status.AutoArchive != nil && s.Status.AutoArchive.LastHandledRequest == request && s.Status.AutoArchive.LastRunTime != nil
	})
	if err != nil {
		return err
	}
	after := state.View().Archived()
	if after <= before {
		return fmt.Errorf("the run archived nothing on the phone: %+v", session.Status.AutoArchive)
	}
	l.story.Step("a policy archived %d chats, on the phone too", after-before)
	return nil
}
