package controllers

import (
	"context"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/wasession/wasession/api/v1alpha1"
)

// checkAccess holds a session to the objects that may be given to it, where the
// operator is told to: whoever may write sessions could otherwise have any Secret
// of the namespace sent to a webhook of theirs, and any claim mounted. It comes
// before anything is made that depends on them. A pod that runs is left alone: it
// was made when the session had access.
func (r *Reconciler) checkAccess(_ context.Context, s *scope) error {
	if !r.options.RequireAccess {
		return nil
	}
	// The volume of a stopped session is made as well, and mounted once it runs.
	if err := checkCopyAccess(s); err != nil || s.stopped() {
		return err
	}
	if pod := s.session.Spec.Pod; pod != nil && pod.Image != "" {
		return stall(v1alpha1.ReasonAccessDenied,
			"spec.pod.image is not allowed by the operator's --require-session-access: remove it")
	}
	for _, use := range slices.Concat(s.missing, s.missingPulls) {
		return stall(v1alpha1.ReasonSecretNotFound,
			"Secret %s, named by %s, does not exist in this namespace: create it with the label %s, or remove the reference",
			use.Name, use.Field, v1alpha1.LabelSessionAccess)
	}
	for _, secret := range s.named {
		if !grants(secret.object, s.session) {
			return denied("Secret", secret.use.Name, secret.use.Field, s.session)
		}
	}
	if name := s.session.Spec.Storage.ExistingClaim; name != "" && s.claim != nil && !grants(s.claim, s.session) {
		return denied("PersistentVolumeClaim", name, "spec.storage.existingClaim", s.session)
	}
	return nil
}

// checkCopyAccess holds a session to the claims that its volume may be made of.
func checkCopyAccess(s *scope) error {
	source := s.session.Spec.Storage.DataSource
	if source == nil || s.claim != nil {
		return nil // used once, when the claim is made
	}
	if source.Kind == v1alpha1.DataSourceSnapshot {
		return stall(v1alpha1.ReasonAccessDenied,
			"spec.storage.dataSource names a VolumeSnapshot, which the operator's --require-session-access cannot check: restore it into a PersistentVolumeClaim with the label %s, and name that in spec.storage.existingClaim",
			v1alpha1.LabelSessionAccess)
	}
	if !grants(s.dataSource, s.session) {
		return denied("PersistentVolumeClaim", source.Name, "spec.storage.dataSource", s.session)
	}
	return nil
}

// grants says whether an object may be given to a session: its label names the
// session, or says true for every session of the namespace.
func grants(object metav1.Object, session *v1alpha1.WhatsAppSession) bool {
	if object == nil {
		return false
	}
	value, labelled := object.GetLabels()[v1alpha1.LabelSessionAccess]
	return labelled && (value == v1alpha1.SessionAccessAll || value == session.Name)
}

func denied(kind, name, field string, session *v1alpha1.WhatsAppSession) *stallError {
	return stall(v1alpha1.ReasonAccessDenied,
		"%s %s, named by %s, is not given to sessions: label it %s=%s for this session, or =%s for all of the namespace",
		kind, name, field, v1alpha1.LabelSessionAccess, session.Name, v1alpha1.SessionAccessAll)
}
