package media

import (
	"regexp"
	"strings"
	"testing"

	"github.com/wasession/wasession/runtime/chat"
)

// Every file name leads back to its message, and is safe in URLs and buckets.
func TestNamesLeadBack(t *testing.T) {
	safe := regexp.MustCompile(`^[A-Za-z0-9._@~-]+$`)
	seen := map[string]chat.MessageID{}
	for _, stanza := range []string{"ABC", "3EB0", "a.b-c", "A B", "../x", "A/B", "ä", "~", "~abc", "%2e", strings.Repeat("x", 5000), "A\x00", ""} {
		for _, participant := range []chat.ID{"", "222@lid", "15550001111@c.us"} {
			for _, fromMe := range []bool{true, false} {
				m := message(stanza)
				m.FromMe, m.Participant = fromMe, participant
				if participant != "" {
					m.Chat = "1203@g.us"
				}
				name := Name(&m)
				if !safe.MatchString(name) || len(name) > maxName || strings.Contains(name, "..") {
					t.Errorf("%.20q is named %.80q", stanza, name)
				}
				if other, taken := seen[name]; taken {
					t.Errorf("%v and %v are both named %s", m.ID(), other, name)
				}
				seen[name] = m.ID()
				id, digest, ok := MessageID(name)
				if stanza == "" {
					continue // no message has it
				}
				if !ok || id.Chat != m.Chat || id.FromMe != fromMe || id.Participant != participant {
					t.Errorf("%.80s leads to %+v, %t", name, id, ok)
				}
				if id.Stanza != stanza && digest != chat.StanzaDigest(stanza) {
					t.Errorf("%.80s leads to the stanza %q with the digest %q", name, id.Stanza, digest)
				}
			}
		}
	}
}

func TestExtensionsAreSafe(t *testing.T) {
	safe := regexp.MustCompile(`^[a-z0-9]{2,5}$`)
	for mimetype, ext := range extensions {
		if got := Extension(&chat.Media{MIMEType: strings.ToUpper(mimetype) + "; a=b"}); got != ext || !safe.MatchString(ext) {
			t.Errorf("%s has the extension %q, want %q", mimetype, got, ext)
		}
	}
	if got := Extension(nil); got != otherExtension {
		t.Errorf("without media %q", got)
	}
}
