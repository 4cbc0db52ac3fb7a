package wire

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// schema is a part of WAHA's description of its API (version 2026.7.1), as far as it
// says what an answer looks like. Clients are generated from it.
type schema struct {
	Ref        string
	Type       string
	Enum       []any
	Required   []string
	Properties map[string]schema
	Items      *schema
}

// described says which schema a golden file follows: the first prefix of its name
// that is here.
var described = map[string]string{
	"summary":  "ChatSummary",
	"message-": "WAMessage", "messages-read": "ReadChatMessagesResponse", "media": "WAMedia",
	"session": "SessionInfo", "server-version": "WAHAEnvironment", "server-status": "ServerStatusResponse", "pong": "PingResponse",
	"number-": "WANumberExistResult", "group": "GroupInfo", "group-members": "", "group-bare": "", // without participants, on request
	"group-joined": "JoinGroupResponse", "group-admins-only": "SettingsSecurityChangeInfo",
	"group-added": "", "group-invite-code": "", "group-add-mode": "", "group-approval": "", "group-request": "", // not described, or of later versions
	"count": "CountResponse", "picture": "ChatPictureResponse", "presence-none": "WAHAChatPresences", "profile": "MyProfile", "profile-bare": "MyProfile", "channel": "Channel", "channel-bare": "Channel", "channel-message": "ChannelMessage",
	"new-message-id": "NewMessageIDResponse", "qr-image": "Base64File", "qr-value": "QRCodeValue", "stopping": "StopResponse", "success": "Result",
	"envelope": "WAHAWebhookMessage", "envelope-unpaired": "WAHAWebhookSessionStatus",
	"event-message": "WAMessage", "event-edited": "WAMessageEditedBody", "event-revoked": "WAMessageRevokedBody",
	"event-reaction": "WAMessageReaction", "event-ack": "WAMessageAckBody", "event-archive": "ChatArchiveEvent",
	"event-status": "WASessionStatusBody", "event-presence": "WAHAChatPresences", "event-call": "CallData", "event-poll-vote": "PollVotePayload", "event-response": "EventResponsePayload",
	"event-label": "Label", "event-labelled": "LabelChatAssociation",
	"event-group-join": "GroupV2JoinEvent", "event-group-leave": "GroupV2LeaveEvent", "event-group-update": "GroupV2UpdateEvent",
	"event-group-participants": "GroupV2ParticipantsEvent", "event-group-promoted": "GroupV2ParticipantsEvent",
	"event-group-join-request": "", // of a later version
	// WAHA does not describe these answers, or does not have the calls.
	"about": "", "apps": "", "archive-": "", "chat-": "", "deliveries-": "", "error": "", "health": "", "pairing-code": "", "passkey-challenge": "PasskeyChallenge", "passkey-challenge-bare": "PasskeyChallenge", "passkey-code": "PasskeyConfirmationResponse", "profile-picture": "",
	"sending": "", "sends-": "", "sent": "", "event-waiting": "", "wawp-": "",
}

// slips are where the description contradicts what WAHA itself sends.
var slips = []*regexp.Regexp{
	regexp.MustCompile(`^event: `),                                  // typed as an object, sent as a text
	regexp.MustCompile(`^config\.webhooks\[\d+\]\.events\[\d+\]: `), // the same
	regexp.MustCompile(`^payload\.`),                                // the fixture's envelope holds no message: payloads have files of their own
}

func TestShapesAreThoseOfWAHAsDescription(t *testing.T) {
	var schemas map[string]schema
	read(t, filepath.Join("testdata", "waha", "schemas.json"), &schemas)
	files, err := filepath.Glob(filepath.Join("testdata", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatal(err, files)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		of, ok := schemaOf(name)
		if !ok {
			t.Errorf("%s: say in described which of WAHA's schemas it follows", file)
		}
		if of == "" {
			continue
		}
		var answer any
		read(t, file, &answer)
		for _, problem := range check(schemas, schema{Ref: of}, "", answer) {
			if !slices.ContainsFunc(slips, func(slip *regexp.Regexp) bool { return slip.MatchString(problem) }) {
				t.Errorf("%s is not a %s: %s", file, of, problem)
			}
		}
	}
}

// schemaOf is the schema of the longest prefix of a golden file's name.
func schemaOf(name string) (string, bool) {
	longest, ok := "", false
	for prefix := range maps.Keys(described) {
		if strings.HasPrefix(name, prefix) && len(prefix) >= len(longest) {
			longest, ok = prefix, true
		}
	}
	return described[longest], ok
}

func read(t *testing.T, file string, into any) {
	t.Helper()
	content, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(content, into)
	}
	if err != nil {
		t.Fatal(file, err)
	}
}

// check returns where a value differs from its schema. The description never says
// what can be null; WAHA sends null for whatever it does not know.
func check(all map[string]schema, s schema, path string, value any) (problems []string) {
	if s.Ref != "" {
		s = all[s.Ref]
	}
	wrong := func(format string, args ...any) {
		problems = append(problems, strings.TrimPrefix(path, ".")+": "+fmt.Sprintf(format, args...))
	}
	switch value := value.(type) {
	case nil:
		return nil
	case map[string]any:
		for _, name := range s.Required {
			if _, ok := value[name]; !ok {
				problems = append(problems, strings.TrimPrefix(path+"."+name, ".")+": is missing")
			}
		}
		for name, member := range value {
			if p, ok := s.Properties[name]; ok {
				problems = append(problems, check(all, p, path+"."+name, member)...)
			}
		}
	case []any:
		for i, member := range value {
			if s.Items != nil {
				problems = append(problems, check(all, *s.Items, fmt.Sprintf("%s[%d]", path, i), member)...)
			}
		}
	}
	if got := kind(value); s.Type != "" && got != s.Type {
		wrong("is of type %s, want %s", got, s.Type)
	}
	if len(s.Enum) > 0 && !slices.Contains(s.Enum, value) {
		wrong("%v is none of %v", value, s.Enum)
	}
	return problems
}

// kind is the type of a JSON value.
func kind(value any) string {
	switch value.(type) {
	case bool:
		return "boolean"
	case float64:
		return "number"
	case string:
		return "string"
	case []any:
		return "array"
	}
	return "object"
}
