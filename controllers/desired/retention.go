package desired

import "github.com/wasession/wasession/api/v1alpha1"

// Retains reports whether the session leaves its volume and its generated API
// keys to the next session of its name when it is deleted. What it leaves has no
// owner: nothing that happens to the session object, not even a forced deletion,
// lets the garbage collector take it.
func Retains(s *v1alpha1.WhatsAppSession) bool {
	return s.Spec.Storage.Claim.WhenDeleted != v1alpha1.VolumeDelete
}
