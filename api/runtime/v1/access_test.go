package v1

import (
	"crypto/ed25519"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestAccessTokens(t *testing.T) {
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	other, _, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	access := Access{Caller: "key-1", Actions: []string{"read", "send"}}
	token := SignAccessToken(private, "pod-a", access, now)
	for _, c := range []struct {
		name  string
		keys  []ed25519.PublicKey
		token string
		pod   string
		at    time.Time
		valid bool
	}{
		{"as it was issued", []ed25519.PublicKey{other, public}, token, "pod-a", now, true},
		{"as long as the clocks may differ", []ed25519.PublicKey{public}, token, "pod-a", now.Add(TokenLifetime + TokenSkew), true},
		{"expired", []ed25519.PublicKey{public}, token, "pod-a", now.Add(TokenLifetime + TokenSkew + time.Second), false},
		{"of the future", []ed25519.PublicKey{public}, token, "pod-a", now.Add(-TokenSkew - time.Second), false},
		{"of another pod", []ed25519.PublicKey{public}, token, "pod-b", now, false},
		{"of a pod that does not know its UID", []ed25519.PublicKey{public}, SignAccessToken(private, "", access, now), "", now, false},
		{"with another key", []ed25519.PublicKey{other}, token, "pod-a", now, false},
		{"without keys", nil, token, "pod-a", now, false},
		{"of the operator", []ed25519.PublicKey{public}, SignToken(private, "pod-a", now), "pod-a", now, false},
		{"changed", []ed25519.PublicKey{public}, strings.Replace(token, ".", ".e", 1), "pod-a", now, false},
		{"empty", []ed25519.PublicKey{public}, "", "pod-a", now, false},
		{"too long", []ed25519.PublicKey{public}, token + strings.Repeat("x", maxToken), "pod-a", now, false},
	} {
		got, err := VerifyAccessToken(c.keys, c.token, c.pod, c.at)
		want := Access{}
		if c.valid {
			want = access
		}
		if (err == nil) != c.valid || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, %v", c.name, got, err)
		}
	}
	if VerifyToken([]ed25519.PublicKey{public}, token, "pod-a", now) == nil {
		t.Error("an access token is taken for the operator's")
	}
}

func TestCallers(t *testing.T) {
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	actions := []string{"read", "send", "control", "setting", "app", "delete"}
	for name, want := range map[string]string{
		"key-1":                          "key-1",
		"system:serviceaccount:shop:bot": "system:serviceaccount:shop:bot",
		strings.Repeat("x", 10_000):      strings.Repeat("x", maxCaller),
		"a" + strings.Repeat("é", 100):   "a" + strings.Repeat("é", 63),
		strings.Repeat("<", 200):         strings.Repeat("_", maxCaller),
		"line\nbreak\x00":                "line_break_",
		strings.Repeat("\"", 200):        strings.Repeat("\"", maxCaller),
		"not \xff UTF-8":                 "not _ UTF-8",
	} {
		token := SignAccessToken(private, "d6c7a4b5-3f0e-4a52-9d54-6c2f8f0f5a11", Access{Caller: name, Admin: true, Actions: actions}, now)
		access, err := VerifyAccessToken([]ed25519.PublicKey{public}, token, "d6c7a4b5-3f0e-4a52-9d54-6c2f8f0f5a11", now)
		if err != nil || access.Caller != want {
			t.Errorf("%.20q becomes %q, %v", name, access.Caller, err)
		}
	}
}
