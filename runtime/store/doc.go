// Package store keeps a session's chats in one SQLite database: chats,
// messages, people, groups, the outbox of events and the journal of archive
// runs. One connection writes, a few read. Changes and the events that follow
// from them are committed together.
package store
