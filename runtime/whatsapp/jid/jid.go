// Package jid converts between addresses as WhatsApp and as the HTTP API write
// them.
package jid

import (
	"go.mau.fi/whatsmeow/types"

	"github.com/wasession/wasession/runtime/chat"
)

// ChatID is the domain's form of an address; empty for addresses that are no
// chats, such as servers, and for those that no user can have: messages quote
// addresses as their senders wrote them.
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

// ParseChatID reads an address as WhatsApp writes it; empty where it is none.
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

// Of is WhatsApp's form of an id.
func Of(id chat.ID) types.JID {
	if id == "" {
		return types.EmptyJID
	}
	if server := id.Server(); server != chat.ServerDirect {
		return types.NewJID(id.User(), server)
	}
	return types.NewJID(id.User(), types.DefaultUserServer)
}

// IsLID says whether the address is number-less.
func IsLID(j types.JID) bool {
	return j.Server == types.HiddenUserServer || j.Server == types.HostedLIDServer
}

// IsPhone says whether the address is a phone number.
func IsPhone(j types.JID) bool {
	return j.Server == types.DefaultUserServer || j.Server == types.LegacyUserServer || j.Server == types.HostedServer
}
