package v1

import (
	"crypto/ed25519"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Access is what the bearer of an access token may do on a session. The gateway
// knows its callers; the session only knows the gateway's key.
type Access struct {
	// Caller names who calls, for the log: never a secret.
	Caller string `json:"sub"`
	// Admin: everything is allowed.
	Admin bool `json:"admin,omitempty"`
	// Actions are allowed otherwise: read, send, control, setting, app, delete.
	Actions []string `json:"actions,omitempty"`
}

// maxCaller is the maximum length of a caller's name in a token, in bytes.
const maxCaller = 128

type accessClaims struct {
	claims
	Access
}

// SignAccessToken returns a token for calls of the gateway to one pod, on behalf of
// a caller. It is valid only for the pod with this UID, and for TokenLifetime.
func SignAccessToken(key ed25519.PrivateKey, podUID string, access Access, now time.Time) string {
	access.Caller = caller(access.Caller)
	return sign(key, accessHeader, accessClaims{newClaims(podUID, now), access})
}

// caller bounds a caller's name, and leaves out what does not print: it goes to
// logs, and takes more room in a token.
func caller(name string) string {
	name = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || strings.ContainsRune("<>&", r) {
			return '_'
		}
		return r
	}, strings.ToValidUTF8(name, "_"))
	for len(name) > maxCaller {
		_, last := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-last]
	}
	return name
}

// VerifyAccessToken checks that an access token was signed with one of the keys,
// for the pod with this UID, and has not expired. Otherwise it returns ErrToken.
func VerifyAccessToken(keys []ed25519.PublicKey, token, podUID string, now time.Time) (Access, error) {
	var c accessClaims
	if err := verify(keys, accessHeader, token, &c); err != nil {
		return Access{}, err
	}
	if err := c.check(podUID, now); err != nil {
		return Access{}, err
	}
	return c.Access, nil
}
