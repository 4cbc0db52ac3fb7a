package status

import (
	"strings"

	"github.com/wasession/wasession/api/v1alpha1"
)

// shortened is a number's chat id as it is shown where numbers are personal: the
// first two and the last four digits, or only two of a short number. Others stay
// as they are, and so does one that is short already.
func shortened(id string) string {
	digits, server, _ := strings.Cut(id, "@")
	if server != "c.us" || strings.Trim(digits, "0123456789") != "" {
		return id
	}
	if len(digits) < 10 {
		return "…" + digits[max(0, len(digits)-2):]
	}
	return "+" + digits[:2] + "…" + digits[len(digits)-4:]
}

// shown is the account as the status has it.
func shown(in Input, me *v1alpha1.AccountStatus) *v1alpha1.AccountStatus {
	if me == nil || !in.ShortenNumbers {
		return me
	}
	short := *me
	short.ID = shortened(me.ID)
	return &short
}

// linkedTo is the message of Paired.
func linkedTo(me *v1alpha1.AccountStatus) string {
	if me == nil || me.ID == "" {
		return "Linked to a number"
	}
	return "Linked to " + me.ID
}
