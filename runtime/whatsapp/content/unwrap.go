package content

import (
	"go.mau.fi/whatsmeow/proto/waE2E"
)

// Unwrap removes the wrappers that say how a message was sent: by another device,
// disappearing, view once, edited.
func Unwrap(m *waE2E.Message) *waE2E.Message {
	// Wrappers nest a few levels deep. The limit is for hostile messages.
	for range 8 {
		inner := wrapped(m)
		if inner == nil {
			return m
		}
		m = inner
	}
	return m
}

// wrapped returns the message inside one wrapper; nil if there is none.
func wrapped(m *waE2E.Message) *waE2E.Message {
	if inner := m.GetDeviceSentMessage().GetMessage(); inner != nil {
		return inner
	}
	for _, w := range []*waE2E.FutureProofMessage{
		m.GetEphemeralMessage(), m.GetViewOnceMessage(), m.GetViewOnceMessageV2(),
		m.GetViewOnceMessageV2Extension(), m.GetDocumentWithCaptionMessage(),
		m.GetEditedMessage(), m.GetBotInvokeMessage(), m.GetLottieStickerMessage(),
		m.GetGroupMentionedMessage(), m.GetAssociatedChildMessage(),
		m.GetPollCreationMessageV4(), m.GetGroupStatusMessage(), m.GetGroupStatusMessageV2(),
		m.GetQuestionMessage(), m.GetSpoilerMessage(), m.GetBotForwardedMessage(),
	} {
		if inner := w.GetMessage(); inner != nil {
			return inner
		}
	}
	return nil
}

// Poll returns the poll in a message, whichever version of the field holds it.
func Poll(m *waE2E.Message) *waE2E.PollCreationMessage {
	for _, p := range []*waE2E.PollCreationMessage{
		m.GetPollCreationMessage(), m.GetPollCreationMessageV2(), m.GetPollCreationMessageV3(),
		m.GetPollCreationMessageV5(), m.GetPollCreationMessageV6(),
	} {
		if p != nil {
			return p
		}
	}
	return nil
}

// Video returns the video or video note in a message.
func Video(m *waE2E.Message) *waE2E.VideoMessage {
	if v := m.GetVideoMessage(); v != nil {
		return v
	}
	return m.GetPtvMessage()
}
