package controllers

import (
	"context"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/controllers/desired"
)

// yieldName leaves the name in the chat API to an older session of the namespace,
// or a call for that name would reach one number today and another tomorrow.
func (r *Reconciler) yieldName(ctx context.Context, s *scope) error {
	if s.namesake == "" {
		return nil
	}
	if err := r.giveWay(ctx, s, "Another session has the name"); err != nil {
		return err
	}
	return stall(v1alpha1.ReasonSessionNameInUse,
		"The name %s in the chat API belongs to WhatsAppSession %s, which is older: delete that session, or create this one with another spec.sessionName",
		desired.SessionName(s.session), s.namesake)
}

// findNamesake returns the name of the oldest session of the namespace that has
// the same name in the chat API, if that is not this one. A session that is being
// deleted counts until it is gone.
func (r *Reconciler) findNamesake(ctx context.Context, session *v1alpha1.WhatsAppSession) (string, error) {
	name := desired.SessionName(session)
	given := &v1alpha1.WhatsAppSessionList{}
	err := r.List(ctx, given, client.InNamespace(session.Namespace), client.MatchingFields{indexName: name}, client.UnsafeDisableDeepCopy)
	if err != nil {
		return "", fmt.Errorf("listing the sessions called %s: %w", name, err)
	}
	oldest := session
	for i := range given.Items {
		if other := &given.Items[i]; older(other, oldest) {
			oldest = other
		}
	}
	if name != session.Name {
		// The session of which it is the resource's name is in no index.
		own := &v1alpha1.WhatsAppSession{}
		err := r.Get(ctx, types.NamespacedName{Namespace: session.Namespace, Name: name}, own)
		switch {
		case apierrors.IsNotFound(err):
		case err != nil:
			return "", fmt.Errorf("reading the session %s: %w", name, err)
		case desired.SessionName(own) == name && older(own, oldest):
			oldest = own
		}
	}
	if oldest.UID == session.UID {
		return "", nil
	}
	return oldest.Name, nil
}

// givenNames is the name that the spec gives. Most sessions have none, so the index
// costs them nothing.
func givenNames(s *v1alpha1.WhatsAppSession) []string {
	if s.Spec.SessionName == "" {
		return nil
	}
	return []string{s.Spec.SessionName}
}
