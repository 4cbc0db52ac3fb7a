package wire

import (
	"cmp"
	"time"

	"github.com/wasession/wasession/runtime/chat"
)

// Call is the payload of call.received, call.accepted and call.rejected.
// Timestamp is in unix seconds.
type Call struct {
	ID        string   `json:"id"`
	From      string   `json:"from"`
	Timestamp int64    `json:"timestamp"`
	IsVideo   bool     `json:"isVideo"`
	IsGroup   bool     `json:"isGroup"`
	Data      CallData `json:"_data"`
}

// CallData is a call in whatsmeow's form: addresses as they arrived, and what the
// caller's client says of itself.
type CallData struct {
	From           string
	Timestamp      time.Time
	CallCreator    string
	CallCreatorAlt string
	CallID         string
	GroupJID       string
	RemotePlatform string `json:",omitempty"`
	RemoteVersion  string `json:",omitempty"`
	Media          string `json:",omitempty"`
	Type           string `json:",omitempty"`
	Reason         string `json:",omitempty"`
}

func newCall(c chat.Called) Call {
	d := c.Data
	return Call{ID: c.ID, From: string(c.From), Timestamp: c.Timestamp, IsVideo: c.IsVideo, IsGroup: c.Group, Data: CallData{
		From: d.From, Timestamp: time.Unix(c.Timestamp, 0).UTC(), CallCreator: d.Creator, CallCreatorAlt: d.CreatorAlt,
		CallID: cmp.Or(d.WireID, c.ID), GroupJID: d.GroupJID,
		RemotePlatform: d.Platform, RemoteVersion: d.Version, Media: d.Media, Type: d.Type, Reason: d.Reason,
	}}
}
