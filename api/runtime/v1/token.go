package v1

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"time"
)

// TokenLifetime is how long an operator's token can be used, and TokenSkew by
// how much the clocks of operator and pod may differ.
const (
	TokenLifetime = 2 * time.Minute
	TokenSkew     = time.Minute
)

// ErrToken says that a token is not one for this pod, or no longer.
var ErrToken = errors.New("the token is not valid here")

// maxToken bounds a token, in bytes.
const maxToken = 1 << 10

// tokenHeader is the first part of every token: a JSON Web Token (RFC 7519)
// signed with Ed25519 (RFC 8037). A token with another header is not read.
var tokenHeader = base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"EdDSA","typ":"JWT"}`))

// claims are what a token says. Times are unix seconds.
type claims struct {
	Audience string `json:"aud"`
	Issued   int64  `json:"iat"`
	Expires  int64  `json:"exp"`
}

// SignToken makes the token with which the operator calls one pod: it is of use
// at the pod with this UID alone, and for TokenLifetime.
func SignToken(key ed25519.PrivateKey, podUID string, now time.Time) string {
	payload, err := json.Marshal(claims{Audience: podUID, Issued: now.Unix(), Expires: now.Add(TokenLifetime).Unix()})
	if err != nil {
		return "" // a struct of a text and numbers always encodes
	}
	signed := tokenHeader + "." + base64.RawURLEncoding.EncodeToString(payload)
	return signed + "." + base64.RawURLEncoding.EncodeToString(ed25519.Sign(key, []byte(signed)))
}

// VerifyToken checks that a token was signed with one of the keys for the pod
// with this UID, and can be used now. The error is ErrToken.
func VerifyToken(keys []ed25519.PublicKey, token, podUID string, now time.Time) error {
	if podUID == "" || len(token) > maxToken {
		return ErrToken
	}
	signed, signature, ok := cutLast(token)
	header, payload, split := strings.Cut(signed, ".")
	if !ok || !split || header != tokenHeader {
		return ErrToken
	}
	sum, err := base64.RawURLEncoding.DecodeString(signature)
	if err != nil || !signedByOne(keys, signed, sum) {
		return ErrToken
	}
	raw, err := base64.RawURLEncoding.DecodeString(payload)
	if err != nil {
		return ErrToken
	}
	var c claims
	d := json.NewDecoder(bytes.NewReader(raw))
	if d.Decode(&c) != nil || c.Audience != podUID {
		return ErrToken
	}
	if now.Unix() > c.Expires+int64(TokenSkew.Seconds()) || now.Unix() < c.Issued-int64(TokenSkew.Seconds()) {
		return ErrToken
	}
	return nil
}

func signedByOne(keys []ed25519.PublicKey, signed string, sum []byte) bool {
	for _, key := range keys {
		if len(key) == ed25519.PublicKeySize && ed25519.Verify(key, []byte(signed), sum) {
			return true
		}
	}
	return false
}

func cutLast(token string) (before, after string, ok bool) {
	i := strings.LastIndexByte(token, '.')
	if i < 0 {
		return "", "", false
	}
	return token[:i], token[i+1:], true
}

// EncodePublicKey is a public key as Config carries it.
func EncodePublicKey(key ed25519.PublicKey) string { return base64.StdEncoding.EncodeToString(key) }

// DecodePublicKey reads what EncodePublicKey wrote.
func DecodePublicKey(s string) (ed25519.PublicKey, error) {
	raw, err := base64.StdEncoding.DecodeString(s)
	if err != nil || len(raw) != ed25519.PublicKeySize {
		return nil, errors.New("must be an Ed25519 public key in base64")
	}
	return raw, nil
}
