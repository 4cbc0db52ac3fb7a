// Package streams keeps one status stream open to each running session pod and
// turns reports into events for the controller. A stream starts when the
// controller calls Ensure and ends with the pod, the session or the manager. It
// costs one connection and two small buffers, so one operator can hold thousands.
//
// Counters (chats, pending history) change with every message: they cause
// events rarely, so that messages do not become writes to the cluster. Every
// other change causes an event immediately.
package streams
