// Package wire contains the JSON shapes of WAHA's HTTP API: messages, chats, the
// session, and the events of webhooks and websockets. It is pure: what it cannot know
// (the engine's format, the URLs of files) is passed in as functions.
package wire
