package whatsapp

import (
	"go.mau.fi/whatsmeow/types"

	"github.com/wasession/wasession/runtime/chat"
)

// chatID is the domain's form of an address; empty for addresses that are no
// chats, such as servers, and for those that no user can have: messages quote
// addresses as their senders wrote them.
func chatID(j types.JID) chat.ID {
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

// parseChatID reads an address as WhatsApp writes it; empty where it is none.
func parseChatID(s string) chat.ID {
	if s == "" {
		return ""
	}
	j, err := types.ParseJID(s)
	if err != nil {
		return ""
	}
	return chatID(j)
}

// jidOf is WhatsApp's form of an id.
func jidOf(id chat.ID) types.JID {
	if id == "" {
		return types.EmptyJID
	}
	if server := id.Server(); server != chat.ServerDirect {
		return types.NewJID(id.User(), server)
	}
	return types.NewJID(id.User(), types.DefaultUserServer)
}

// isLID says whether the address is number-less.
func isLID(j types.JID) bool {
	return j.Server == types.HiddenUserServer || j.Server == types.HostedLIDServer
}

// isPhone says whether the address is a phone number.
func isPhone(j types.JID) bool {
	return j.Server == types.DefaultUserServer || j.Server == types.LegacyUserServer || j.Server == types.HostedServer
}
