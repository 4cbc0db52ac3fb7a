package wire

import (
	"strings"

	"github.com/wasession/wasession/runtime/chat"
)

// Channel is WAHA's Channel.
type Channel struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Invite      string `json:"invite" doc:"Link to the channel"`
	Preview     string `json:"preview,omitempty" doc:"URL of a small picture; left out if there is none"`
	Picture     string `json:"picture,omitempty" doc:"URL of the picture; left out if there is none"`
	Role        string `json:"role" enum:"OWNER,ADMIN,SUBSCRIBER,GUEST"`
	Description string `json:"description"`
	Verified    bool   `json:"verified"`
	Subscribers int64  `json:"subscribersCount"`
}

// ChannelMessage is WAHA's ChannelMessage.
type ChannelMessage struct {
	Reactions map[string]int64 `json:"reactions" doc:"How often each emoji was chosen"`
	Message   Message          `json:"message"`
	ViewCount int64            `json:"viewCount"`
}

// NewChannelMessage is a message of a channel.
func NewChannelMessage(p *chat.ChannelPost, raw func(chat.Message) any) ChannelMessage {
	return ChannelMessage{Reactions: p.Reactions, Message: NewMessage(&p.Message, raw), ViewCount: p.Views}
}

// NewChannel is a channel.
func NewChannel(c *chat.Channel) Channel {
	w := Channel{
		ID: string(c.ID), Name: c.Name, Preview: c.Preview, Picture: c.Picture, Role: strings.ToUpper(string(c.Role)),
		Description: c.Description, Verified: c.Verified, Subscribers: c.Subscribers,
	}
	if c.Invite != "" {
		w.Invite = "https://www.whatsapp.com/channel/" + c.Invite
	}
	return w
}
