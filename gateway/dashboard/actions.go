package dashboard

import (
	"net/http"
	"net/url"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/gateway/waha"
)

// command returns the handler of a button that tells a session what to do, with what
// the page says then.
func (d *Dashboard) command(verb, done string) func(v *visit) error {
	return func(v *visit) error {
		s, err := v.session()
		if err != nil {
			return err
		}
		if err := v.call(http.MethodPost, "/api/sessions/"+url.PathEscape(s.Qualified())+"/"+verb, struct{}{}, nil); err != nil {
			return err
		}
		if v.asksPart() {
			return v.part(http.StatusOK, "session", "part-done", done)
		}
		return v.to(s.Path)
	}
}

// ending is the question before something that cannot be undone.
type ending struct {
	Frame frame
	// What becomes of the session, a sentence each.
	Consequences []string
	// Name must be typed in; Typed is what was.
	Name, Typed, Problem string
}

func newEnding(v *visit, s session) ending {
	return ending{Frame: v.frame(s, "-"), Name: s.Called}
}

func (d *Dashboard) deletePage(v *visit) error {
	s, err := v.session()
	if err == nil {
		err = v.mustMay(s, deleteCall)
	}
	if err != nil {
		return err
	}
	e := newEnding(v, s)
	e.Consequences = afterDelete(s)
	return v.show(http.StatusOK, "delete", e)
}

// afterDelete says what deleting a session does.
func afterDelete(s session) []string {
	all := []string{"The session disconnects, and its webhooks, its address and its entry here end."}
	storage := s.Spec.Storage
	claim := "of the session"
	if s.Status.Volume != nil && s.Status.Volume.Claim != "" {
		claim = s.Status.Volume.Claim
	}
	switch {
	case storage.Type == v1alpha1.StorageExistingClaim:
		all = append(all, "Its volume, the claim "+storage.ExistingClaim+", stays as it is: the manifest adopted it.")
	case storage.Claim.WhenDeleted == v1alpha1.VolumeDelete:
		all = append(all, "Its volume is deleted too, by storage.claim.whenDeleted: Delete. The pairing, the chats and the media are lost for good.")
	default:
		all = append(all, "Its volume stays, by storage.claim.whenDeleted: Retain. A new session of the same name takes it over and is still paired. To remove the chats for good, delete the claim "+claim+" as well.")
	}
	if s.Annotations[v1alpha1.AnnotationLogoutOnDelete] == "true" {
		return append(all, "The device is unlinked from the number.")
	}
	return append(all, "The phone goes on listing the device until somebody removes it there. Unlink the phone first if that matters.")
}

// deleteSession deletes a session whose name was typed in.
func (d *Dashboard) deleteSession(v *visit) error {
	s, err := v.session()
	if err != nil {
		return err
	}
	e := newEnding(v, s)
	e.Consequences, e.Typed = afterDelete(s), v.r.PostFormValue("name")
	if e.Typed != e.Name {
		e.Problem = "Type the name exactly as it is written above: " + e.Name
		return v.show(http.StatusUnprocessableEntity, "delete", e)
	}
	if err := v.call(http.MethodDelete, "/api/sessions/"+url.PathEscape(s.Qualified()), nil, nil); err != nil {
		return err
	}
	return v.to(Root)
}

func (d *Dashboard) logoutPage(v *visit) error {
	s, err := v.session()
	if err == nil {
		err = v.mustMay(s, controlCall)
	}
	if err != nil {
		return err
	}
	return v.show(http.StatusOK, "logout", newEnding(v, s))
}

func (d *Dashboard) logoutSession(v *visit) error {
	s, err := v.session()
	if err != nil {
		return err
	}
	if status := waha.StatusOf(s.WhatsAppSession); status == string(v1alpha1.PhaseStopped) {
		return waha.Fail(http.StatusConflict, "The session is stopped. Start it to log it out: only a session that runs can tell WhatsApp")
	}
	if err := v.call(http.MethodPost, "/api/sessions/"+url.PathEscape(s.Qualified())+"/logout", struct{}{}, nil); err != nil {
		return err
	}
	return v.to(s.Path)
}
