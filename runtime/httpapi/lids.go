package httpapi

import (
	"errors"
	"net/http"
	"strings"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/wire"
)

type lidsIn struct {
	Limit  int `query:"limit" default:"100" min:"1" max:"10000"`
	Offset int `query:"offset" min:"0" max:"1000000000"`
}

func (a *API) listLIDs(r *http.Request, in lidsIn) ([]wire.LID, error) {
	pairs, err := a.Reader.LIDs(r.Context(), chat.ListQuery{Limit: in.Limit, Offset: in.Offset})
	all := make([]wire.LID, 0, len(pairs))
	for _, p := range pairs {
		all = append(all, wire.NewLID(p.LID, p.Phone))
	}
	return all, err
}

func (a *API) countLIDs(r *http.Request, _ noInput) (wire.Count, error) {
	n, err := a.Reader.CountLIDs(r.Context())
	return wire.Count{Count: n}, err
}

type lidIn struct {
	LID lidID `path:"lid" doc:"LID, with or without @lid"`
}

// lidID is a LID, with or without "@lid".
type lidID struct{ chat.ID }

// UnmarshalText implements encoding.TextUnmarshaler.
func (l *lidID) UnmarshalText(text []byte) (err error) {
	s := string(text)
	if !strings.Contains(s, "@") {
		s += "@" + chat.ServerLID
	}
	if l.ID, err = chat.ParseID(s); err == nil && !l.IsLID() {
		err = errors.New("must be a LID")
	}
	return err
}

func (a *API) phoneOfLID(r *http.Request, in lidIn) (wire.LID, error) {
	phone, err := a.Reader.PhoneOf(r.Context(), in.LID.ID)
	return wire.NewLID(in.LID.ID, phone), knownOrNull(err)
}

type phoneIn struct {
	Phone chatID `path:"phoneNumber" doc:"Phone number or chat ID"`
}

func (a *API) lidOfPhone(r *http.Request, in phoneIn) (wire.LID, error) {
	if in.Phone.Server() != chat.ServerDirect {
		return wire.LID{}, badRequest("phoneNumber must be a phone number")
	}
	lid, err := a.Reader.LIDOf(r.Context(), in.Phone.ID)
	return wire.NewLID(lid, in.Phone.ID), knownOrNull(err)
}

// knownOrNull turns "not found" into null.
func knownOrNull(err error) error {
	if errors.Is(err, chat.ErrNotFound) {
		return nil
	}
	return err
}
