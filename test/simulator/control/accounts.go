package control

import (
	"net/http"
	"strings"

	"go.mau.fi/whatsmeow/types"

	"github.com/wasession/wasession/test/simulator"
)

func (a *API) users(*http.Request) (any, error) {
	out := []User{}
	for _, u := range a.srv.Users() {
		out = append(out, describe(u))
	}
	return out, nil
}

func (a *API) addUser(r *http.Request) (any, error) {
	body, err := read[User](r)
	if err != nil {
		return nil, err
	}
	number := strings.TrimPrefix(body.Number, "+")
	if number == "" || strings.Trim(number, "0123456789") != "" {
		return nil, invalid("the number %q is not made of digits", body.Number)
	}
	return describe(a.srv.AddUser(number, body.LID, body.Name)), nil
}

func describe(u *simulator.User) User {
	out := User{Number: u.PN().User, LID: u.LID().User, Name: u.Name()}
	for _, c := range u.Companions() {
		out.Devices = append(out.Devices, Device{JID: c.JID().String(), Platform: c.Platform(), Connected: c.Connected()})
	}
	return out
}

// chat returns the JID of a chat that is named by number or JID.
func chat(name string) (types.JID, error) {
	name = strings.TrimPrefix(name, "+")
	if name != "" && strings.Trim(name, "0123456789") == "" {
		return types.NewJID(name, types.DefaultUserServer), nil
	}
	// Chat APIs use c.us for people.
	name = strings.Replace(name, "@"+types.LegacyUserServer, "@"+types.DefaultUserServer, 1)
	jid, err := types.ParseJID(name)
	if err != nil || jid.User == "" {
		return types.EmptyJID, invalid("%q is neither a number nor a JID", name)
	}
	return jid, nil
}
