package whatsapp

import (
	"fmt"
	"strings"
	"testing"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/whatsapp/jid"
)

func TestCalls(t *testing.T) {
	meta := types.BasicCallMeta{From: bobLID, CallCreator: bobLID, CallID: "CALL", Timestamp: at}
	long := meta
	long.CallID = strings.Repeat("A", 1<<20)
	video := &waBinary.Node{Tag: "offer", Content: []waBinary.Node{{Tag: "audio"}, {Tag: "video"}}}
	inGroup := meta
	inGroup.GroupJID = lunch
	for name, c := range map[string]struct {
		evt          any
		want         string
		video, group bool
	}{
		"a call":               {&events.CallOffer{BasicCallMeta: meta}, chat.EventCallReceived, false, false},
		"a video call":         {&events.CallOffer{BasicCallMeta: meta, Data: video}, chat.EventCallReceived, true, false},
		"a group's call":       {&events.CallOffer{BasicCallMeta: inGroup}, chat.EventCallReceived, false, true},
		"a group's video call": {&events.CallOfferNotice{BasicCallMeta: meta, Media: "video", Type: "group"}, chat.EventCallReceived, true, true},
		"accepted":             {&events.CallAccept{BasicCallMeta: meta}, chat.EventCallAccepted, false, false},
		"rejected":             {&events.CallReject{BasicCallMeta: meta}, chat.EventCallRejected, false, false},
		"accepted elsewhere":   {&events.CallTerminate{BasicCallMeta: meta, Reason: "accepted_elsewhere"}, chat.EventCallAccepted, false, false},
		"rejected elsewhere":   {&events.CallTerminate{BasicCallMeta: meta, Reason: "rejected_elsewhere"}, chat.EventCallRejected, false, false},
		"given up":             {&events.CallTerminate{BasicCallMeta: meta, Reason: "timeout"}, "", false, false},
		"on its way":           {&events.CallTransport{BasicCallMeta: meta}, "", false, false},
		"without an ID":        {&events.CallOffer{BasicCallMeta: types.BasicCallMeta{From: bobLID}}, "", false, false},
		"of nobody":            {&events.CallOffer{BasicCallMeta: types.BasicCallMeta{CallID: "CALL"}}, "", false, false},
		"an ID of 1 MB":        {&events.CallOffer{BasicCallMeta: long}, chat.EventCallReceived, false, false},
	} {
		got, ok := alices.called(c.evt)
		if ok != (c.want != "") {
			t.Errorf("%s: %t, %+v", name, ok, got)
		} else if ok && (got.Event != c.want || got.From != bobID || got.IsVideo != c.video || got.Group != c.group || got.Timestamp != unix(at) || len(got.ID) > 128 || len(got.Data.WireID) > maxCallID) {
			t.Errorf("%s: %.300v", name, fmt.Sprintf("%+v", got))
		}
	}
}

// The directory remembers what it is asked, and the caller may have chosen the address.
func TestACallerWhoseAddressIsNone(t *testing.T) {
	people := asked{}
	m := mapper{numbers: people}
	for _, user := range []string{"../../x", strings.Repeat("1", 1<<20)} {
		caller := types.NewJID(user, types.HiddenUserServer)
		if got, ok := m.called(&events.CallOffer{BasicCallMeta: types.BasicCallMeta{From: bobLID, CallCreator: caller, CallID: "CALL"}}); ok || len(people) != 0 {
			t.Errorf("%.50s: %t %.200s, asked about %d", user, ok, got.From, len(people))
		}
	}
}

// What others say of a call is no event, and each is told once, when it was stored.
func TestWhatIsSaidOfACall(t *testing.T) {
	var r ringing
	offer := types.BasicCallMeta{From: bobLID, CallCreator: bobLID, CallCreatorAlt: bobPN, CallID: "CALL"}
	hear := func(evt any, own bool) (chat.Called, bool) {
		c, _ := mapper{}.called(evt)
		meta, _ := callMeta(evt)
		return c, r.understood(&c, meta, own, at)
	}
	store := func(c chat.Called) { r.stored([]chat.Change{c}) }
	stranger := types.NewJID("666", types.HiddenUserServer)
	answer := types.BasicCallMeta{From: stranger, CallCreator: bobLID, CallID: "CALL"}
	if _, ok := hear(&events.CallAccept{BasicCallMeta: answer}, false); ok {
		t.Error("a stranger accepted what nobody offered")
	}
	first, ok := hear(&events.CallOfferNotice{BasicCallMeta: offer, Media: "video", Type: "group"}, false)
	again, okAgain := hear(&events.CallOffer{BasicCallMeta: offer}, false)
	if !ok || !okAgain {
		t.Fatal("it was not stored, and is told no more")
	}
	if store(first); first.From != bobID || again.From != bobID {
		t.Errorf("from %s, %s", first.From, again.From)
	}
	if _, ok := hear(&events.CallOffer{BasicCallMeta: offer}, false); ok {
		t.Error("an offer is told twice")
	}
	if _, ok := hear(&events.CallAccept{BasicCallMeta: answer}, false); ok {
		t.Error("a stranger accepted it")
	}
	answer.From = alices.myLID
	accepted, ok := hear(&events.CallAccept{BasicCallMeta: answer}, true)
	if got, known := r.get("CALL", bobID); !ok || accepted.From != bobID || !known || got.caller != bobLID || got.finished {
		t.Errorf("accepted: %t %+v; %+v", ok, accepted, got)
	}
	store(accepted)
	if _, ok := hear(&events.CallTerminate{BasicCallMeta: answer, Reason: rejectedElsewhere}, true); ok {
		t.Error("it was accepted, and then rejected")
	}
	if got, _ := r.get("CALL", bobID); !got.finished || !got.by(bobID) || !got.by(jid.ChatID(bobLID)) || got.by("9@lid") {
		t.Errorf("kept is %+v", got)
	}
}

func TestCallsThatAreRemembered(t *testing.T) {
	var r ringing
	call := func(caller, id string, at time.Time) {
		c := chat.Called{ID: id, From: chat.ID(caller + "@lid"), Event: chat.EventCallReceived}
		meta := types.BasicCallMeta{CallID: id, CallCreator: types.NewJID(caller, types.HiddenUserServer)}
		if !r.understood(&c, meta, false, at) {
			t.Fatalf("%s of %s is not told", id, caller)
		}
	}
	call("1", "FIRST", at)
	for i := range 10_000 {
		call("666", fmt.Sprint("C", i), at)
	}
	if len(r.last) != 1+maxCallsOfOne {
		t.Errorf("%d are remembered", len(r.last))
	}
	if _, ok := r.get("FIRST", "1@lid"); !ok {
		t.Error("the call of another is forgotten")
	}
	if _, ok := r.get("C9999", "666@lid"); !ok {
		t.Error("the last call is forgotten")
	}
	for i := range 10_000 {
		call(fmt.Sprint(1000+i), "C", at)
	}
	if len(r.last) != maxCalls {
		t.Errorf("of many callers, %d are remembered", len(r.last))
	}
	if call("1", "LATE", at.Add(2*callsRemembered)); len(r.last) != 1 {
		t.Errorf("after hours, %d are remembered", len(r.last))
	}
}
