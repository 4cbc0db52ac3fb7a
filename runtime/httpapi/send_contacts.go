package httpapi

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/wire"
)

type contactCard struct {
	VCard        string `json:"vcard" max:"65536" doc:"The vCard itself; the other fields are ignored then"`
	FullName     string `json:"fullName" max:"1024"`
	Organization string `json:"organization" max:"1024"`
	PhoneNumber  string `json:"phoneNumber" max:"64"`
	WhatsAppID   string `json:"whatsappId" max:"32" doc:"Digits of the WhatsApp number"`
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
