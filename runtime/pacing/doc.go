// Package pacing decides when a message may be sent under the limits of a session. It
// is pure: what was sent, what waits and the time are its input.
package pacing
