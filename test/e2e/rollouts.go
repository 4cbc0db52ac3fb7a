package main

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/test/cluster"
	"github.com/wasession/wasession/test/perf/figures"
)

// rollouts upgrades to a second image, and to one that there is not.
func (l *lab) rollouts(ctx context.Context) error {
	began := time.Now()
	if err := l.upgrade(ctx, secondTag); err != nil {
		return err
	}
	if err := l.awaitImage(ctx, repository+":"+secondTag); err != nil {
		return err
	}
	l.measure(figures.Figure{Name: "rollout", Ours: time.Since(began).Seconds(), Unit: "s", Note: "helm upgrade to a second image, until the session is ready with it"})
	l.story.Step("helm upgrade to a second image: the session's pod is replaced and ready after %.1f s", time.Since(began).Seconds())

	// A session's own image, which there is not: the operator tries it and says so.
	if _, err := l.kubectl(ctx, "--namespace", userNamespace, "patch", "whatsappsession", sessionKey.Name, "--type=merge", "--patch", `{"spec":{"pod":{"image":"`+repository+`:broken"}}}`); err != nil {
		return err
	}
	session, err := l.cluster.AwaitSession(ctx, sessionKey, "unable to get its image", func(s *v1alpha1.WhatsAppSession) bool {
		ready := meta.FindStatusCondition(s.Status.Conditions, v1alpha1.ConditionReady)
		return ready != nil && ready.Status != metav1.ConditionTrue && ready.Reason == v1alpha1.ReasonImagePullFailed
	})
	if err != nil {
		return err
	}
	l.story.Step("an image that there is not: %s", meta.FindStatusCondition(session.Status.Conditions, v1alpha1.ConditionReady).Message)
	if _, err := l.kubectl(ctx, "--namespace", userNamespace, "patch", "whatsappsession", sessionKey.Name, "--type=json", "--patch", `[{"op":"remove","path":"/spec/pod/image"}]`); err != nil {
		return err
	}
	if err := l.awaitImage(ctx, repository+":"+secondTag); err != nil {
		return err
	}
	if err := l.receive(ctx, l.direct, "sent after the broken image"); err != nil {
		return err
	}
	l.story.Step("without it, the session is ready again and still paired")
	return nil
}

// awaitImage waits until the session's pod has an image and the session is ready.
func (l *lab) awaitImage(ctx context.Context, image string) error {
	err := cluster.Eventually(ctx, func() (bool, error) {
		pod := &corev1.Pod{}
		if err := l.cluster.Get(ctx, sessionKey, pod); err != nil {
			return false, err
		}
		return pod.DeletionTimestamp == nil && pod.Spec.Containers[0].Image == image, nil
	})
	if err != nil {
		return fmt.Errorf("the session's pod does not get the image %s: %w", image, err)
	}
	_, err = l.cluster.AwaitSession(ctx, sessionKey, "ready with the image "+image, cluster.Ready)
	return err
}
