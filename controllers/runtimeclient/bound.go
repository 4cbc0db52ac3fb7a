package runtimeclient

import (
	"regexp"
	"strings"
	"time"
	"unicode"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
)

// Limits of a report, in bytes and entries. Reports end up in the resource's
// status, in events and in metrics, and a pod may be compromised.
const (
	maxWord     = 64
	maxID       = 128
	maxName     = 256
	maxSentence = 1024
	maxGroups   = 50
	maxCount    = 1<<31 - 1
)

// phases and results are the known values of the contract. An unknown phase
// becomes STARTING.
var (
	phases = map[runtimev1.Phase]bool{
		runtimev1.PhaseStopped: true, runtimev1.PhaseStarting: true, runtimev1.PhaseScanQRCode: true,
		runtimev1.PhasePasskeyRequired: true, runtimev1.PhasePasskeyConfirmation: true,
		runtimev1.PhaseWorking: true, runtimev1.PhaseFailed: true,
	}
	results = map[runtimev1.RunResult]bool{
		runtimev1.RunSucceeded: true, runtimev1.RunFailed: true, runtimev1.RunDryRun: true,
	}
	reasons = regexp.MustCompile(`^[A-Za-z]{1,64}$`)
)

// earliest and latest limit times to those that can be encoded and decoded.
var (
	earliest = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	latest   = time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)
)

// bound limits a report to what a sane runtime would send.
func bound(s *runtimev1.Status) {
	s.Session = text(s.Session, maxWord)
	if !phases[s.Phase] {
		s.Phase = runtimev1.PhaseStarting
	}
	if !reasons.MatchString(string(s.Reason)) {
		s.Reason = ""
	}
	for _, sentence := range []*string{&s.Message, &s.ConfigError, &s.KeysError} {
		*sentence = text(*sentence, maxSentence)
	}
	s.RuntimeVersion, s.ConfigHash = text(s.RuntimeVersion, maxWord), text(s.ConfigHash, maxWord)
	s.Since = *moment(&s.Since)
	s.RetryAt = moment(s.RetryAt)
	if me := s.Me; me != nil {
		me.ID, me.LID, me.JID, me.PushName = text(me.ID, maxID), text(me.LID, maxID), text(me.JID, maxID), text(me.PushName, maxName)
	}
	for _, n := range []*int{&s.Chats.Total, &s.Chats.Archived, &s.Chats.Unread, &s.History.Pending, &s.History.Imported} {
		*n = count(*n)
	}
	if a := s.Archive; a != nil {
		boundArchive(a)
	}
	s.UnknownGroups = s.UnknownGroups[:min(len(s.UnknownGroups), maxGroups)]
	for i := range s.UnknownGroups {
		s.UnknownGroups[i] = text(s.UnknownGroups[i], maxID)
	}
}

func boundArchive(a *runtimev1.ArchiveStatus) {
	a.LastRequestID, a.LastMessage = text(a.LastRequestID, runtimev1.MaxArchiveRunID), text(a.LastMessage, maxSentence)
	if !results[a.LastResult] {
		a.LastResult = ""
	}
	a.LastRunTime, a.NextRunTime = moment(a.LastRunTime), moment(a.NextRunTime)
	a.Archived, a.Candidates, a.Left = count(a.Archived), count(a.Candidates), count(a.Left)
}

// text returns at most n bytes of printable characters.
func text(s string, n int) string {
	if len(s) > n {
		s = s[:n]
	}
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}

func count(n int) int { return min(max(n, 0), maxCount) }

func moment(t *time.Time) *time.Time {
	if t == nil || t.IsZero() {
		return t
	}
	bounded := t.UTC()
	if bounded.Before(earliest) {
		bounded = earliest
	}
	if bounded.After(latest) {
		bounded = latest
	}
	return &bounded
}
