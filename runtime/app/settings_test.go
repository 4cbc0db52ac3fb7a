package app

import (
	"crypto/ed25519"
	"strings"
	"testing"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/config"
)

func TestASettingThatCannotBeUsedIsNamed(t *testing.T) {
	for field, c := range map[string]v1.Config{
		"proxy.url":                    {Proxy: &v1.Proxy{URL: "ftp://a"}},
		"autoArchive.schedule":         {Archive: &v1.Archive{Schedule: "daily"}},
		"autoArchive.timeZone":         {Archive: &v1.Archive{Schedule: "@daily", TimeZone: "Mars"}},
		"autoArchive.policies[0].name": {Archive: &v1.Archive{Policies: []v1.ArchivePolicy{{}}}},
		"groups.allowed[0]":            {Groups: v1.Groups{Allowed: []string{"1@c.us"}}},
		"webhooks[0].events":           {Webhooks: []v1.Webhook{{URL: "https://a.example"}}},
		"egress.allow":                 {Egress: v1.Egress{Allow: []string{"a.example", "nonsense:80"}}},
		"operator.keys[1]":             {Operator: v1.Operator{Keys: []string{v1.EncodePublicKey(make(ed25519.PublicKey, ed25519.PublicKeySize)), "x"}}},
		"gateway.keys[0]":              {Gateway: v1.Gateway{Keys: []string{"x"}}},
	} {
		if _, err := compile(config.Loaded{Config: c}); err == nil || !strings.HasPrefix(err.Error(), field) {
			t.Errorf("%s: the error is %v", field, err)
		}
	}
}

func TestAStandaloneSessionHasAName(t *testing.T) {
	for given, want := range map[string]string{"": "default", "sales": "sales"} {
		s, err := Options{Session: given}.read()
		if err != nil || s.Config.Session != want {
			t.Errorf("%q becomes %q, %v; want %q", given, s.Config.Session, err, want)
		}
	}
	if _, err := (Options{Session: "a b"}).read(); err == nil {
		t.Error("a name with a space is taken")
	}
}
