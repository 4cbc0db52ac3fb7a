package chats

import (
	"strings"

	"github.com/wasession/wasession/gateway/dashboard/text"
)

// Card is a contact card.
type Card struct {
	Avatar
	Organization string
	Numbers      []string
}

// Limits of what is shown of cards.
const (
	maxCards   = 20
	maxNumbers = 5
	maxCard    = 64 << 10
)

// newCard reads a vCard, as far as it can be shown.
func newCard(s string) Card {
	var c Card
	s, _ = text.Clip(s, maxCard)
	for line := range strings.Lines(strings.ReplaceAll(s, "\r\n", "\n")) {
		head, value, ok := strings.Cut(strings.TrimRight(line, "\r\n"), ":")
		if !ok {
			continue
		}
		name, _, _ := strings.Cut(strings.ToUpper(head), ";")
		if _, after, grouped := strings.Cut(name, "."); grouped {
			name = after // item1.TEL
		}
		value = text.Line(unescaped.Replace(value), maxName)
		switch {
		case value == "":
		case name == "FN":
			c.Name = value
		case name == "ORG" && c.Organization == "":
			c.Organization = strings.TrimRight(value, "; ")
		case name == "TEL" && len(c.Numbers) < maxNumbers:
			c.Numbers = append(c.Numbers, value)
		}
	}
	if c.Name == "" {
		c.Name = "Contact"
	}
	c.Avatar = newAvatar(c.Name, c.Name)
	return c
}

// unescaped undoes the escapes of vCards.
var unescaped = strings.NewReplacer(`\n`, " ", `\N`, " ", `\,`, ",", `\;`, ";", `\\`, `\`)
