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

// TokenLifetime is how long an operator's token is valid. TokenSkew is how far
// the clocks of the operator and the pod may differ.
const (
	TokenLifetime = 2 * time.Minute
	TokenSkew     = time.Minute
)

// ErrToken says that a token is not valid for this pod, or has expired.
var ErrToken = errors.New("the token is not valid for this pod or has expired")

// maxToken is the maximum size of a token, in bytes.
const maxToken = 1 << 10

// tokenHeader is the first part of every token, a JSON Web Token (RFC 7519)
// signed with Ed25519 (RFC 8037). Tokens with another header are rejected.
var tokenHeader = base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"EdDSA","typ":"JWT"}`))

// claims are the claims of a token. Times are Unix seconds.
type claims struct {
	Audience string `json:"aud"`
	Issued   int64  `json:"iat"`
	Expires  int64  `json:"exp"`
}

// SignToken returns a token for calls of the operator to one pod. It is valid
// only for the pod with this UID, and for TokenLifetime.
func SignToken(key ed25519.PrivateKey, podUID string, now time.Time) string {
	payload, err := json.Marshal(claims{Audience: podUID, Issued: now.Unix(), Expires: now.Add(TokenLifetime).Unix()})
	if err != nil {
		return "" // a struct of a string and numbers always encodes
	}
	signed := tokenHeader + "." + base64.RawURLEncoding.EncodeToString(payload)
	return signed + "." + base64.RawURLEncoding.EncodeToString(ed25519.Sign(key, []byte(signed)))
}

// VerifyToken checks that a token was signed with one of the keys, for the pod
// with this UID, and has not expired. Otherwise it returns ErrToken.
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

// EncodePublicKey encodes a public key for Operator.Keys.
func EncodePublicKey(key ed25519.PublicKey) string { return base64.StdEncoding.EncodeToString(key) }

// DecodePublicKey decodes a key from Operator.Keys.
func DecodePublicKey(s string) (ed25519.PublicKey, error) {
	raw, err := base64.StdEncoding.DecodeString(s)
	if err != nil || len(raw) != ed25519.PublicKeySize {
		return nil, errors.New("must be an Ed25519 public key in base64")
	}
	return raw, nil
}
