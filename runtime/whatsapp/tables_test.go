package whatsapp

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"go.mau.fi/whatsmeow/proto/waCommon"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/proto/waHistorySync"
	"go.mau.fi/whatsmeow/proto/waSyncAction"
	"go.mau.fi/whatsmeow/proto/waWeb"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
	"google.golang.org/protobuf/proto"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/whatsapp/content"
)

func TestEndings(t *testing.T) {
	for number, want := range map[string]string{"15550001111": "1111", "1111": "1111", "11": "11", "": ""} {
		if got := ending(number); got != want {
			t.Errorf("%q ends in %q, want %q", number, got, want)
		}
	}
}

func TestChosenOptions(t *testing.T) {
	hash := func(s string) []byte { sum := sha256.Sum256([]byte(s)); return sum[:] }
	poll := &waE2E.PollCreationMessage{Options: []*waE2E.PollCreationMessage_Option{{OptionName: proto.String("yes")}, {OptionName: proto.String("no")}}}
	for name, raw := range map[string][]byte{
		"a poll":                 marshal(&waE2E.Message{PollCreationMessage: poll}),
		"a poll of version 3":    marshal(&waE2E.Message{PollCreationMessageV3: poll}),
		"a poll that disappears": marshal(&waE2E.Message{EphemeralMessage: future(&waE2E.Message{PollCreationMessage: poll})}),
	} {
		if got := optionNames(raw); !slices.Equal(got, []string{"yes", "no"}) {
			t.Errorf("%s has %v", name, got)
		}
	}
	for name, raw := range map[string][]byte{"a text": marshal(text("x")), "nothing": nil, "no message": {0xff}} {
		if got := optionNames(raw); len(got) != 0 {
			t.Errorf("%s has %v", name, got)
		}
	}
	huge := strings.Repeat("a", 1<<20)
	for name, c := range map[string]struct {
		hashes [][]byte
		want   []string
	}{
		"one":          {[][]byte{hash("no")}, []string{"no"}},
		"in order":     {[][]byte{hash("no"), hash("yes")}, []string{"no", "yes"}},
		"twice":        {[][]byte{hash("no"), hash("no")}, []string{"no"}},
		"unknown ones": {[][]byte{hash("maybe"), {1}, nil}, []string{}},
		"none":         {nil, []string{}},
		"a huge one":   {[][]byte{hash(huge)}, []string{huge[:content.MaxName]}},
	} {
		if got := chosen([]string{"yes", "no", huge}, c.hashes); got == nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestOptionsThatCanBeChosen(t *testing.T) {
	raw := func(most uint32, options ...string) []byte {
		poll := &waE2E.PollCreationMessage{SelectableOptionsCount: &most}
		for _, o := range options {
			poll.Options = append(poll.Options, &waE2E.PollCreationMessage_Option{OptionName: proto.String(o)})
		}
		return marshal(&waE2E.Message{PollCreationMessage: poll})
	}
	var many []string
	for i := range 5_000 {
		many = append(many, strings.Repeat(string(rune('a'+i%26)), 1_000)+fmt.Sprint(i))
	}
	for name, c := range map[string]struct {
		raw     []byte
		options []string
		want    string
	}{
		"one":                  {raw(1, "yes", "no"), []string{"no"}, ""},
		"none":                 {raw(1, "yes", "no"), nil, ""},
		"all":                  {raw(0, "yes", "no"), []string{"no", "yes"}, ""},
		"too many":             {raw(1, "yes", "no"), []string{"no", "yes"}, "the poll takes at most 1 of its options"},
		"another one":          {raw(1, "yes", "no"), []string{"No"}, `"No" is not an option of the poll; its options are "yes", "no"`},
		"control characters":   {raw(1, "yes\x00\n"), []string{"x"}, `"x" is not an option of the poll; its options are "yes\x00\n"`},
		"a text":               {marshal(text("x")), nil, "the message is not a poll"},
		"what is no message":   {[]byte{0xff}, nil, "the poll is not stored in full"},
		"nothing that is kept": {nil, nil, "the poll is not stored in full"},
	} {
		if err := votable(chat.Message{Raw: c.raw}, c.options); err == nil && c.want != "" || err != nil && err.Error() != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
	if err := votable(chat.Message{Raw: raw(0, many...)}, []string{"x"}); err == nil || len(err.Error()) > 2_000 {
		t.Errorf("a large poll: %.100v", err)
	}
}

// Each person has two addresses, and a client encrypts with one of each.
func TestWaysInWhichAPartMayBeSealed(t *testing.T) {
	me, myLID := alices.me.String(), alices.myLID.String()
	direct := types.MessageSource{Chat: bobLID, Sender: bobLID, SenderAlt: bobPN}
	fromBob := types.MessageSource{Chat: lunch, Sender: bobPN, IsGroup: true}
	for name, c := range map[string]struct {
		source types.MessageSource
		key    *waCommon.MessageKey
		want   []string
	}{
		"a vote of Bob in Alice's poll": {direct, &waCommon.MessageKey{RemoteJID: &myLID},
			[]string{myLID + " " + bobLID.String(), myLID + " " + bobPN.String(), me + " " + bobLID.String(), me + " " + bobPN.String()}},
		"a vote of Bob in his own poll": {direct, &waCommon.MessageKey{RemoteJID: &myLID, FromMe: proto.Bool(true)},
			[]string{bobLID.String() + " " + bobLID.String(), bobLID.String() + " " + bobPN.String()}},
		"in a group":             {fromBob, &waCommon.MessageKey{RemoteJID: &me, Participant: &me}, []string{me + " " + bobPN.String(), myLID + " " + bobPN.String()}},
		"in a group, of nobody":  {fromBob, &waCommon.MessageKey{RemoteJID: &me}, nil},
		"of a group":             {fromBob, &waCommon.MessageKey{Participant: proto.String(lunch.String())}, nil},
		"of an invalid address":  {direct, &waCommon.MessageKey{RemoteJID: proto.String("../../x")}, nil},
		"of a LID of 1 MB":       {direct, &waCommon.MessageKey{RemoteJID: proto.String(strings.Repeat("1", 1<<20) + "@lid")}, nil},
		"nothing is said of who": {direct, nil, nil},
	} {
		var got []string
		m, evt := mapper{me: alices.me, myLID: alices.myLID}, &events.Message{Info: types.MessageInfo{MessageSource: c.source}}
		by, ok := m.author(evt, c.key)
		if ok != (c.want != nil) {
			t.Errorf("%s: of %s, %t", name, by, ok)
		}
		if !ok {
			continue
		}
		for _, s := range m.sealings(evt, by, c.key) {
			author := s.key.GetRemoteJID()
			if author != s.key.GetParticipant() || s.key.GetFromMe() {
				t.Errorf("%s: key %v", name, s.key)
			}
			got = append(got, author+" "+s.evt.Info.Sender.String())
		}
		want := c.want
		if !slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))) || len(got) > 0 && got[0] != want[0] {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestSecretEdits(t *testing.T) {
	evt := event(types.MessageSource{Chat: bobPN, Sender: bobPN}, text("envelope"))
	secret := &waE2E.SecretEncryptedMessage{TargetMessageKey: &waCommon.MessageKey{ID: proto.String("OLD")}}
	for name, edited := range map[string]*waE2E.Message{
		"bare":                  text("new"),
		"in a protocol message": {ProtocolMessage: &waE2E.ProtocolMessage{EditedMessage: text("new")}},
		"in a wrapper":          {EditedMessage: future(text("new"))},
	} {
		changes := alices.secretEdit(evt, secret, edited)
		if len(changes) != 1 {
			t.Errorf("%s: %v", name, changes)
			continue
		}
		if e := changes[0].(chat.Edited); e.Target != "OLD" || e.Message.Body != "new" {
			t.Errorf("%s: %+v", name, e)
		}
	}
	if got := alices.secretEdit(evt, &waE2E.SecretEncryptedMessage{}, text("new")); got != nil {
		t.Errorf("an edit of nothing: %v", got)
	}
	if got := alices.secretEdit(evt, secret, &waE2E.Message{ReactionMessage: &waE2E.ReactionMessage{}}); got != nil {
		t.Errorf("an edit into nothing: %v", got)
	}
}

func TestKeysOfMessages(t *testing.T) {
	for name, c := range map[string]struct {
		id   chat.ID
		m    chat.Message
		want *waCommon.MessageKey
	}{
		"theirs":            {bobID, chat.Message{Stanza: "A"}, &waCommon.MessageKey{RemoteJID: proto.String(bobPN.String()), FromMe: proto.Bool(false), ID: proto.String("A")}},
		"mine":              {bobID, chat.Message{Stanza: "A", FromMe: true}, &waCommon.MessageKey{RemoteJID: proto.String(bobPN.String()), FromMe: proto.Bool(true), ID: proto.String("A")}},
		"a member's":        {"120363000000000001@g.us", chat.Message{Stanza: "A", Participant: bobID}, &waCommon.MessageKey{RemoteJID: proto.String(lunch.String()), FromMe: proto.Bool(false), ID: proto.String("A"), Participant: proto.String(bobPN.String())}},
		"mine in a group":   {"120363000000000001@g.us", chat.Message{Stanza: "A", Participant: aliceID, FromMe: true}, &waCommon.MessageKey{RemoteJID: proto.String(lunch.String()), FromMe: proto.Bool(true), ID: proto.String("A")}},
		"under another id":  {bobID, chat.Message{Stanza: "X-1", WireStanza: "wild id"}, &waCommon.MessageKey{RemoteJID: proto.String(bobPN.String()), FromMe: proto.Bool(false), ID: proto.String("wild id")}},
		"of a hidden phone": {"1003@lid", chat.Message{Stanza: "A"}, &waCommon.MessageKey{RemoteJID: proto.String(carolLID.String()), FromMe: proto.Bool(false), ID: proto.String("A")}},
	} {
		if got := keyOf(c.id, c.m); !proto.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestClearingAChat(t *testing.T) {
	key := &waCommon.MessageKey{ID: proto.String("A")}
	patch := clearPatch(bobPN, at, key)
	if len(patch.Mutations) != 1 || !slices.Equal(patch.Mutations[0].Index, []string{"clearChat", bobPN.String(), "1", "1"}) {
		t.Fatalf("%+v", patch)
	}
	r := patch.Mutations[0].Value.GetClearChatAction().GetMessageRange()
	if r.GetLastMessageTimestamp() != at.Unix() || len(r.GetMessages()) != 1 || r.GetMessages()[0].GetKey().GetID() != "A" {
		t.Errorf("range %v", r)
	}
	before := time.Now().Unix()
	r = clearPatch(bobPN, time.Time{}, nil).Mutations[0].Value.GetClearChatAction().GetMessageRange()
	if r.GetLastMessageTimestamp() < before || len(r.GetMessages()) != 0 {
		t.Errorf("without a last message %v", r)
	}
}

func TestTimesOfOthers(t *testing.T) {
	for in, want := range map[int64]int64{0: 0, 1: 1, at.Unix(): at.Unix(), -5: 0, latest: latest, latest + 1: latest} {
		if got := unix(time.Unix(in, 0)); got != want {
			t.Errorf("unix(%d) = %d, want %d", in, got, want)
		}
	}
	if got := unix(time.Time{}); got != 0 {
		t.Errorf("no time is %d", got)
	}
	for in, want := range map[uint64]int64{0: 0, 1_700_000_000: 1_700_000_000, 1_700_000_000_000: 1_700_000_000, 1 << 63: -1, 1<<64 - 1: -1, 1<<52 + 1: -1} {
		if got := muteEnd(in); got != want {
			t.Errorf("muteEnd(%d) = %d, want %d", in, got, want)
		}
	}
	for name, c := range map[string]struct {
		action *waSyncAction.MuteAction
		want   int64
	}{
		"not":                      {&waSyncAction.MuteAction{Muted: proto.Bool(false), MuteEndTimestamp: proto.Int64(5000)}, 0},
		"without an end":           {&waSyncAction.MuteAction{Muted: proto.Bool(true)}, -1},
		"for ever":                 {&waSyncAction.MuteAction{Muted: proto.Bool(true), MuteEndTimestamp: proto.Int64(-1)}, -1},
		"until a time":             {&waSyncAction.MuteAction{Muted: proto.Bool(true), MuteEndTimestamp: proto.Int64(5999)}, 5},
		"by an action with no say": {nil, 0},
	} {
		if got := mutedUntil(c.action); got != c.want {
			t.Errorf("muted %s: %d, want %d", name, got, c.want)
		}
	}
	r := func(message, system int64) *waSyncAction.SyncActionMessageRange {
		return &waSyncAction.SyncActionMessageRange{LastMessageTimestamp: &message, LastSystemMessageTimestamp: &system}
	}
	for name, c := range map[string]struct {
		r    *waSyncAction.SyncActionMessageRange
		want int64
	}{
		"nothing":      {nil, at.Unix()},
		"seconds":      {r(5, 0), 5},
		"milliseconds": {r(1_600_000_000_000, 0), 1_600_000_000},
		"a notice":     {r(5, 7), 7},
		"below zero":   {r(-5, -7), at.Unix()},
	} {
		if got := rangeEnd(c.r, at); got != c.want {
			t.Errorf("a range of %s ends at %d, want %d", name, got, c.want)
		}
	}
}

// web is a message as phones keep it.
func web(change func(*waWeb.WebMessageInfo)) *waWeb.WebMessageInfo {
	w := &waWeb.WebMessageInfo{
		Key: &waCommon.MessageKey{ID: proto.String("A"), FromMe: proto.Bool(false)}, MessageTimestamp: proto.Uint64(uint64(at.Unix())), Message: text("hi"),
	}
	if change != nil {
		change(w)
	}
	return w
}

func TestMessagesOfTheHistory(t *testing.T) {
	status := func(fromMe bool, s waWeb.WebMessageInfo_Status) func(*waWeb.WebMessageInfo) {
		return func(w *waWeb.WebMessageInfo) { w.Key.FromMe, w.Status = &fromMe, s.Enum() }
	}
	for _, c := range []struct {
		name string
		in   types.JID
		web  *waWeb.WebMessageInfo
		is   func(chat.Message) bool
	}{
		{"theirs", bobPN, web(nil), func(m chat.Message) bool {
			return m.Chat == bobID && !m.FromMe && m.Ack == chat.AckDevice && m.Body == "hi" && m.Timestamp == at.Unix()
		}},
		{"theirs, unsent says the phone", bobPN, web(status(false, waWeb.WebMessageInfo_PENDING)), func(m chat.Message) bool { return m.Ack == chat.AckDevice }},
		{"theirs, read", bobPN, web(status(false, waWeb.WebMessageInfo_READ)), func(m chat.Message) bool { return m.Ack == chat.AckRead }},
		{"mine", bobPN, web(func(w *waWeb.WebMessageInfo) { w.Key.FromMe = proto.Bool(true) }), func(m chat.Message) bool { return m.FromMe && m.Ack == chat.AckServer }},
		{"mine, failed", bobPN, web(status(true, waWeb.WebMessageInfo_ERROR)), func(m chat.Message) bool { return m.Ack == chat.AckError }},
		{"mine, waiting", bobPN, web(status(true, waWeb.WebMessageInfo_PENDING)), func(m chat.Message) bool { return m.Ack == chat.AckPending }},
		{"mine, sent", bobPN, web(status(true, waWeb.WebMessageInfo_SERVER_ACK)), func(m chat.Message) bool { return m.Ack == chat.AckServer }},
		{"mine, delivered", bobPN, web(status(true, waWeb.WebMessageInfo_DELIVERY_ACK)), func(m chat.Message) bool { return m.Ack == chat.AckDevice }},
		{"mine, played", bobPN, web(status(true, waWeb.WebMessageInfo_PLAYED)), func(m chat.Message) bool { return m.Ack == chat.AckPlayed }},
		{"by LID", bobLID, web(nil), func(m chat.Message) bool { return m.Chat == bobID && m.Arrived == "1002@lid" }},
		{"starred", bobPN, web(func(w *waWeb.WebMessageInfo) { w.Starred = proto.Bool(true) }), func(m chat.Message) bool { return m.Starred }},
		{"of a member", lunch, web(func(w *waWeb.WebMessageInfo) { w.Participant = proto.String("15550002222:7@s.whatsapp.net") }),
			func(m chat.Message) bool { return m.Participant == bobID }},
		{"of a member in the key", lunch, web(func(w *waWeb.WebMessageInfo) { w.Key.Participant = proto.String(bobLID.String()) }),
			func(m chat.Message) bool { return m.Participant == bobID }},
		{"of nobody in a group", lunch, web(func(w *waWeb.WebMessageInfo) { w.Participant = proto.String("a@b@c") }),
			func(m chat.Message) bool { return m.Participant == "" && m.Body == "hi" }},
		{"of mine in a group", lunch, web(func(w *waWeb.WebMessageInfo) { w.Key.FromMe = proto.Bool(true) }),
			func(m chat.Message) bool { return m.Participant == aliceID && m.FromMe }},
		{"reacted to", lunch, web(func(w *waWeb.WebMessageInfo) {
			w.Participant = proto.String(bobPN.String())
			w.Reactions = []*waWeb.Reaction{
				{Key: &waCommon.MessageKey{FromMe: proto.Bool(true)}, Text: proto.String("👍"), SenderTimestampMS: proto.Int64(at.UnixMilli())},
				{Key: &waCommon.MessageKey{Participant: proto.String(bobLID.String())}, Text: proto.String("🙏")},
				{Key: &waCommon.MessageKey{Participant: proto.String("a@b@c")}, Text: proto.String("of nobody")},
			}
		}), func(m chat.Message) bool {
			return slices.Equal(m.Reactions, []chat.Reaction{{Text: "👍", Timestamp: at.Unix()}, {Person: "1002@lid", Text: "🙏"}})
		}},
		{"of a channel", types.NewJID("120363000000500001", types.NewsletterServer), web(func(w *waWeb.WebMessageInfo) { w.NewsletterServerID = proto.Uint64(101) }),
			func(m chat.Message) bool { return m.ServerID == 101 && m.Participant == "" }},
		{"with a forged number", types.NewJID("120363000000500001", types.NewsletterServer), web(func(w *waWeb.WebMessageInfo) { w.NewsletterServerID = proto.Uint64(math.MaxUint64) }),
			func(m chat.Message) bool { return m.ServerID == math.MaxInt32 }},
		{"of a far future", bobPN, web(func(w *waWeb.WebMessageInfo) { w.MessageTimestamp = proto.Uint64(1 << 63) }),
			func(m chat.Message) bool { return m.Timestamp == latest }},
		{"edited", bobPN, web(func(w *waWeb.WebMessageInfo) {
			w.Message = &waE2E.Message{EditedMessage: future(&waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{
				Type: waE2E.ProtocolMessage_MESSAGE_EDIT.Enum(), Key: &waCommon.MessageKey{ID: proto.String("FIRST")}, EditedMessage: text("better"),
				TimestampMS: proto.Int64(at.UnixMilli()),
			}})}
		}), func(m chat.Message) bool { return m.Stanza == "FIRST" && m.Body == "better" && m.EditedAt == at.Unix() }},
	} {
		t.Run(c.name, func(t *testing.T) {
			if m, ok := alices.historyMessage(c.in, c.web); !ok || !c.is(m) {
				t.Errorf("%+v, %t", m, ok)
			}
		})
	}
	for name, w := range map[string]*waWeb.WebMessageInfo{
		"a notice":       web(func(w *waWeb.WebMessageInfo) { w.Message = nil }),
		"without an id":  web(func(w *waWeb.WebMessageInfo) { w.Key.ID = nil }),
		"a reaction":     web(func(w *waWeb.WebMessageInfo) { w.Message = &waE2E.Message{ReactionMessage: &waE2E.ReactionMessage{}} }),
		"without a key":  web(func(w *waWeb.WebMessageInfo) { w.Key = nil }),
		"nothing at all": {},
	} {
		if m, ok := alices.historyMessage(bobPN, w); ok {
			t.Errorf("%s is %+v", name, m)
		}
	}
	if m, ok := alices.historyMessage(types.NewJID("x", "nowhere"), web(nil)); ok {
		t.Errorf("in no chat it is %+v", m)
	}
}

func TestSecretsOfTheHistory(t *testing.T) {
	h := &historyBatch{m: alices, jid: lunch}
	with := func(change func(*waWeb.WebMessageInfo)) *waWeb.WebMessageInfo {
		return web(func(w *waWeb.WebMessageInfo) {
			w.MessageSecret, w.Participant = []byte("secret"), proto.String(bobPN.String())
			if change != nil {
				change(w)
			}
		})
	}
	got := h.secret(with(nil))
	if len(got) != 1 || got[0].Chat != lunch || got[0].Sender != bobPN || got[0].ID != "A" || string(got[0].Secret) != "secret" {
		t.Errorf("%+v", got)
	}
	for name, w := range map[string]*waWeb.WebMessageInfo{
		"without one":      with(func(w *waWeb.WebMessageInfo) { w.MessageSecret = nil }),
		"without an id":    with(func(w *waWeb.WebMessageInfo) { w.Key.ID = nil }),
		"without a sender": with(func(w *waWeb.WebMessageInfo) { w.Participant = nil }),
	} {
		if got := h.secret(w); got != nil {
			t.Errorf("%s: %+v", name, got)
		}
	}
	token := &waHistorySync.Conversation{TcToken: []byte("token"), TcTokenTimestamp: proto.Uint64(5), TcTokenSenderTimestamp: proto.Uint64(7)}
	if got := privacyToken(token, bobPN); len(got) != 1 || got[0].User != bobPN || got[0].Timestamp.Unix() != 5 || got[0].SenderTimestamp.Unix() != 7 {
		t.Errorf("token %+v", got)
	}
	if got := privacyToken(token, lunch); got != nil {
		t.Errorf("of a group %+v", got)
	}
	if got := privacyToken(&waHistorySync.Conversation{}, bobPN); got != nil {
		t.Errorf("without one %+v", got)
	}
}

func TestPairsOfConversations(t *testing.T) {
	pair := []chat.Change{chat.LIDMapped{LID: "1002@lid", Phone: bobID}}
	for name, c := range map[string]struct {
		head *waHistorySync.Conversation
		j    types.JID
		want []chat.Change
	}{
		"under its number": {&waHistorySync.Conversation{LidJID: proto.String(bobLID.String())}, bobPN, pair},
		"under its LID":    {&waHistorySync.Conversation{PnJID: proto.String(bobPN.String())}, bobLID, pair},
		"alone":            {&waHistorySync.Conversation{}, bobPN, nil},
		"two numbers":      {&waHistorySync.Conversation{LidJID: proto.String(alicePN.String())}, bobPN, nil},
		"no address":       {&waHistorySync.Conversation{LidJID: proto.String("a@b@c")}, bobPN, nil},
		"a group":          {&waHistorySync.Conversation{LidJID: proto.String(bobLID.String())}, lunch, nil},
	} {
		if got := pairOf(c.head, c.j); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestGroupsOfWhatsApp(t *testing.T) {
	info := &types.GroupInfo{
		JID: lunch, OwnerJID: bobLID, GroupName: types.GroupName{Name: "Lunch"}, GroupTopic: types.GroupTopic{Topic: "food"}, GroupCreated: at,
		GroupAnnounce: types.GroupAnnounce{IsAnnounce: true}, MemberAddMode: types.GroupMemberAddModeAllMember,
		Participants: []types.GroupParticipant{{JID: aliceLID, PhoneNumber: alicePN, IsAdmin: true}, {JID: bobLID, PhoneNumber: bobPN}},
	}
	g := alices.group(info)
	if g.ID != "120363000000000001@g.us" || g.Subject != "Lunch" || g.Description != "food" || g.Owner != bobID || g.CreatedAt != at.Unix() {
		t.Errorf("group %+v", g)
	}
	if !*g.Announce || *g.Locked || !*g.MembersAdd || *g.Approval {
		t.Errorf("rules %t %t %t %t", *g.Announce, *g.Locked, *g.MembersAdd, *g.Approval)
	}
	if want := []chat.Participant{{ID: aliceID, LID: "1001@lid", Role: chat.RoleAdmin}, {ID: bobID, LID: "1002@lid"}}; !reflect.DeepEqual(g.Participants, want) {
		t.Errorf("members %+v", g.Participants)
	}
	joined := alices.joinedGroup(&events.JoinedGroup{GroupInfo: *info, Sender: &carolLID, SenderPN: &bobPN})
	if c := joined[0].(chat.GroupChanged); c.Event != chat.EventGroupJoin || c.Author != bobID || c.Group.Subject != "Lunch" || c.Timestamp != at.Unix() {
		t.Errorf("joined %+v", c)
	}
	if c := alices.joinedGroup(&events.JoinedGroup{GroupInfo: *info})[0].(chat.GroupChanged); c.Author != "" {
		t.Errorf("joined by %q", c.Author)
	}
	pairs := alices.members(append(info.Participants, types.GroupParticipant{JID: bobPN, LID: bobLID}, types.GroupParticipant{JID: carolLID}))
	if want := []chat.Change{chat.LIDMapped{LID: "1001@lid", Phone: aliceID}, chat.LIDMapped{LID: "1002@lid", Phone: bobID}}; !reflect.DeepEqual(pairs, want) {
		t.Errorf("pairs %+v", pairs)
	}
	named := alices.contactNamed(bobLID, bobPN, chat.ContactNamed{PushName: "Bob"})
	if want := []chat.Change{chat.LIDMapped{LID: "1002@lid", Phone: bobID}, chat.ContactNamed{ID: bobID, PushName: "Bob"}}; !reflect.DeepEqual(named, want) {
		t.Errorf("named %+v", named)
	}
	if got := alices.contactNamed(types.ServerJID, types.EmptyJID, chat.ContactNamed{PushName: "x"}); got != nil {
		t.Errorf("a server is called %+v", got)
	}
}

// `_data` names the people of a message as WhatsApp did.
func TestRawData(t *testing.T) {
	once := marshal(&waE2E.Message{DeviceSentMessage: &waE2E.DeviceSentMessage{Message: &waE2E.Message{ViewOnceMessageV2: future(&waE2E.Message{ImageMessage: &waE2E.ImageMessage{}})}}})
	for _, c := range []struct {
		name string
		m    chat.Message
		is   func(RawData) bool
	}{
		{"theirs", chat.Message{Chat: bobID, Stanza: "A", Type: chat.TypeText, SenderName: "Bob", Timestamp: at.Unix()}, func(d RawData) bool {
			return d.Info.Sender == bobPN.String() && d.Info.Chat == bobPN.String() && d.Info.PushName == "Bob" && d.Info.Timestamp.Equal(at) && d.Info.Type == "text" && d.Message == nil
		}},
		{"mine", chat.Message{Chat: bobID, FromMe: true}, func(d RawData) bool {
			return d.Info.Sender == alicePN.String() && d.Info.IsFromMe && d.Info.RecipientAlt == ""
		}},
		{"theirs by LID", chat.Message{Chat: bobID, Arrived: "1002@lid"}, func(d RawData) bool {
			return d.Info.Chat == bobLID.String() && d.Info.SenderAlt == bobPN.String() && d.Info.AddressingMode == types.AddressingModeLID
		}},
		{"mine by LID", chat.Message{Chat: bobID, Arrived: "1002@lid", FromMe: true}, func(d RawData) bool { return d.Info.RecipientAlt == bobPN.String() && d.Info.SenderAlt == "" }},
		{"a member's", chat.Message{Chat: "120363000000000001@g.us", Participant: bobID}, func(d RawData) bool {
			return d.Info.IsGroup && d.Info.Sender == bobPN.String() && d.Info.Chat == lunch.String()
		}},
		{"a poll", chat.Message{Chat: bobID, Type: chat.TypePoll}, func(d RawData) bool { return d.Info.Type == "poll" }},
		{"a place", chat.Message{Chat: bobID, Type: chat.TypeLocation}, func(d RawData) bool { return d.Info.Type == "media" }},
		{"a picture to see once", chat.Message{Chat: bobID, Media: &chat.Media{}, Raw: once, EditedAt: 5}, func(d RawData) bool {
			return d.Info.Type == "media" && d.IsViewOnce && !d.IsEphemeral && d.IsEdit && d.Message.ImageMessage != nil && d.RawMessage.DeviceSentMessage != nil
		}},
		{"a text that disappears", chat.Message{Chat: bobID, Raw: marshal(&waE2E.Message{EphemeralMessage: future(text("x"))})}, func(d RawData) bool {
			return d.IsEphemeral && !d.IsViewOnce && d.Message.GetConversation() == "x" && d.RawMessage.EphemeralMessage != nil
		}},
		{"a text in no wrapper", chat.Message{Chat: bobID, Raw: marshal(text("x"))}, func(d RawData) bool {
			return d.Message.GetConversation() == "x" && d.RawMessage == nil
		}},
		{"a document with a caption", chat.Message{Chat: bobID, Raw: marshal(&waE2E.Message{DocumentWithCaptionMessage: future(&waE2E.Message{DocumentMessage: &waE2E.DocumentMessage{}})})},
			func(d RawData) bool { return d.IsDocumentWithCaption }},
		{"a broken one", chat.Message{Chat: bobID, Raw: []byte{0xff}}, func(d RawData) bool { return d.Message == nil && d.RawMessage == nil }},
	} {
		d := NewRawData(c.m, aliceID)
		if _, err := json.Marshal(d); err != nil || !c.is(d) {
			t.Errorf("%s: %+v, %v", c.name, d, err)
		}
	}
}
