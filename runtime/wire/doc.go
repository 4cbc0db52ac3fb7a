// Package wire gives the domain the shapes of WAHA's HTTP API: messages, chats,
// the session, and the events that webhooks and websockets carry. It is pure:
// what it cannot know (the engine's raw form, where files are served) it is
// handed as functions.
package wire
