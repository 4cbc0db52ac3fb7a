package cluster

import (
	"context"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/watch"

	"github.com/wasession/wasession/api/v1alpha1"
)

// Session reads a session of the namespace.
func (c *Cluster) Session(ctx context.Context, name string) (*v1alpha1.WhatsAppSession, error) {
	s, err := c.Sessions(c.Namespace).Get(ctx, name, metav1.GetOptions{})
	return s, c.explain(err, name)
}

// List reads the sessions of a namespace, or of all if it is empty.
func (c *Cluster) List(ctx context.Context, namespace, selector string) ([]v1alpha1.WhatsAppSession, error) {
	list, err := c.Sessions(namespace).List(ctx, metav1.ListOptions{LabelSelector: selector})
	if err != nil {
		return nil, c.explain(err, "")
	}
	return list.Items, nil
}

// explain adds what to do to errors that say too little.
func (c *Cluster) explain(err error, name string) error {
	if !apierrors.IsNotFound(err) {
		return err
	}
	if name == "" || apierrors.ReasonForError(err) == metav1.StatusReasonNotFound && !named(err) {
		return fmt.Errorf("this cluster has no WhatsAppSessions: install wasession, or choose another --context (%w)", err)
	}
	return fmt.Errorf("there is no session %q in the namespace %q: see kubectl get was -A", name, c.Namespace)
}

// named says whether an object is not found, and not its kind.
func named(err error) bool {
	status, ok := err.(apierrors.APIStatus)
	return ok && status.Status().Details != nil && status.Status().Details.Name != ""
}

// Await watches a session until done, and returns it then. It follows over the ends of
// watches, and over errors that pass. A session that is deleted meanwhile is an error.
func (c *Cluster) Await(ctx context.Context, name string, done func(*v1alpha1.WhatsAppSession) bool) (found *v1alpha1.WhatsAppSession, err error) {
	err = again(ctx, func(read func()) (over bool, err error) {
		if found, err = c.Session(ctx, name); err != nil {
			return false, err
		}
		read()
		if done(found) {
			return true, nil
		}
		events, err := c.Sessions(c.Namespace).Watch(ctx, metav1.ListOptions{
			FieldSelector:   fields.OneTermEqualSelector("metadata.name", name).String(),
			ResourceVersion: found.ResourceVersion,
		})
		if err != nil {
			return false, err
		}
		defer events.Stop()
		for event := range events.ResultChan() {
			s, isSession := event.Object.(*v1alpha1.WhatsAppSession)
			if event.Type == watch.Deleted {
				return false, fmt.Errorf("the session %q was deleted", name)
			}
			if isSession && done(s) {
				found = s
				return true, nil
			}
		}
		return false, nil
	})
	if err != nil {
		return nil, err
	}
	return found, nil
}

// orCause is why ctx ended, where that is why err happened.
func orCause(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// MayPass says whether an error may pass by itself: what the API server answers to a
// caller who may not, or to a wrong request, does not.
func MayPass(err error) bool {
	return !apierrors.IsForbidden(err) && !apierrors.IsUnauthorized(err) && !apierrors.IsInvalid(err) && !apierrors.IsBadRequest(err)
}
