package api

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/test/simulator"
)

// refused makes a call that is refused, and returns the answer's message and Retry-After.
func (w *world) refused(status int, method, path string, body any, headers ...string) (message, retryAfter string) {
	w.Helper()
	resp, answer := w.raw(method, path, body, headers...)
	var got struct{ Message string }
	if resp.StatusCode != status || json.Unmarshal(answer, &got) != nil {
		w.Fatalf("%s %s: %d %s, want %d", method, path, resp.StatusCode, answer, status)
	}
	return got.Message, resp.Header.Get("Retry-After")
}

// What WhatsApp refuses because of a limit is told as such, and can be tried again.
func TestMessagesBeyondWhatsAppsLimit(t *testing.T) {
	w := paired(t)
	w.alice.SetLimits(simulator.Limits{Messages: simulator.Limit{Most: 1, Per: time.Hour}})
	text := map[string]any{"session": name, "chatId": bobChat, "text": "one"}
	w.do(http.StatusCreated, "POST", "/api/sendText", text, nil)

	text["text"] = "two"
	message, wait := w.refused(http.StatusTooManyRequests, "POST", "/api/sendText", text, "Idempotency-Key", "two")
	if !strings.HasPrefix(message, "WhatsApp limits how often") || wait != "" {
		t.Errorf("refused with %q, Retry-After %q", message, wait)
	}
	var failed []struct {
		Body string
		Ack  int
	}
	w.get("/api/sales/chats/"+bobChat+"/messages?filter.ack=ERROR", &failed)
	if len(failed) != 1 || failed[0].Body != "two" || failed[0].Ack != int(chat.AckError) {
		t.Errorf("the chat has %+v", failed)
	}

	// The key was not used up.
	w.alice.SetLimits(simulator.Limits{})
	resp, answer := w.raw("POST", "/api/sendText", text, "Idempotency-Key", "two")
	if resp.StatusCode != http.StatusCreated || resp.Header.Get("Idempotency-Replayed") != "" {
		t.Errorf("again: %d %s", resp.StatusCode, answer)
	}
	_, err := w.bob.Expect(w.ctx, simulator.Text("two"))
	w.ok(err)
	if requests, logins := w.session.Limited(); requests != 1 || logins != 0 {
		t.Errorf("%d requests and %d logins were limited, want 1 and 0", requests, logins)
	}
}

func TestNewChatsBeyondWhatsAppsLimit(t *testing.T) {
	w := paired(t)
	w.alice.SetLimits(simulator.Limits{NewChats: simulator.Limit{Per: time.Hour}})
	message, _ := w.refused(http.StatusUnprocessableEntity, "POST", "/api/sendText", map[string]any{"session": name, "chatId": bobChat, "text": "hello"})
	if !strings.HasPrefix(message, "WhatsApp refused the request (463): for now the account may not write to people") {
		t.Errorf("refused with %q", message)
	}
}

func TestQueriesBeyondWhatsAppsLimit(t *testing.T) {
	w := paired(t)
	w.sim.Faults().LimitIQ("usync", 90*time.Second, 1)
	if message, wait := w.refused(http.StatusTooManyRequests, "GET", "/api/contacts/check-exists?session=sales&phone="+carolPN, nil); wait != "90" {
		t.Errorf("%q, Retry-After %q, want 90", message, wait)
	}
	// A message needs the same query. It never left, and is not kept.
	w.sim.Faults().LimitIQ("usync", 60*time.Second, 1)
	if message, wait := w.refused(http.StatusTooManyRequests, "POST", "/api/sendText",
		map[string]any{"session": name, "chatId": carolPN, "text": "hello"}); wait != "60" {
		t.Errorf("%q, Retry-After %q, want 60", message, wait)
	}
	w.sim.Faults().LimitIQ("w:m", 45*time.Second, 1)
	if message, wait := w.refused(http.StatusTooManyRequests, "POST", "/api/sendFile",
		map[string]any{"session": name, "chatId": bobChat, "file": map[string]any{"data": "QUJD"}}); wait != "45" {
		t.Errorf("%q, Retry-After %q, want 45", message, wait)
	}
	w.sim.Faults().LimitIQ("w:g2", 30*time.Second, 1)
	if message, wait := w.refused(http.StatusTooManyRequests, "POST", "/api/sales/groups/refresh", nil); wait != "30" {
		t.Errorf("%q, Retry-After %q, want 30", message, wait)
	}
}

// Logins that are refused one after the other are tried less and less often.
func TestLoginsBeyondWhatsAppsLimit(t *testing.T) {
	w := paired(t)
	for _, refuse := range []func(){
		func() { w.alice.SetLimits(simulator.Limits{Logins: simulator.Limit{Per: time.Hour}}); w.alice.Kick() },
		func() { w.sim.Faults().RejectUpgrades(http.StatusTooManyRequests, -1); w.alice.Kick() },
		func() { w.alice.Companion().StreamError(http.StatusTooManyRequests, "") },
	} {
		refuse()
		w.await("the limit", func() bool { return w.session.Status().Reason == v1.ReasonRateLimited })
		s := w.session.Status()
		if s.RetryAt == nil || time.Until(*s.RetryAt) < 30*time.Second || s.Phase != v1.PhaseStarting {
			t.Errorf("status %+v, want a retry in a minute", s)
		}
		w.alice.SetLimits(simulator.Limits{})
		w.sim.Faults().Clear()
		w.do(http.StatusCreated, "POST", "/api/sessions/sales/restart", nil, nil)
		w.await("WORKING", func() bool { return w.session.Status().Phase == v1.PhaseWorking })
	}
	if requests, logins := w.session.Limited(); requests != 0 || logins < 3 {
		t.Errorf("%d requests and %d logins were limited", requests, logins)
	}
}

// A ban says what the account is accused of.
func TestBansSayWhy(t *testing.T) {
	w := paired(t)
	w.alice.FailLogin(&simulator.LoginFailure{Reason: 402, Code: 101, Expire: time.Hour})
	w.alice.Kick()
	w.await("the ban", func() bool { return w.session.Status().Reason == v1.ReasonTemporaryBan })
	if s := w.session.Status(); !strings.Contains(s.Message, "people who don't have the number in their contacts") {
		t.Errorf("message %q", s.Message)
	}
	w.alice.FailLogin(&simulator.LoginFailure{Reason: 406})
	w.do(http.StatusCreated, "POST", "/api/sessions/sales/restart", nil, nil)
	w.await("the end", func() bool { return w.session.Status().Phase == v1.PhaseFailed })
	if s := w.session.Status(); s.Reason != v1.ReasonLoggedOut || !strings.HasPrefix(s.Message, "WhatsApp banned the account") {
		t.Errorf("status %+v", s)
	}
}
