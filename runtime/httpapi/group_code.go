package httpapi

import (
	"errors"
	"strings"
)

var (
	errNoPerson = errors.New("must be a person's ID, for example 15550002222@c.us")
	errNoCode   = errors.New("must be an invite code, or a link such as https://chat.whatsapp.com/<code>")
)

// inviteCode is the code by which people join a group, without the link around it.
type inviteCode string

// maxCode is the longest invite code in bytes. WhatsApp's have 22.
const maxCode = 64

// UnmarshalText implements encoding.TextUnmarshaler.
func (c *inviteCode) UnmarshalText(text []byte) error {
	code, _, _ := strings.Cut(strings.TrimSpace(string(text)), "?")
	for _, scheme := range []string{"https://", "http://"} {
		code = strings.TrimPrefix(code, scheme)
	}
	code = strings.TrimPrefix(strings.TrimPrefix(code, "chat.whatsapp.com/"), "invite/")
	code = strings.TrimSuffix(code, "/")
	if code == "" || len(code) > maxCode || strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") != "" {
		return errNoCode
	}
	*c = inviteCode(code)
	return nil
}
