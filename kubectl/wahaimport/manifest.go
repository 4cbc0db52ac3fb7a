package wahaimport

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/wasession/wasession/api/v1alpha1"
	wasession "github.com/wasession/wasession/api/v1alpha1/applyconfiguration/api/v1alpha1"
	"github.com/wasession/wasession/gateway/waha"
)

// Manifest is what becomes of one session.
type Manifest struct {
	Session *wasession.WhatsAppSessionApplyConfiguration
	// Secrets are the entries of the Secrets that it names, by their names.
	Secrets map[string]map[string]string
	// Origin says in a line which session it was, and Notes what differs from it.
	Origin string
	Notes  []string
}

var account = regexp.MustCompile(`^([1-9][0-9]{6,14})@(c\.us|s\.whatsapp\.net)$`)

// Convert makes a manifest of a session. It is in no namespace if that is empty.
func Convert(s Session, namespace string) (*Manifest, error) {
	if !waha.ValidName(s.Name) {
		return nil, fmt.Errorf("the name has other characters than letters, digits, '-' and '_', or more than 54")
	}
	wish, err := s.wish()
	if err != nil {
		return nil, err
	}
	m := &Manifest{Origin: "From WAHA's session " + s.Name, Secrets: map[string]map[string]string{}}
	m.knownEvents(wish)
	name := waha.ResourceName(s.Name)
	m.Session = wasession.WhatsAppSession(name, namespace).WithSpec(wasession.WhatsAppSessionSpec())
	if namespace == "" {
		m.Session.Namespace = nil
	}
	spec := m.Session.Spec
	if name != s.Name {
		spec.WithSessionName(s.Name)
	}
	if s.Status == string(v1alpha1.PhaseStopped) {
		spec.WithState(v1alpha1.SessionStopped)
		m.note("It was stopped, so it is not started.")
	}
	if s.Me != nil {
		if number := account.FindStringSubmatch(s.Me.ID); number != nil {
			spec.WithPairing(wasession.PairingSpec().WithAccount(number[1]))
			m.note("Only the number that it had may be linked: spec.pairing.account.")
		}
	}
	parts, err := waha.Configure(m.Session, name, wish)
	if err != nil {
		return nil, err
	}
	for secret, entries := range parts {
		if len(entries) > 0 {
			m.Secrets[secret] = entries
		}
	}
	m.left(s, wish)
	return m, nil
}

// left notes what has no counterpart.
func (m *Manifest) left(s Session, wish *waha.Wish) {
	if len(wish.Kept) > 0 {
		m.note("No counterpart, kept in an annotation: " + strings.Join(slices.Sorted(maps.Keys(wish.Kept)), ", ") + ".")
	}
	for _, app := range s.Apps {
		m.note(fmt.Sprintf("No counterpart: the app %q.", app.App))
	}
}

// knownEvents leaves out the events that there are not.
func (m *Manifest) knownEvents(wish *waha.Wish) {
	kept := wish.Webhooks[:0]
	for i, hook := range wish.Webhooks {
		var events []string
		for _, event := range hook.Events {
			switch {
			case !slices.Contains(Events, v1alpha1.WebhookEvent(event)):
				m.note(fmt.Sprintf("No counterpart: the event %q of webhook %d.", event, i+1))
			case !slices.Contains(events, event):
				events = append(events, event)
			}
		}
		if len(events) == 0 {
			m.note(fmt.Sprintf("Webhook %d is left out, as none of its events is left.", i+1))
			continue
		}
		hook.Events = events
		kept = append(kept, hook)
	}
	wish.Webhooks = kept
}

func (m *Manifest) note(text string) { m.Notes = append(m.Notes, text) }

// Events are those that the schema of the resource allows.
var Events = []v1alpha1.WebhookEvent{
	v1alpha1.AllEvents, "session.status", "message", "message.any", "message.ack", "message.ack.group", "message.reaction",
	"message.revoked", "message.edited", "message.waiting", "group.v2.join", "group.v2.leave", "group.v2.update",
	"group.v2.participants", "group.v2.participants.join-request", "presence.update", "poll.vote", "poll.vote.failed", "chat.archive",
	"call.received", "call.accepted", "call.rejected",
	"label.upsert", "label.deleted", "label.chat.added", "label.chat.deleted", "event.response", "event.response.failed",
}
