package v1

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"strings"
	"testing"
	"time"
)

func newKey(t testing.TB) (ed25519.PublicKey, ed25519.PrivateKey) {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return public, private
}

func TestATokenIsOfUseAtItsPodAlone(t *testing.T) {
	public, private := newKey(t)
	other, stranger := newKey(t)
	now := time.Unix(1_800_000_000, 0)
	token := SignToken(private, "pod-a", now)
	none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"JWT"}`)) + token[strings.IndexByte(token, '.'):]
	for name, c := range map[string]struct {
		token, uid string
		keys       []ed25519.PublicKey
		at         time.Time
		valid      bool
	}{
		"at its pod":                 {token, "pod-a", []ed25519.PublicKey{public}, now, true},
		"while keys are rolled over": {token, "pod-a", []ed25519.PublicKey{other, public}, now.Add(TokenLifetime), true},
		"with clocks a little apart": {token, "pod-a", []ed25519.PublicKey{public}, now.Add(-TokenSkew), true},
		"at another pod":             {token, "pod-b", []ed25519.PublicKey{public}, now, false},
		"at no pod":                  {SignToken(private, "", now), "", []ed25519.PublicKey{public}, now, false},
		"too late":                   {token, "pod-a", []ed25519.PublicKey{public}, now.Add(TokenLifetime + TokenSkew + time.Second), false},
		"too early":                  {token, "pod-a", []ed25519.PublicKey{public}, now.Add(-TokenSkew - time.Second), false},
		"by a stranger":              {SignToken(stranger, "pod-a", now), "pod-a", []ed25519.PublicKey{public}, now, false},
		"without keys":               {token, "pod-a", nil, now, false},
		"with a key that is none":    {token, "pod-a", []ed25519.PublicKey{{1, 2}}, now, false},
		"unsigned":                   {token[:strings.LastIndexByte(token, '.')+1], "pod-a", []ed25519.PublicKey{public}, now, false},
		"with another algorithm":     {none, "pod-a", []ed25519.PublicKey{public}, now, false},
		"empty":                      {"", "pod-a", []ed25519.PublicKey{public}, now, false},
	} {
		if err := VerifyToken(c.keys, c.token, c.uid, c.at); (err == nil) != c.valid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPublicKeysAreCarriedAsText(t *testing.T) {
	public, _ := newKey(t)
	if got, err := DecodePublicKey(EncodePublicKey(public)); err != nil || !got.Equal(public) {
		t.Errorf("%v, %v", got, err)
	}
	for _, bad := range []string{"", "x", "AAAA"} {
		if _, err := DecodePublicKey(bad); err == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
}

func FuzzVerifyToken(f *testing.F) {
	public, private := newKey(f)
	now := time.Unix(1_800_000_000, 0)
	f.Add(SignToken(private, "pod-b", now))
	f.Add("a.b.c")
	f.Fuzz(func(t *testing.T, token string) {
		if VerifyToken([]ed25519.PublicKey{public}, token, "pod-a", now) == nil {
			t.Errorf("%q is valid", token)
		}
	})
}
