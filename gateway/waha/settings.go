package waha

import (
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/wasession/wasession/api/v1alpha1"
	wasession "github.com/wasession/wasession/api/v1alpha1/applyconfiguration/api/v1alpha1"
)

// Settings are fields of the spec that WAHA has no words for, and that are decided when
// a session is created. None reaches beyond the session: what its pod is made of, and
// what it may reach, only a manifest says. Empty members leave the defaults of the
// schema, which judges the others.
type Settings struct {
	Pairing PairingWish `json:"pairing"`
	Storage StorageWish `json:"storage"`
	History HistoryWish `json:"history"`
}

// PairingWish is how the number is linked.
type PairingWish struct {
	Method      v1alpha1.PairingMethod `json:"method"`
	PhoneNumber string                 `json:"phoneNumber"`
}

// StorageWish is the session's volume.
type StorageWish struct {
	Size             string                        `json:"size"`
	StorageClassName string                        `json:"storageClassName"`
	WhenDeleted      v1alpha1.VolumeDeletionPolicy `json:"whenDeleted"`
}

// HistoryWish is the history that is requested from the phone.
type HistoryWish struct {
	Sync v1alpha1.HistorySync `json:"sync"`
	Days int32                `json:"days"`
}

// apply writes the settings into what is applied to a session.
func (s Settings) apply(spec *wasession.WhatsAppSessionSpecApplyConfiguration) error {
	if p := s.Pairing; p != (PairingWish{}) {
		if spec.Pairing == nil { // else it has what the phone is to show
			spec.WithPairing(wasession.PairingSpec())
		}
		pairing := spec.Pairing
		if p.Method != "" {
			pairing.WithMethod(p.Method)
		}
		if p.PhoneNumber != "" {
			pairing.WithPhoneNumber(strings.TrimPrefix(strings.ReplaceAll(p.PhoneNumber, " ", ""), "+"))
		}
	}
	if h := s.History; h != (HistoryWish{}) {
		history := wasession.HistorySpec()
		if h.Sync != "" {
			history.WithSync(h.Sync)
		}
		if h.Days != 0 {
			history.WithDays(h.Days)
		}
		spec.WithHistory(history)
	}
	if s.Storage == (StorageWish{}) {
		return nil
	}
	claim := wasession.ClaimSpec()
	if s.Storage.Size != "" {
		size, err := resource.ParseQuantity(s.Storage.Size)
		if err != nil {
			return BadRequest("settings.storage.size must be a quantity such as 2Gi")
		}
		claim.WithSize(size)
	}
	if s.Storage.StorageClassName != "" {
		claim.WithStorageClassName(s.Storage.StorageClassName)
	}
	if s.Storage.WhenDeleted != "" {
		claim.WithWhenDeleted(s.Storage.WhenDeleted)
	}
	spec.WithStorage(wasession.StorageSpec().WithClaim(claim))
	return nil
}

// Manifest is what is applied for a new session, with the Secrets that go with it.
func (c Create) Manifest(namespace, name string) (*wasession.WhatsAppSessionApplyConfiguration, Parts, error) {
	resource := ResourceName(name)
	session := wasession.WhatsAppSession(resource, namespace).WithSpec(wasession.WhatsAppSessionSpec())
	if name != resource {
		session.Spec.WithSessionName(name)
	}
	if c.Start != nil && !*c.Start {
		session.Spec.WithState(v1alpha1.SessionStopped)
	}
	parts, err := Configure(session, resource, c.Config)
	if err == nil && c.Settings != nil {
		err = c.Settings.apply(session.Spec)
	}
	return session, parts, err
}
