package dashboard

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/wasession/wasession/gateway/dashboard/pod"
)

func TestEventsInALine(t *testing.T) {
	for _, c := range []struct{ name, payload, family, who, what string }{
		{"message", `{"from":"15550001111@c.us","body":"hi\nthere"}`, "Messages", "+15550001111", "hi there"},
		{"message.ack.group", `{"from":"12@g.us","ackName":"READ"}`, "Receipts", "Group 12", "READ"},
		{"message.reaction", `{"from":"1555@c.us","reaction":{"text":"👍"}}`, "Reactions", "1555", "👍"},
		{"chat.archive", `{"id":"15550001111@c.us","archived":true,"policy":"idle"}`, "Chats", "+15550001111", "archived idle"},
		{"chat.archive", `{"id":"15550001111@c.us","archived":false}`, "Chats", "+15550001111", "taken out of the archive"},
		{"session.status", `{"name":"sales","status":"WORKING"}`, "Session", "", "WORKING"},
		{"label.upsert", `{"id":"5"}`, "Others", "", ""},
		{"message", `{"from":7}`, "Messages", "", ""},
		{"message", `{"from":"\u202e@c.us","body":"a\u202eb\u0000"}`, "Messages", "", "ab"},
	} {
		got := newEventRow(pod.Event{ID: "evt_1", At: 1_700_000_000_000, Name: c.name, Payload: json.RawMessage(c.payload)})
		if got.Family != c.family || got.Who != c.who || got.What != c.what || !strings.HasPrefix(got.JSON, "{\n  \"") {
			t.Errorf("%s %s: %+v", c.name, c.payload, got)
		}
	}
	long := newEventRow(pod.Event{Name: "x", Payload: json.RawMessage(`["` + strings.Repeat("ä", 100_000) + `"]`)})
	if !long.Clipped || len([]rune(long.JSON)) != maxJSON {
		t.Errorf("a long payload is shown with %d characters", len([]rune(long.JSON)))
	}
}

func TestPlanInWords(t *testing.T) {
	at, days := int64(1_700_000_000), int64(1)
	given := pod.ArchivePlan{Candidates: 900, UnknownGroups: []string{"7@g.us"}, Items: []pod.PlannedChat{
		{ID: "15550001111@c.us", Name: "Bob", Action: "archive", Policy: "idle", LastActivity: &at, InactiveDays: &days},
		{ID: "7@g.us", Action: "leave"},
	}}
	for range mostPlanned {
		given.Items = append(given.Items, pod.PlannedChat{ID: "1@c.us", Action: "leave"})
	}
	got := newPlan(given, "/x")
	if got.Now != mostPlanned+2 || got.Matching != 900 || got.Left != mostPlanned+1 || got.More != 2 || len(got.Items) != mostPlanned || got.Unknown[0] != "Group 7" {
		t.Errorf("%d of %d, %d left, %d more, %v", got.Now, got.Matching, got.Left, got.More, got.Unknown)
	}
	want := []planned{
		{Name: "Bob", About: "+15550001111", Href: "/x/15550001111@c.us", Policy: "idle", Last: time.Unix(at, 0), Idle: "1 day"},
		{Name: "Group 7", About: "Group", Href: "/x/7@g.us", Leave: true},
	}
	if !reflect.DeepEqual(got.Items[:2], want) {
		t.Errorf("%+v", got.Items[:2])
	}
}

func TestRunsInWords(t *testing.T) {
	end := int64(90)
	for want, run := range map[string]pod.ArchiveRun{
		"On request: Done after 1m30s":   {Result: "Succeeded", FinishedAt: &end, Trigger: "request"},
		"Scheduled: Dry run after 1m30s": {Result: "DryRun", FinishedAt: &end, Trigger: "schedule"},
		"On request: Failed after 1m30s": {Result: "Failed", FinishedAt: &end},
		"On request: Running after ":     {},
	} {
		v := newArchiveRun(run)
		if got := v.What + ": " + v.Label + " after " + v.Took; got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestDeliveriesInWords(t *testing.T) {
	id, at, failure := int64(7), int64(1_700_000_000_000), "status 500: <b>\u202eno</b>\nmore "+strings.Repeat("x", 1000)
	got := newDelivery(pod.Delivery{ID: &id, Webhook: "crm", Event: "message", Attempts: 15, FailedAt: &at, Error: &failure})
	if got.ID != "7" || !got.GivenUp.Equal(time.UnixMilli(at)) || !got.Next.IsZero() || !strings.HasPrefix(got.Answer, "status 500: <b>no</b> more xxx") || len(got.Answer) > 310 {
		t.Errorf("%+v", got)
	}
	if waits := newDelivery(pod.Delivery{NextAttempt: &at}); waits.ID != "" || waits.Next.IsZero() {
		t.Errorf("%+v", waits)
	}
}
