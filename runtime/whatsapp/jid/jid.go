// Package jid converts between WhatsApp's addresses (JIDs) and the chat ids of
// the HTTP API.
package jid

import (
	"strings"

	"go.mau.fi/whatsmeow/types"

	"github.com/wasession/wasession/runtime/chat"
)

// ChatID returns the chat id for a JID; empty for JIDs that are not chats, such
// as servers, and for invalid ones: those in messages are chosen by the sender.
func ChatID(j types.JID) chat.ID {
	server := j.Server
	switch server {
	case types.DefaultUserServer, types.LegacyUserServer, types.HostedServer:
		server = chat.ServerDirect
	case types.HiddenUserServer, types.HostedLIDServer:
		server = chat.ServerLID
	case types.GroupServer, types.BroadcastServer, types.NewsletterServer, types.BotServer:
	default:
		return ""
	}
	if !chat.ValidUser(j.User, server) {
		return ""
	}
	return chat.ID(j.User + "@" + server)
}

// ParseChatID returns the chat id for a JID in text form; empty if it is invalid.
func ParseChatID(s string) chat.ID {
	if s == "" {
		return ""
	}
	j, err := types.ParseJID(s)
	if err != nil {
		return ""
	}
	return ChatID(j)
}

// Of returns the JID for a chat id.
func Of(id chat.ID) types.JID {
	if id == "" {
		return types.EmptyJID
	}
	if server := id.Server(); server != chat.ServerDirect {
		return types.NewJID(id.User(), server)
	}
	return types.NewJID(id.User(), types.DefaultUserServer)
}

// Text returns the JID for a chat id in text form, as Of(id).String() does.
func Text(id chat.ID) string {
	at := strings.IndexByte(string(id), '@')
	if at <= 0 || at == len(id)-1 {
		return Of(id).String()
	}
	if id[at+1:] == chat.ServerDirect {
		return string(id[:at+1]) + types.DefaultUserServer
	}
	return string(id)
}

// IsLID reports whether the JID is a LID.
func IsLID(j types.JID) bool {
	return j.Server == types.HiddenUserServer || j.Server == types.HostedLIDServer
}

// IsPhone reports whether the JID is a phone number.
func IsPhone(j types.JID) bool {
	return j.Server == types.DefaultUserServer || j.Server == types.LegacyUserServer || j.Server == types.HostedServer
}
