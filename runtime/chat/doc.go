// Package chat is the domain: chats, messages, their ids and states, the
// changes that happen to them and the events that follow. It does no I/O and
// imports nothing of ours. Ids are kept in the form they have on the HTTP API:
// direct chats end in @c.us.
package chat
