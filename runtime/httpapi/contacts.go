package httpapi

import (
	"errors"
	"net/http"
	"strings"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/wire"
)

// sessionQuery is the session named by a query.
type sessionQuery struct {
	Session string `query:"session" doc:"Name of the session; defaults to the only one"`
}

// listed is a page of a list sorted from A to Z.
type listed struct {
	allOrPage
	SortOrder string `query:"sortOrder" enum:"desc,asc" default:"asc" doc:"asc is A to Z"`
}

func (l listed) query(by chat.SortField) chat.ListQuery {
	q := chat.ListQuery{Offset: l.Offset, SortBy: by, Reverse: l.SortOrder == "desc"}
	if l.Limit != nil {
		q.Limit = *l.Limit
	}
	return q
}

type contactsListIn struct {
	sessionQuery
	listed
	SortBy chat.PeopleSort `query:"sortBy" default:"id"`
}

func (a *API) listContacts(r *http.Request, in contactsListIn) (rows[wire.Contact], error) {
	contacts, err := a.Reader.Contacts(r.Context(), in.query(chat.SortField(in.SortBy)))
	if err != nil {
		return nil, err
	}
	me := a.me()
	return func(yield func(wire.Contact, error) bool) {
		for i := range contacts {
			if !yield(wire.NewContact(&contacts[i], me), nil) {
				return
			}
		}
	}, nil
}

// me is the account's own ID; empty while not paired.
func (a *API) me() string {
	if me := a.Live.Status().Me; me != nil {
		return me.ID
	}
	return ""
}

type contactIn struct {
	sessionQuery
	Contact chatID `query:"contactId" required:"true" doc:"Chat ID or phone number of the contact"`
}

type contactPathIn struct {
	Contact chatID `path:"id"`
}

func (a *API) getContact(r *http.Request, in contactIn) (wire.Contact, error) {
	return a.contact(r, in.Contact.ID)
}

func (a *API) getContactByPath(r *http.Request, in contactPathIn) (wire.Contact, error) {
	return a.contact(r, in.Contact.ID)
}

// contact returns what is known about a contact, which may be just the ID.
func (a *API) contact(r *http.Request, id chat.ID) (wire.Contact, error) {
	c, err := a.Reader.Contact(r.Context(), id)
	if errors.Is(err, chat.ErrNotFound) {
		c, err = chat.Contact{ID: id}, nil
		if id.IsLID() {
			c.LID = id
		}
	}
	return wire.NewContact(&c, a.me()), err
}

type existsIn struct {
	sessionQuery
	Phone string `query:"phone" required:"true" max:"64" doc:"Phone number in international format"`
}

func (a *API) checkExists(r *http.Request, in existsIn) (wire.NumberStatus, error) {
	bare, _, _ := strings.Cut(in.Phone, "@")
	number, ok := phoneNumber(bare)
	if !ok {
		return wire.NumberStatus{}, badRequest("phone must be a phone number in international format, for example 12132132130")
	}
	id, err := a.Live.Lookup(r.Context(), number)
	return wire.NumberStatus{NumberExists: id != "", ChatID: string(id)}, err
}

func (a *API) getAbout(r *http.Request, in contactIn) (wire.About, error) {
	about, err := a.Live.About(r.Context(), in.Contact.ID)
	if err != nil || about == "" {
		return wire.About{}, err
	}
	return wire.About{About: &about}, nil
}

type profilePictureIn struct {
	contactIn
	Refresh bool `query:"refresh" default:"false" doc:"Ask WhatsApp instead of using the cache"`
}

func (a *API) profilePicture(r *http.Request, in profilePictureIn) (wire.ProfilePicture, error) {
	p, err := a.chatPicture(r, pictureIn{Chat: in.Contact, Refresh: in.Refresh})
	return wire.ProfilePicture(p), err
}

type blockIn struct {
	Body struct {
		sessionNamed
		Contact chatID `json:"contactId" required:"true"`
	} `body:"json"`
}

func (a *API) blockContact(r *http.Request, in blockIn) (none, error) {
	return none{}, a.Live.Block(r.Context(), in.Body.Contact.ID, true)
}

func (a *API) unblockContact(r *http.Request, in blockIn) (none, error) {
	return none{}, a.Live.Block(r.Context(), in.Body.Contact.ID, false)
}
