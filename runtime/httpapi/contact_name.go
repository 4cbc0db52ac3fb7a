package httpapi

import (
	"net/http"
	"strings"
)

type nameContactIn struct {
	Contact personID `path:"chatId" doc:"ID or phone number of the person"`
	Body    struct {
		FirstName personName `json:"firstName" required:"true"`
		LastName  personName `json:"lastName"`
	} `body:"json"`
}

// maxPersonName is the maximum length of a first or last name, in characters.
const maxPersonName = 100

// personName is the first or last name of a person; the last name may be empty.
type personName string

// UnmarshalText implements encoding.TextUnmarshaler.
func (n *personName) UnmarshalText(text []byte) error {
	name, err := lineOf(text, maxPersonName)
	*n = personName(name)
	return err
}

func (a *API) nameContact(r *http.Request, in nameContactIn) (none, error) {
	first, last := string(in.Body.FirstName), string(in.Body.LastName)
	if first == "" {
		return none{}, badRequest("firstName should not be empty")
	}
	return none{}, a.Live.NameContact(r.Context(), in.Contact.ID, strings.TrimSpace(first+" "+last), first)
}
