package chat

import "strings"

// NewVCard writes the card of a person. whatsAppID is the number in digits by
// which phones offer to write to the person; empty leaves that out.
func NewVCard(name, organization, phone, whatsAppID string) VCard {
	lines := []string{"BEGIN:VCARD", "VERSION:3.0", "FN:" + cardText(name)}
	if organization != "" {
		lines = append(lines, "ORG:"+cardText(organization)+";")
	}
	tel := "TEL;type=CELL;type=VOICE"
	if whatsAppID != "" {
		tel += ";waid=" + whatsAppID
	}
	lines = append(lines, tel+":"+cardText(phone), "END:VCARD")
	return VCard{Name: name, Text: strings.Join(lines, "\n")}
}

// ReadVCard reads the shown name out of a card's text.
func ReadVCard(text string) VCard {
	card := VCard{Text: text}
	for line := range strings.Lines(text) {
		field, value, ok := strings.Cut(strings.TrimSpace(line), ":")
		field, _, _ = strings.Cut(field, ";")
		if ok && strings.EqualFold(field, "FN") {
			card.Name = cardPlain.Replace(value)
			break
		}
	}
	return card
}

// cardText keeps a value from ending its line or field.
func cardText(s string) string { return cardEscapes.Replace(s) }

var (
	cardEscapes = strings.NewReplacer(`\`, `\\`, "\r\n", `\n`, "\n", `\n`, "\r", `\n`, ",", `\,`, ";", `\;`)
	cardPlain   = strings.NewReplacer(`\\`, `\`, `\n`, " ", `\N`, " ", `\,`, ",", `\;`, ";")
)
