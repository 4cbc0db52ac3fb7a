package controllers

import (
	"context"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/controllers/desired"
)

// ensureSecrets creates the Secret with the generated API key, or takes up the
// one that a session of this name has left. It is created and never applied: an
// apply could replace a key that is in use.
func (r *Reconciler) ensureSecrets(ctx context.Context, s *scope) error {
	if !desired.GeneratesKeys(s.session) {
		return nil
	}
	if s.keysSecret != nil {
		return r.takeKeys(ctx, s)
	}
	secret := desired.KeysSecret(s.session)
	err := r.Create(ctx, secret, fieldOwner)
	if apierrors.IsAlreadyExists(err) {
		if err := r.findKeys(ctx, s); err != nil {
			return err
		}
		if s.keysSecret != nil && !ownershipOf(s.keysSecret, s.session).mine() {
			return taken("Secret", s.keysSecret, s.session, labelAdvice(s.session))
		}
		return waitFor("Secret "+secret.Name+" to appear in the cache", conflictRecheck)
	}
	if err == nil {
		s.secrets = append(s.secrets, &metav1.PartialObjectMetadata{ObjectMeta: secret.ObjectMeta})
		r.wrote(s, "Secret", secret)
	}
	return r.refusal(s, "Secret", secret.Name, err)
}

// findKeys asks the API server for a Secret that is not in the cache.
func (r *Reconciler) findKeys(ctx context.Context, s *scope) error {
	name := client.ObjectKey{Namespace: s.session.Namespace, Name: desired.GeneratedKeysName(s.session)}
	live, err := r.orLive(ctx, s.keysSecret, name)
	if secret, ok := live.(*metav1.PartialObjectMetadata); ok {
		s.keysSecret = secret
	}
	return err
}

// takeKeys makes an existing Secret the session's: it gets its labels back, and
// an owner that takes it along only where the policy says so.
func (r *Reconciler) takeKeys(ctx context.Context, s *scope) error {
	secret := s.keysSecret
	if !ownershipOf(secret, s.session).mine() {
		return taken("Secret", secret, s.session, labelAdvice(s.session))
	}
	if secret.DeletionTimestamp != nil {
		return waitFor("the old Secret to be deleted", 0)
	}
	fields := map[string]any{}
	if lost := lostLabels(secret, desired.OwnLabels(s.session)); len(lost) > 0 {
		fields["labels"] = lost
	}
	if owners, changed := keyOwners(secret.OwnerReferences, s.session); changed {
		fields["ownerReferences"], fields["resourceVersion"] = owners, secret.ResourceVersion
	}
	if len(fields) == 0 {
		return nil
	}
	err := r.patchMetadata(ctx, secret, fields)
	if client.IgnoreNotFound(err) == nil {
		return nil
	}
	return r.refusal(s, "Secret", secret.Name, err)
}

// keyOwners are the owners that the Secret should have, and whether that is a
// change. Owners beside the session are kept.
func keyOwners(held []metav1.OwnerReference, session *v1alpha1.WhatsAppSession) (wanted []metav1.OwnerReference, changed bool) {
	bySession := func(owner metav1.OwnerReference) bool { return owner.UID == session.UID }
	owned := slices.ContainsFunc(held, bySession)
	switch {
	case desired.Retains(session) && owned:
		return slices.DeleteFunc(slices.Clone(held), bySession), true
	case !desired.Retains(session) && !owned:
		return append(slices.Clone(held), desired.OwnerReference(session)), true
	}
	return held, false
}

// releaseKeys deletes the generated keys with the session, or leaves them to the
// next one of the name.
func (r *Reconciler) releaseKeys(ctx context.Context, s *scope) error {
	if err := r.findKeys(ctx, s); err != nil || s.keysSecret == nil || !ownershipOf(s.keysSecret, s.session).mine() {
		return err
	}
	if !desired.Retains(s.session) {
		return r.remove(ctx, s.keysSecret)
	}
	if s.keysSecret.DeletionTimestamp != nil {
		return nil
	}
	return r.takeKeys(ctx, s)
}

// labelAdvice says how a Secret without labels is handed to a session.
func labelAdvice(session *v1alpha1.WhatsAppSession) string {
	return ", or give it the labels " + v1alpha1.LabelManagedBy + "=" + v1alpha1.ManagerName + " and " +
		v1alpha1.LabelSession + "=" + session.Name + " to use the API keys in it"
}
