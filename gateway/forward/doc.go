// Package forward sends a call on to the session's pod and its answer back, both as
// streams. What may have reached the pod is never sent a second time.
package forward
