package auth

import (
	"crypto/ed25519"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
)

func TestAnAccessTokenOpensWhatItSays(t *testing.T) {
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	tokens := NewTokens("sales", "pod")
	access := Access{Keys: NewKeyring(Plain("secret")), Tokens: tokens}
	with := func(token string) *http.Request {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Authorization", "bearer "+token)
		return r
	}
	reader := v1.SignAccessToken(private, "pod", v1.Access{Caller: "key-1", Actions: []string{"read"}}, now)
	if _, ok := access.Of(with(reader), now); ok {
		t.Error("without keys a token opens")
	}
	if !tokens.SetKeys([]ed25519.PublicKey{public}) || tokens.SetKeys([]ed25519.PublicKey{public}) {
		t.Error("other keys are not told from the same keys")
	}
	key, ok := access.Of(with(reader), now)
	if !ok || key.ID != "key-1" || !key.Allows("sales", Read) || key.Allows("sales", Send) || key.Allows("support", Read) {
		t.Errorf("a reader's token gives %+v, %v", key, ok)
	}
	if _, ok := access.Of(with(reader), now.Add(time.Hour)); ok {
		t.Error("an expired token opens")
	}
	nobody := v1.SignAccessToken(private, "pod", v1.Access{Caller: "key-2"}, now)
	if key, ok := access.Of(with(nobody), now); !ok || key.Allows("sales", Read) {
		t.Errorf("a token without actions gives %+v, %v", key, ok)
	}
	admin := v1.SignAccessToken(private, "pod", v1.Access{Caller: "key-3", Admin: true}, now)
	if key, ok := access.Of(with(admin), now); !ok || !key.Allows("sales", Delete) {
		t.Errorf("an admin's token gives %+v, %v", key, ok)
	}
	for what, token := range map[string]string{
		"of another pod": v1.SignAccessToken(private, "other", v1.Access{Admin: true}, now),
		"expired":        v1.SignAccessToken(private, "pod", v1.Access{Admin: true}, now.Add(-time.Hour)),
		"operator's":     v1.SignToken(private, "pod", now),
		"an API key":     "secret",
	} {
		if _, ok := access.Of(with(token), now); ok {
			t.Errorf("a token that is %s opens", what)
		}
	}
	both := with(admin)
	both.Header.Set("X-Api-Key", "wrong")
	if _, ok := access.Of(both, now); ok {
		t.Error("a wrong key is made good by a token")
	}
}
