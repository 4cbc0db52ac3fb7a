// Package chat is the domain: chats, messages, their IDs and states, the changes that
// happen to them, the events that follow, and the errors. It does no I/O. IDs have the
// form of the HTTP API: direct chats end in @c.us.
package chat
