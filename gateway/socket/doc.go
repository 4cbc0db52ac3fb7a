// Package socket serves /ws over the fleet: the events of all sessions that a client
// may read, in one websocket. Each pod's stream is opened once and shared by all
// clients; one that is behind catches up by a stream of its own.
package socket
