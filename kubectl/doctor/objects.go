package doctor

import (
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/wasession/wasession/api/v1alpha1"
)

const (
	// recently is how long ago an end of the container still matters.
	recently = 24 * time.Hour
	// eventsAge is how old an event may be to be about what is now.
	eventsAge = 15 * time.Minute
	// longQueue is how many waiting events are more than a receiver's hiccup.
	longQueue = 100
)

func (c *chart) claim() {
	claim := c.facts.Claim
	switch {
	case claim == nil:
	case claim.DeletionTimestamp != nil:
		c.record("ClaimDeleted", fmt.Sprintf("The claim %s is deleted as soon as the pod ends, and with it the pairing and the chats.", claim.Name), advice{
			section: volume, do: "Take a backup now, before anything ends the pod; then restore it into a new claim",
		})
	case claim.Status.Phase == corev1.ClaimLost:
		c.add(v1alpha1.ReasonStorageLost, fmt.Sprintf("The claim %s has lost its volume.", claim.Name))
	}
}

// pod finds what conditions don't keep: a session that is ready now and whose container
// ended by itself lately.
func (c *chart) pod() {
	if last := c.facts.Session.Status.LastTermination; last != nil && c.facts.Now.Sub(last.Time.Time) < recently {
		switch last.Reason {
		case v1alpha1.TerminationOOMKilled:
			c.add(v1alpha1.ReasonOOMKilled, fmt.Sprintf("The container exceeded its memory limit %s.", ago(c.facts.Now, last.Time.Time)))
		case v1alpha1.TerminationExited:
			c.record("Exited", fmt.Sprintf("The runtime ended by itself %s%s.", ago(c.facts.Now, last.Time.Time), exitCode(last)), advice{
				section: podRuns, do: "Look at why: kubectl wasession logs NAME -n NAMESPACE --previous",
			})
		}
	}
	if c.facts.Pod == nil || !c.unwell() {
		return
	}
	for _, container := range c.facts.Pod.Status.ContainerStatuses {
		if waiting := container.State.Waiting; waiting != nil && waiting.Message != "" {
			c.record(waiting.Reason, fmt.Sprintf("The container %s waits: %s", container.Name, waiting.Message), advice{
				section: podRuns, do: "Look at the pod: kubectl describe pod NAME -n NAMESPACE",
			})
		}
	}
}

func exitCode(last *v1alpha1.TerminationStatus) string {
	if last.ExitCode == nil {
		return ""
	}
	return fmt.Sprintf(" with the exit code %d", *last.ExitCode)
}

// ago is a time in minutes or hours, which is as exact as people need.
func ago(now, at time.Time) string {
	if age := now.Sub(at); age < time.Hour {
		return fmt.Sprintf("%d minutes ago", int(age.Minutes()))
	}
	return fmt.Sprintf("%d hours ago", int(now.Sub(at).Hours()))
}

// warnings are events of the pod and the claim that explain why a pod does not come.
var warnings = map[string]advice{
	"FailedScheduling":       {section: podRuns, do: "Add nodes, or correct spec.pod: requests, node selector, tolerations"},
	"FailedMount":            {section: volume, do: "Look at the pod and its volumes: kubectl describe pod NAME -n NAMESPACE"},
	"FailedAttachVolume":     {section: volume, do: "The volume is attached to another node, or the storage fails: kubectl get volumeattachments"},
	"ProvisioningFailed":     {section: volume, do: "Look at the storage class and its provisioner: kubectl describe pvc NAME-data -n NAMESPACE"},
	"VolumeResizeFailed":     {section: volume, do: "Look at the storage's reason: kubectl describe pvc NAME-data -n NAMESPACE"},
	"FailedCreatePodSandBox": {section: podRuns, do: "Look at the node's network and container runtime"},
	"Unhealthy":              {section: podRuns, do: "Look at the log: kubectl wasession logs NAME -n NAMESPACE"},
}

func (c *chart) events() {
	if !c.unwell() {
		return // they are history
	}
	for i := len(c.facts.Events) - 1; i >= 0; i-- { // the newest of a reason counts
		event := &c.facts.Events[i]
		known, listed := warnings[event.Reason]
		if listed && event.Type == corev1.EventTypeWarning && c.facts.Now.Sub(lastSeen(event)) < eventsAge {
			c.record(event.Reason, event.Message, known)
		}
	}
}

func lastSeen(event *corev1.Event) time.Time {
	at := event.CreationTimestamp.Time
	for _, other := range []time.Time{event.LastTimestamp.Time, event.EventTime.Time} {
		if other.After(at) {
			at = other
		}
	}
	if event.Series != nil && event.Series.LastObservedTime.After(at) {
		at = event.Series.LastObservedTime.Time
	}
	return at
}

func (c *chart) queue() {
	q := c.facts.Queue
	if q == nil {
		return
	}
	if q.Failed > 0 {
		c.record("EventsFailed", fmt.Sprintf("%d events for webhooks were given up.", q.Failed), advice{
			section: working, do: "Repair the receiver, then send them again with POST /api/NAME/webhooks/deliveries/replay. Why they failed: GET /api/NAME/webhooks/deliveries",
		})
	}
	if q.Pending >= longQueue {
		c.record("EventsWaiting", fmt.Sprintf("%d events or more wait for webhooks.", q.Pending), advice{
			section: working, do: "Check that the receivers of spec.webhooks answer. They get everything in order once they do",
		})
	}
}
