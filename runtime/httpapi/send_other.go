package httpapi

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/wire"
)

type locationIn struct {
	Body struct {
		replying
		Latitude  *float64 `json:"latitude" required:"true" min:"-90" max:"90" doc:"degrees"`
		Longitude *float64 `json:"longitude" required:"true" min:"-180" max:"180" doc:"degrees"`
		Title     string   `json:"title" max:"1024"`
		Address   string   `json:"address" max:"1024"`
	} `body:"json"`
}

func (a *API) sendLocation(r *http.Request, in locationIn) (wire.Message, error) {
	b := in.Body
	return a.dispatch(r, b.replying, chat.Outgoing{Content: chat.OutgoingLocation{
		Latitude: *b.Latitude, Longitude: *b.Longitude, Name: b.Title, Address: b.Address,
	}})
}

type contactCard struct {
	VCard        string `json:"vcard" max:"65536" doc:"the card's text; the rest is not needed then"`
	FullName     string `json:"fullName" max:"1024"`
	Organization string `json:"organization" max:"1024"`
	PhoneNumber  string `json:"phoneNumber" max:"64"`
	WhatsAppID   string `json:"whatsappId" max:"32" doc:"digits"`
}

type contactsIn struct {
	Body struct {
		replying
		Contacts []contactCard `json:"contacts" required:"true" max:"100"`
	} `body:"json"`
}

func (a *API) sendContacts(r *http.Request, in contactsIn) (wire.Message, error) {
	var content chat.OutgoingContacts
	for i, c := range in.Body.Contacts {
		if c.VCard != "" {
			content.Cards = append(content.Cards, chat.ReadVCard(c.VCard))
			continue
		}
		if c.FullName == "" || c.PhoneNumber == "" {
			return wire.Message{}, badRequest(fmt.Sprintf("contacts.%d must have a vcard, or a fullName and a phoneNumber", i))
		}
		id := strings.TrimPrefix(strings.TrimSuffix(c.WhatsAppID, "@"+chat.ServerDirect), "+")
		if strings.Trim(id, "0123456789") != "" {
			return wire.Message{}, badRequest(fmt.Sprintf("contacts.%d.whatsappId must be digits", i))
		}
		content.Cards = append(content.Cards, chat.NewVCard(c.FullName, c.Organization, c.PhoneNumber, id))
	}
	if len(content.Cards) == 0 {
		return wire.Message{}, badRequest("contacts should not be empty")
	}
	return a.dispatch(r, in.Body.replying, chat.Outgoing{Content: content})
}

// WhatsApp's bounds of a poll.
const (
	fewestOptions = 2
	mostOptions   = 12
)

type pollIn struct {
	Body struct {
		replying
		Poll struct {
			Name            string   `json:"name" required:"true" max:"255"`
			Options         []string `json:"options" max:"12"`
			MultipleAnswers bool     `json:"multipleAnswers"`
		} `json:"poll"`
	} `body:"json"`
}

func (a *API) sendPoll(r *http.Request, in pollIn) (wire.Message, error) {
	p := in.Body.Poll
	known := map[string]bool{}
	for _, o := range p.Options {
		if o == "" || len([]rune(o)) > 100 || known[o] {
			return wire.Message{}, badRequest("each value in poll.options must be a text of 1 to 100 characters, each another one")
		}
		known[o] = true
	}
	if len(p.Options) < fewestOptions {
		return wire.Message{}, badRequest(fmt.Sprintf("poll.options must contain %d to %d elements", fewestOptions, mostOptions))
	}
	return a.dispatch(r, in.Body.replying, chat.Outgoing{Content: chat.OutgoingPoll{
		Question: p.Name, Options: p.Options, Multiple: p.MultipleAnswers,
	}})
}

type forwardIn struct {
	Body struct {
		addressed
		MessageID anyMessageID `json:"messageId" required:"true" doc:"the message to pass on"`
	} `body:"json"`
}

func (a *API) forwardMessage(r *http.Request, in forwardIn) (wire.Message, error) {
	m, err := a.anywhere(r, in.Body.MessageID)
	if err != nil {
		return wire.Message{}, err
	}
	return a.dispatch(r, replying{addressed: in.Body.addressed}, chat.Outgoing{Content: chat.OutgoingForward{Message: m}})
}

// anywhere is a message by its full id, or by its stanza id in any chat.
func (a *API) anywhere(r *http.Request, id anyMessageID) (m chat.Message, err error) {
	if id.full {
		m, err = a.Reader.MessageByID(r.Context(), id.MessageID)
	} else {
		m, err = a.Reader.Message(r.Context(), "", id.Stanza)
	}
	if errors.Is(err, chat.ErrNotFound) {
		return m, errNoMessage
	}
	return m, err
}
