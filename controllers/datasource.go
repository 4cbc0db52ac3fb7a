package controllers

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/wasession/wasession/api/v1alpha1"
)

// checkDataSource refuses to ignore spec.storage.claim.dataSource: a claim that a
// session of the name has left would be taken up instead, and its chats and
// pairing would pass for those of the backup. A session that has been paired on
// the claim is past that question.
func (s *scope) checkDataSource() error {
	source := s.session.Spec.Storage.Claim.DataSource
	if source == nil || s.claim == nil || madeOf(s.claim, source) || s.wasPaired() {
		return nil
	}
	return stall(v1alpha1.ReasonDataSourceIgnored,
		"PersistentVolumeClaim %s exists and was not created from %s %s, so spec.storage.claim.dataSource has no effect: delete the claim to restore, or create the session without dataSource to use what the claim holds",
		s.claim.Name, source.Kind, source.Name)
}

// madeOf reports whether a claim was created from the source.
func madeOf(claim *corev1.PersistentVolumeClaim, source *v1alpha1.VolumeDataSource) bool {
	from := claim.Spec.DataSource
	return from != nil && from.Kind == string(source.Kind) && from.Name == source.Name
}
