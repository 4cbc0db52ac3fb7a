package httpapi

import (
	"errors"
	"net/http"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/wire"
)

func (a *API) getProfile(r *http.Request, _ noInput) (wire.Profile, error) {
	me := a.Live.Status().Me
	if me == nil {
		return wire.Profile{}, chat.ErrNotConnected
	}
	picture, err := a.chatPicture(r, pictureIn{Chat: chatID{chat.ID(me.ID)}})
	if errors.Is(err, chat.ErrNotConnected) {
		err = nil // the rest is known
	}
	return wire.Profile{ID: me.ID, Picture: picture.URL, Name: me.PushName}, err
}

// profileName is a name as others see it.
type profileName string

// UnmarshalText implements encoding.TextUnmarshaler.
func (n *profileName) UnmarshalText(text []byte) error {
	name, err := nameOf(text, 25)
	*n = profileName(name)
	return err
}

// aboutText is an about text, which may be empty.
type aboutText string

// UnmarshalText implements encoding.TextUnmarshaler.
func (t *aboutText) UnmarshalText(text []byte) error {
	about, err := textOf(text, 139)
	*t = aboutText(about)
	return err
}

type profileNameIn struct {
	Body struct {
		Name profileName `json:"name" required:"true" doc:"At most 25 characters, as on phones"`
	} `body:"json"`
}

func (a *API) setProfileName(r *http.Request, in profileNameIn) (wire.Success, error) {
	return succeeded, a.Live.SetName(r.Context(), string(in.Body.Name))
}

type profileStatusIn struct {
	Body struct {
		Status aboutText `json:"status" required:"true" doc:"The about text, at most 139 characters; empty removes it"`
	} `body:"json"`
}

func (a *API) setProfileStatus(r *http.Request, in profileStatusIn) (wire.Success, error) {
	return succeeded, a.Live.SetAbout(r.Context(), string(in.Body.Status))
}

type profilePictureBodyIn struct {
	Body struct {
		File attachment `json:"file"`
	} `body:"json"`
}

func (a *API) setProfilePicture(r *http.Request, in profilePictureBodyIn) (wire.Success, error) {
	file, err := a.takeFile(r, "file", in.Body.File)
	if err != nil {
		return wire.Success{}, err
	}
	defer file.Remove()
	return succeeded, a.Live.SetProfilePicture(r.Context(), file.Path)
}

func (a *API) deleteProfilePicture(r *http.Request, _ noInput) (wire.Success, error) {
	return succeeded, a.Live.SetProfilePicture(r.Context(), "")
}
