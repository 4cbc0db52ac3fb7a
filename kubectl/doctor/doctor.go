// Package doctor finds what keeps a session from working, and says what to do. It is
// pure: its callers read the objects.
package doctor

import (
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/wasession/wasession/api/v1alpha1"
)

// Facts are what is known about a session. All but the session may be missing: the
// object is not there, or the caller may not read it.
type Facts struct {
	Session *v1alpha1.WhatsAppSession
	Pod     *corev1.Pod
	Claim   *corev1.PersistentVolumeClaim
	// Events are those about the pod and the claim.
	Events []corev1.Event
	Queue  *Queue
	Now    time.Time
}

// Queue counts the events for webhooks.
type Queue struct{ Pending, Failed int }

// Finding is something that is wrong, and what to do about it.
type Finding struct {
	Namespace string `json:"namespace"`
	Session   string `json:"session"`
	// Reason is that of the condition or event; or a word for what has neither.
	Reason string `json:"reason"`
	What   string `json:"what"`
	Do     string `json:"do"`
	Link   string `json:"link"`
}

// Examine returns what is wrong with a session, the most important first; nothing if it
// is well, or as it is meant to be.
func Examine(f Facts) []Finding {
	c := chart{facts: f}
	c.conditions()
	c.claim()
	c.pod()
	c.events()
	c.queue()
	return c.findings
}

// chart collects findings, each reason once.
type chart struct {
	facts    Facts
	findings []Finding
}

// add records a finding that the advices know.
func (c *chart) add(reason, what string) { c.record(reason, what, adviceFor(reason)) }

func (c *chart) record(reason, what string, a advice) {
	if slices.ContainsFunc(c.findings, func(f Finding) bool { return f.Reason == reason }) {
		return
	}
	s := c.facts.Session
	do := strings.NewReplacer("NAMESPACE", s.Namespace, "NAME", s.Name).Replace(a.do)
	c.findings = append(c.findings, Finding{
		Namespace: s.Namespace, Session: s.Name, Reason: reason, What: what, Do: do, Link: page + a.section,
	})
}
