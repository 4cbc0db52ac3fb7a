package controllers

import (
	"context"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/wasession/wasession/api/v1alpha1"
)

// checkAccess rejects references to objects that the session may not use, under
// --require-session-access. Otherwise anyone who can write sessions could have
// any Secret in the namespace sent to their own webhook, or any claim mounted.
// It runs before any dependent object is created. A running pod is left alone:
// the session had access when it was created.
func (r *Reconciler) checkAccess(_ context.Context, s *scope) error {
	if !r.options.RequireAccess {
		return nil
	}
	// A stopped session's volume is created too, and mounted once it runs.
	if err := checkCopyAccess(s); err != nil || s.stopped() {
		return err
	}
	if pod := s.session.Spec.Pod; pod != nil && pod.Image != "" {
		return stall(v1alpha1.ReasonAccessDenied,
			"spec.pod.image is not allowed by the operator's --require-session-access: remove it")
	}
	if pod := s.session.Spec.Pod; pod != nil && pod.ServiceAccountName != "" {
		return stall(v1alpha1.ReasonAccessDenied,
			"spec.pod.serviceAccountName is not allowed by the operator's --require-session-access: remove it")
	}
	for _, use := range slices.Concat(s.missing, s.missingPulls) {
		return stall(v1alpha1.ReasonSecretNotFound,
			"Secret %s, named by %s, does not exist in this namespace: create it with the label %s, or remove the reference",
			use.Name, use.Field, v1alpha1.LabelSessionAccess).forNewSession(s)
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

// checkCopyAccess rejects a data source that the session may not use.
func checkCopyAccess(s *scope) error {
	source := s.session.Spec.Storage.Claim.DataSource
	if source == nil || s.claim != nil {
		return nil // only used when the claim is created
	}
	if source.Kind == v1alpha1.DataSourceSnapshot {
		return stall(v1alpha1.ReasonAccessDenied,
			"spec.storage.claim.dataSource names a VolumeSnapshot, which the operator's --require-session-access cannot check: restore it into a PersistentVolumeClaim with the label %s, and name that in spec.storage.existingClaim",
			v1alpha1.LabelSessionAccess)
	}
	if !grants(s.dataSource, s.session) {
		return denied("PersistentVolumeClaim", source.Name, "spec.storage.claim.dataSource", s.session)
	}
	return nil
}

// grants reports whether a session may use an object: its label is the
// session's name, or true for all sessions in the namespace.
func grants(object metav1.Object, session *v1alpha1.WhatsAppSession) bool {
	if object == nil {
		return false
	}
	value, labelled := object.GetLabels()[v1alpha1.LabelSessionAccess]
	return labelled && (value == v1alpha1.SessionAccessAll || value == session.Name)
}

func denied(kind, name, field string, session *v1alpha1.WhatsAppSession) *stallError {
	return stall(v1alpha1.ReasonAccessDenied,
		"%s %s, named by %s, may not be used by this session: label it %s=%s for this session, or =%s for all sessions in the namespace",
		kind, name, field, v1alpha1.LabelSessionAccess, session.Name, v1alpha1.SessionAccessAll)
}
