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

// TokenLifetime is how long a token is valid. TokenSkew is how far the clocks of who
// signed it and of the pod may differ.
const (
	TokenLifetime = 2 * time.Minute
	TokenSkew     = time.Minute
)

// ErrToken says that a token is not valid for this pod, or has expired.
var ErrToken = errors.New("the token is not valid for this pod or has expired")

// maxToken is the maximum size of a token, in bytes.
const maxToken = 1 << 10

// A token is a JSON Web Token (RFC 7519) signed with Ed25519 (RFC 8037). Its header
// says what it is for, so that one kind of token is never taken for another.
var (
	operatorHeader = encodeHeader(`{"alg":"EdDSA","typ":"JWT"}`)
	accessHeader   = encodeHeader(`{"alg":"EdDSA","typ":"at+jwt"}`) // RFC 9068
)

func encodeHeader(json string) string { return base64.RawURLEncoding.EncodeToString([]byte(json)) }

// claims are the claims of every token. Times are Unix seconds.
type claims struct {
	Audience string `json:"aud"`
	Issued   int64  `json:"iat"`
	Expires  int64  `json:"exp"`
}

func newClaims(podUID string, now time.Time) claims {
	return claims{Audience: podUID, Issued: now.Unix(), Expires: now.Add(TokenLifetime).Unix()}
}

// SignToken returns a token for calls of the operator to one pod. It is valid
// only for the pod with this UID, and for TokenLifetime.
func SignToken(key ed25519.PrivateKey, podUID string, now time.Time) string {
	return sign(key, operatorHeader, newClaims(podUID, now))
}

// VerifyToken checks that a token of the operator was signed with one of the keys,
// for the pod with this UID, and has not expired. Otherwise it returns ErrToken.
func VerifyToken(keys []ed25519.PublicKey, token, podUID string, now time.Time) error {
	var c claims
	if err := verify(keys, operatorHeader, token, &c); err != nil {
		return err
	}
	return c.check(podUID, now)
}

// sign encodes and signs claims, which always encode.
func sign(key ed25519.PrivateKey, header string, claims any) string {
	payload, err := json.Marshal(claims)
	if err != nil {
		return ""
	}
	signed := header + "." + base64.RawURLEncoding.EncodeToString(payload)
	return signed + "." + base64.RawURLEncoding.EncodeToString(ed25519.Sign(key, []byte(signed)))
}

// verify checks the signature of a token, and decodes its claims.
func verify(keys []ed25519.PublicKey, header, token string, claims any) error {
	if len(token) > maxToken {
		return ErrToken
	}
	signed, signature, ok := cutLast(token)
	kind, payload, split := strings.Cut(signed, ".")
	if !ok || !split || kind != header {
		return ErrToken
	}
	sum, err := base64.RawURLEncoding.DecodeString(signature)
	if err != nil || !signedByOne(keys, signed, sum) {
		return ErrToken
	}
	raw, err := base64.RawURLEncoding.DecodeString(payload)
	if err != nil || json.NewDecoder(bytes.NewReader(raw)).Decode(claims) != nil {
		return ErrToken
	}
	return nil
}

// check returns ErrToken unless the claims are for this pod and this time.
func (c claims) check(podUID string, now time.Time) error {
	skew := int64(TokenSkew.Seconds())
	if podUID == "" || c.Audience != podUID || now.Unix() > c.Expires+skew || now.Unix() < c.Issued-skew {
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

// EncodePublicKey encodes a public key for Operator.Keys and Gateway.Keys.
func EncodePublicKey(key ed25519.PublicKey) string { return base64.StdEncoding.EncodeToString(key) }

// DecodePublicKey decodes such a key.
func DecodePublicKey(s string) (ed25519.PublicKey, error) {
	raw, err := base64.StdEncoding.DecodeString(s)
	if err != nil || len(raw) != ed25519.PublicKeySize {
		return nil, errors.New("must be an Ed25519 public key in base64")
	}
	return raw, nil
}
