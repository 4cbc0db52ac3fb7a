package content

import (
	"go.mau.fi/whatsmeow/proto/waE2E"
)

// Unwrap takes a message out of the wrappers that say how it was sent rather
// than what it says: sent by another device, disappearing, seen once, edited.
func Unwrap(m *waE2E.Message) *waE2E.Message {
	// Wrappers nest a few levels deep; the bound keeps a hostile message from
	// being followed further.
	for range 8 {
		inner := wrapped(m)
		if inner == nil {
			return m
		}
		m = inner
	}
	return m
}

// wrapped is the message inside one wrapper; nil where there is none.
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

// Poll is the poll in a message, whichever of its versions holds it.
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

// Video is the video in a message, be it a video or a round video note.
func Video(m *waE2E.Message) *waE2E.VideoMessage {
	if v := m.GetVideoMessage(); v != nil {
		return v
	}
	return m.GetPtvMessage()
}
