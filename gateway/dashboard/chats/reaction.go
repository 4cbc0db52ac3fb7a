package chats

import (
	"github.com/wasession/wasession/gateway/dashboard/pod"
	"github.com/wasession/wasession/gateway/dashboard/text"
)

// Reaction is somebody's emoji on a message.
type Reaction struct {
	// Target is the element of the message, and Key that of the reaction: one for each
	// person.
	Target, Key string
	// Emoji is empty where it was taken back.
	Emoji, By string
}

// ReactionEvent is the payload of the event of a reaction.
type ReactionEvent struct {
	pod.Message
	Reaction struct {
		Text      string `json:"text"`
		MessageID string `json:"messageId"`
	} `json:"reaction"`
}

// Limits of what is shown: characters of a reaction, and reactions of a message.
const (
	maxEmoji     = 16
	maxReactions = 50
)

// reactionsTo are the reactions that the session keeps with a message.
func reactionsTo(m pod.Message, known names) (all []Reaction) {
	for _, r := range m.Reactions[:min(len(m.Reactions), maxReactions)] {
		if r.From == nil {
			all = append(all, OwnReaction(m.ID, r.Text))
		} else {
			all = append(all, newReaction(m.ID, r.Text, newAvatar(known.of(*r.From), *r.From).Name, *r.From))
		}
	}
	return all
}

// NewReaction is a reaction that an event tells of.
func NewReaction(e ReactionEvent) Reaction {
	if e.FromMe {
		return OwnReaction(e.Reaction.MessageID, e.Reaction.Text)
	}
	by := senderOf(e.Message, nil)
	who := e.Chat
	if e.Participant != nil {
		who = *e.Participant
	}
	return newReaction(e.Reaction.MessageID, e.Reaction.Text, by.Name, who)
}

// OwnReaction is a reaction of the account itself.
func OwnReaction(message, emoji string) Reaction { return newReaction(message, emoji, "You", "me") }

func newReaction(message, emoji, by, who string) Reaction {
	target := "m-" + keyOf(stanzaOf(message))
	return Reaction{Target: target, Key: "r-" + keyOf(target+who), Emoji: text.Line(emoji, maxEmoji), By: by}
}
