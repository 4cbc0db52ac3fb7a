package main

import (
	"context"
	"fmt"
	"net/http"
	"syscall"
	"time"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/test/apiproxy"
)

// troubles are those of the API server, each for a few seconds: less than an
// operator waits before it gives up its lease.
var troubles = []apiproxy.Trouble{
	{Away: true},
	{Delay: 300 * time.Millisecond},
	{Code: http.StatusTooManyRequests, RetryAfter: 1},
	{Code: http.StatusInternalServerError, Share: 0.5},
	{Code: http.StatusConflict, Matches: apiproxy.IsWrite, Share: 0.7},
	{Lost: true, Matches: apiproxy.IsWrite, Share: 0.5},
}

// chaos is what happens to the lab, and what is wished for meanwhile.
type chaos struct {
	lab     *lab
	wishes  []*wish
	counts  map[kind]int
	lost    string    // the node that is lost at the moment
	trouble time.Time // when the last trouble ends or has ended
	pending []pending
}

// pending is what ends something that lasts.
type pending struct {
	at time.Time
	do func(context.Context) error
}

// settleDue ends what has lasted long enough; with all, everything.
func (c *chaos) settleDue(ctx context.Context, all bool) error {
	var left []pending
	for _, p := range c.pending {
		if !all && time.Now().Before(p.at) {
			left = append(left, p)
			continue
		}
		if err := p.do(ctx); err != nil {
			return err
		}
	}
	c.pending = left
	return nil
}

func (c *chaos) after(lasting time.Duration, do func(context.Context) error) {
	c.pending = append(c.pending, pending{time.Now().Add(lasting), do})
}

// ofSession says that something happens to a session, not to the world around.
func (k kind) ofSession() bool { return k <= childRemoved }

// disturb makes something happen to a session.
func (c *chaos) disturb(ctx context.Context, w *wish, s step) error {
	switch s.kind {
	case podKilled:
		return c.kill(ctx, w)
	case podEvicted:
		return gone(c.lab.nodes.Evict(ctx, w.key()))
	case existenceToggled:
		return c.toggle(ctx, w)
	case childRemoved:
		children := []client.Object{
			&corev1.Service{ObjectMeta: w.meta("")},
			&corev1.ConfigMap{ObjectMeta: w.meta("-config")},
			&networkingv1.NetworkPolicy{ObjectMeta: w.meta("")},
		}
		return gone(c.lab.Delete(ctx, children[s.value%len(children)]))
	default:
		return c.edit(ctx, w, s)
	}
}

// act makes something happen to the world around the sessions.
func (c *chaos) act(ctx context.Context, s step) error {
	switch s.kind {
	case operatorKilled:
		return c.lab.operators.replace(s.subject%replicas, syscall.SIGKILL)
	case operatorRestarted:
		return c.lab.operators.replace(s.subject%replicas, syscall.SIGTERM)
	case nodeLost:
		return c.lose(ctx, s)
	case serverTroubled:
		c.lab.proxy.Meet(&troubles[s.subject%len(troubles)])
		c.trouble = time.Now().Add(s.lasting)
		c.after(s.lasting, func(context.Context) error {
			c.lab.proxy.Meet(nil)
			c.trouble = time.Now()
			return nil
		})
	case watchesDropped:
		c.lab.proxy.DropWatches()
	}
	return nil
}

func (w *wish) meta(suffix string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: namespace, Name: w.name + suffix}
}

// edit changes a session as kubectl edit does.
func (c *chaos) edit(ctx context.Context, w *wish, s step) error {
	if !w.exists {
		return nil
	}
	w.change(s)
	session := &v1alpha1.WhatsAppSession{}
	if err := c.lab.Get(ctx, w.key(), session); err != nil {
		return fmt.Errorf("reading session %s: %w", w.name, err)
	}
	base := session.DeepCopy()
	w.into(&session.Spec)
	return c.lab.Patch(ctx, session, client.MergeFrom(base))
}

// toggle deletes a session, or creates it again. One that is still being deleted
// is left for later, as a person would.
func (c *chaos) toggle(ctx context.Context, w *wish) error {
	if w.exists {
		w.exists = false
		return c.lab.Delete(ctx, &v1alpha1.WhatsAppSession{ObjectMeta: w.meta("")})
	}
	err := c.lab.Create(ctx, w.session())
	if apierrors.IsAlreadyExists(err) {
		return nil
	}
	w.exists = err == nil
	return err
}

// lose cuts a node off. It comes back by itself, or after an administrator has
// declared it out of service.
func (c *chaos) lose(ctx context.Context, s step) error {
	if c.lost != "" {
		return nil
	}
	names := c.lab.nodes.Names()
	c.lost = names[s.subject%len(names)]
	c.after(s.lasting, func(ctx context.Context) error {
		node := c.lost
		c.lost = ""
		if s.value%2 == 0 {
			if err := c.lab.nodes.OutOfService(ctx, node); err != nil {
				return err
			}
		}
		return c.lab.nodes.Return(ctx, node)
	})
	return c.lab.nodes.Lose(ctx, c.lost)
}

// kill deletes a session's pod as it is. The API server would remove one that gets its
// node at that moment at once, without its kubelet.
func (c *chaos) kill(ctx context.Context, w *wish) error {
	pod := &corev1.Pod{}
	if err := c.lab.Get(ctx, w.key(), pod); err != nil {
		return gone(err)
	}
	return gone(c.lab.Delete(ctx, pod, client.Preconditions{UID: &pod.UID, ResourceVersion: &pod.ResourceVersion}))
}

// gone drops the error of an object that is not there.
func gone(err error) error {
	if apierrors.IsConflict(err) {
		return nil
	}
	return client.IgnoreNotFound(err)
}
