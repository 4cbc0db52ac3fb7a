package main

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/test/cluster"
	"github.com/wasession/wasession/test/perf/figures"
)

// rounds is how often the pods are replaced of which the medians are taken.
const rounds = 5

// figures measures what users pay: how long a replacement takes beside that of a bare
// pod, how long a fleet needs to be at work, and its memory.
func (l *lab) figures(ctx context.Context) error {
	if err := l.replacements(ctx); err != nil {
		return err
	}
	return l.fleet(ctx)
}

// replacements compares the session's pod with a bare pod of the same image, probes
// and volume, in turns.
func (l *lab) replacements(ctx context.Context) error {
	bare, err := l.barePod(ctx)
	if err != nil {
		return err
	}
	var ours, theirs []float64
	for range rounds {
		began := time.Now()
		if err := l.deletePod(ctx); err != nil {
			return err
		}
		if _, err := l.cluster.AwaitPod(ctx, sessionKey); err != nil {
			return err
		}
		if _, err := l.cluster.AwaitSession(ctx, sessionKey, "ready again", cluster.Ready); err != nil {
			return err
		}
		ours = append(ours, time.Since(began).Seconds())

		began = time.Now()
		if err := l.replaceBare(ctx, bare); err != nil {
			return err
		}
		theirs = append(theirs, time.Since(began).Seconds())
	}
	f := figures.Compared("replaced", "s", ours, theirs, "pod deleted to Ready, beside a bare pod that is made again as soon as it is gone")
	l.measure(f)
	l.story.Step("pod deleted to ready: %.2f s, a bare pod %.2f s (medians of %d)", f.Ours, f.Against, rounds)
	return l.cluster.Delete(ctx, bare)
}

// barePod makes a pod that is the session's in everything but its volume, its labels and
// its owner: it serves, and waits to be paired.
func (l *lab) barePod(ctx context.Context) (*corev1.Pod, error) {
	claim := &corev1.PersistentVolumeClaim{
		ObjectMeta: metav1.ObjectMeta{Namespace: userNamespace, Name: "bare"},
		Spec: corev1.PersistentVolumeClaimSpec{
			AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce},
			Resources:   corev1.VolumeResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceStorage: resource.MustParse("1Gi")}},
		},
	}
	if err := l.cluster.Create(ctx, claim); err != nil {
		return nil, err
	}
	session := &corev1.Pod{}
	if err := l.cluster.Get(ctx, sessionKey, session); err != nil {
		return nil, err
	}
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: userNamespace, Name: "bare"}, Spec: *session.Spec.DeepCopy()}
	pod.Spec.NodeName = ""
	for i := range pod.Spec.Volumes {
		if from := pod.Spec.Volumes[i].PersistentVolumeClaim; from != nil {
			from.ClaimName = claim.Name
		}
	}
	if err := l.cluster.Create(ctx, pod.DeepCopy()); err != nil {
		return nil, err
	}
	_, err := l.cluster.AwaitPod(ctx, client.ObjectKeyFromObject(pod))
	return pod, err
}

// replaceBare deletes the bare pod and makes it again as soon as it is gone.
func (l *lab) replaceBare(ctx context.Context, pod *corev1.Pod) error {
	if err := l.cluster.Delete(ctx, pod.DeepCopy()); err != nil {
		return err
	}
	if err := l.cluster.AwaitGone(ctx, pod.DeepCopy()); err != nil {
		return err
	}
	if err := l.cluster.Create(ctx, pod.DeepCopy()); err != nil {
		return err
	}
	_, err := l.cluster.AwaitPod(ctx, client.ObjectKeyFromObject(pod))
	return err
}

// fleet makes many sessions at once and pairs them.
func (l *lab) fleet(ctx context.Context) error {
	began := time.Now()
	names := make([]string, l.options.sessions)
	for i := range names {
		names[i] = fmt.Sprintf("fleet-%02d", i)
		if err := l.cluster.Create(ctx, &v1alpha1.WhatsAppSession{ObjectMeta: metav1.ObjectMeta{Namespace: userNamespace, Name: names[i]}}); err != nil {
			return err
		}
	}
	for i, name := range names {
		key := types.NamespacedName{Namespace: userNamespace, Name: name}
		if _, err := l.cluster.AwaitSession(ctx, key, "waiting for its QR code to be scanned", cluster.Because(v1alpha1.ReasonWaitingForScan)); err != nil {
			return err
		}
		api, err := l.client(ctx, key)
		if err != nil {
			return err
		}
		if err := scan(ctx, api, l.server.AddUser(fmt.Sprintf("49151555%05d", 10000+i), "", name)); err != nil {
			return fmt.Errorf("session %s: %w", name, err)
		}
	}
	for _, name := range names {
		if _, err := l.cluster.AwaitSession(ctx, types.NamespacedName{Namespace: userNamespace, Name: name}, "ready", cluster.Ready); err != nil {
			return err
		}
	}
	l.measure(figures.Figure{Name: "fleet", Ours: time.Since(began).Seconds(), Unit: "s", Note: fmt.Sprintf("%d sessions from manifest to WORKING", len(names))})
	l.story.Step("%d sessions from manifest to WORKING in %.1f s", len(names), time.Since(began).Seconds())
	return l.memory(ctx, names)
}
