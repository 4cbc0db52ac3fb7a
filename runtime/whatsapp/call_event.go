package whatsapp

import (
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/whatsapp/content"
)

// maxCallText limits what the caller's client says of itself, in bytes.
const maxCallText = 64

// Why a call stopped ringing here, if another device of the account took it.
const (
	acceptedElsewhere = "accepted_elsewhere"
	rejectedElsewhere = "rejected_elsewhere"
)

// called translates what is said of a call. ok is false for all that is no event, such as
// a caller who hangs up.
func (m mapper) called(evt any) (c chat.Called, ok bool) {
	switch evt := evt.(type) {
	case *events.CallOffer:
		c = m.call(chat.EventCallReceived, evt.BasicCallMeta, evt.CallRemoteMeta)
		c.IsVideo, c.Group = isVideo(evt), !evt.GroupJID.IsEmpty()
	case *events.CallOfferNotice:
		c = m.call(chat.EventCallReceived, evt.BasicCallMeta, types.CallRemoteMeta{})
		c.IsVideo, c.Group = evt.Media == "video", evt.Type == "group"
		c.Data.Media, c.Data.Type = content.Shortened(evt.Media, maxCallText), content.Shortened(evt.Type, maxCallText)
	case *events.CallAccept:
		c = m.call(chat.EventCallAccepted, evt.BasicCallMeta, evt.CallRemoteMeta)
	case *events.CallReject:
		c = m.call(chat.EventCallRejected, evt.BasicCallMeta, types.CallRemoteMeta{})
	case *events.CallTerminate:
		name, known := map[string]string{acceptedElsewhere: chat.EventCallAccepted, rejectedElsewhere: chat.EventCallRejected}[evt.Reason]
		if !known {
			return c, false
		}
		c = m.call(name, evt.BasicCallMeta, types.CallRemoteMeta{})
		c.Data.Reason = evt.Reason
	default:
		return c, false
	}
	return c, c.ID != "" && c.From != ""
}

func (m mapper) call(name string, meta types.BasicCallMeta, remote types.CallRemoteMeta) chat.Called {
	caller, alt := callerOf(meta)
	c := chat.Called{
		Event: name, ID: chat.SafeStanza(meta.CallID), From: m.person(caller, alt), Timestamp: unix(meta.Timestamp),
		Data: chat.CallData{
			From: addressText(meta.From), Creator: addressText(meta.CallCreator), CreatorAlt: addressText(meta.CallCreatorAlt), GroupJID: addressText(meta.GroupJID),
			Platform: content.Shortened(remote.RemotePlatform, maxCallText), Version: content.Shortened(remote.RemoteVersion, maxCallText),
		},
	}
	if c.ID != meta.CallID {
		c.Data.WireID = content.Shortened(meta.CallID, maxCallID)
	}
	return c
}

// callerOf returns the address of who called, and the other one if it is known.
func callerOf(meta types.BasicCallMeta) (caller, alt types.JID) {
	if meta.CallCreator.IsEmpty() {
		return meta.From, types.EmptyJID
	}
	return meta.CallCreator, meta.CallCreatorAlt
}

// addressText is an address, or empty if it cannot be one: the caller may have chosen it.
func addressText(j types.JID) string {
	if s := j.String(); len(s) <= maxCallText {
		return s
	}
	return ""
}

// isVideo reports whether an offer has a video stream.
func isVideo(evt *events.CallOffer) bool {
	if evt.Data == nil {
		return false
	}
	_, ok := evt.Data.GetOptionalChildByTag("video")
	return ok
}
