// Package chats is the dashboard's page of a session's chats: the list as on the phone,
// the messages of one chat, writing, and new messages by themselves.
package chats
