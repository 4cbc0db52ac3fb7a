// Package control controls a simulator over HTTP: for demos, for tests of other
// processes, and for people with curl. It also has the auto-phone, which scans
// any QR code that it is given.
package control

import (
	"time"

	"github.com/wasession/wasession/test/simulator"
	"github.com/wasession/wasession/test/simulator/appstate"
	"github.com/wasession/wasession/test/simulator/media"
)

// Prefix begins the path of each route.
const Prefix = "/control"

// User is an account.
type User struct {
	Number string `json:"number"`        // phone number in digits
	LID    string `json:"lid,omitempty"` // user part; made from the number when empty
	Name   string `json:"name"`
	// Devices are the linked companions. Requests ignore them.
	Devices []Device `json:"devices,omitempty"`
}

// Device is a linked companion.
type Device struct {
	JID       string `json:"jid"`
	Platform  string `json:"platform"`
	Connected bool   `json:"connected"`
}

// Group is a group chat. The first member owns it.
type Group struct {
	JID     string   `json:"jid"`
	Subject string   `json:"subject"`
	Members []string `json:"members"` // numbers
	// Description, Invite (the code to join by), and the numbers of those who ask to.
	// Requests ignore them.
	Description string   `json:"description,omitempty"`
	Invite      string   `json:"invite,omitempty"`
	Requests    []string `json:"requests,omitempty"`
}

// GroupChange changes a group on the phone of a member. Empty and nil fields leave it
// unchanged; people are named by their numbers.
type GroupChange struct {
	By          string   `json:"by"`
	Subject     string   `json:"subject,omitempty"`
	Description *string  `json:"description,omitempty"` // an empty one removes it
	Locked      *bool    `json:"locked,omitempty"`
	Announce    *bool    `json:"announce,omitempty"`
	Approval    *bool    `json:"approval,omitempty"`
	Add         []string `json:"add,omitempty"`
	Remove      []string `json:"remove,omitempty"`
	Promote     []string `json:"promote,omitempty"`
	Demote      []string `json:"demote,omitempty"`
	Approve     []string `json:"approve,omitempty"`
	Reject      []string `json:"reject,omitempty"`
	// Join is somebody who joins by the group's code, or asks to.
	Join string `json:"join,omitempty"`
}

// Channel is a channel, a newsletter in WhatsApp's protocol.
type Channel struct {
	JID         string `json:"jid"`
	Owner       string `json:"owner"` // number
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
	// Invite (the code of its link) and Followers (their numbers, and those of admins).
	// Requests ignore them.
	Invite    string   `json:"invite,omitempty"`
	Followers []string `json:"followers,omitempty"`
}

// ChannelChange changes a channel on phones: people, named by their numbers, follow,
// unfollow or mute it, or become admins. Empty and nil fields leave it unchanged. Posts are sent like other
// messages.
type ChannelChange struct {
	Name        string  `json:"name,omitempty"`
	Description *string `json:"description,omitempty"`
	Admin       string  `json:"admin,omitempty"`
	Follow      string  `json:"follow,omitempty"`
	Unfollow    string  `json:"unfollow,omitempty"`
	Mute        string  `json:"mute,omitempty"`
	Unmute      string  `json:"unmute,omitempty"`
	// By changes a post: to Text, or deletes it, or reacts with an emoji.
	By     string `json:"by,omitempty"`
	Post   string `json:"post,omitempty"` // its id
	Text   string `json:"text,omitempty"`
	Delete bool   `json:"delete,omitempty"`
	React  string `json:"react,omitempty"`
	// Views is how many more people have seen the posts.
	Views int `json:"views,omitempty"`
}

// Link makes a phone scan a QR code (Code is its text) or enter a pairing code.
// Without User the auto-phone scans: it creates an account with a history.
type Link struct {
	User string `json:"user,omitempty"`
	Code string `json:"code"`
}

// Message is sent from one phone to another, to a group, or to a channel.
type Message struct {
	From string `json:"from"` // number
	To   string `json:"to"`   // number, JID of a group or channel, or status@broadcast
	// Kind is "text" (the default), "image", "audio", "document", "poll" or "event".
	Kind     string   `json:"kind,omitempty"`
	Text     string   `json:"text,omitempty"`    // or the caption, the question or the name of an event
	Options  []string `json:"options,omitempty"` // of a poll
	Content  []byte   `json:"content,omitempty"` // base64; a sample when empty
	Name     string   `json:"name,omitempty"`    // of a document
	Mimetype string   `json:"mimetype,omitempty"`
	// Garbled damages the first ciphertext, so that clients ask for the message again.
	Garbled bool `json:"garbled,omitempty"`
}

// Sent identifies a sent message.
type Sent struct {
	ID string `json:"id"`
}

// Vote chooses options of a poll that the phone has, in place of those chosen before.
type Vote struct {
	User    string   `json:"user"`
	Poll    string   `json:"poll"` // its id
	Options []string `json:"options"`
}

// Response answers an event that the phone has.
type Response struct {
	User   string `json:"user"`
	Event  string `json:"event"`  // its id
	Answer string `json:"answer"` // "GOING", "NOT_GOING" or "MAYBE"
	Guests int32  `json:"guests,omitempty"`
}

// Call calls from one phone to another.
type Call struct {
	From  string `json:"from"`
	To    string `json:"to"`
	Video bool   `json:"video,omitempty"`
	Group string `json:"group,omitempty"` // JID of a group that both are in
}

// CallAnswer is what the owner of a phone does about a call.
type CallAnswer struct {
	By string `json:"by"`
	Do string `json:"do"` // "accept", "reject" or, by the caller, "terminate"
}

// Read reads messages of one direct chat or group on a phone. Their author and the other
// devices of the account learn of it.
type Read struct {
	User string   `json:"user"`
	IDs  []string `json:"ids"`
}

// ChatChange changes a chat on a phone. Nil fields leave it unchanged.
type ChatChange struct {
	User       string     `json:"user"`
	Chat       string     `json:"chat"` // number or JID
	Archived   *bool      `json:"archived,omitempty"`
	Pinned     *bool      `json:"pinned,omitempty"`
	MutedUntil *time.Time `json:"mutedUntil,omitempty"` // the zero time unmutes
	Read       *bool      `json:"read,omitempty"`
	Deleted    bool       `json:"deleted,omitempty"`
	Cleared    bool       `json:"cleared,omitempty"`
	// Labels are ids of labels: true puts one on the chat, false takes it off.
	Labels map[string]bool `json:"labels,omitempty"`
}

// LabelChange creates a label on a phone, changes one or deletes it.
type LabelChange struct {
	User string `json:"user"`
	ID   string `json:"id"`
	appstate.Label
}

// History gives an account a made-up past. If Push is set, companions that are
// already linked get it too.
type History struct {
	User string `json:"user"`
	// Fixture is "demo", "archive" or "large". The numbers below override it if
	// they are not zero.
	Fixture  string `json:"fixture"`
	Seed     uint64 `json:"seed,omitempty"`
	Chats    int    `json:"chats,omitempty"`
	Messages int    `json:"messages,omitempty"`
	Chunks   int    `json:"chunks,omitempty"`
	Push     bool   `json:"push,omitempty"`
}

// StreamError ends the connections of an account's companions with an error.
type StreamError struct {
	User     string `json:"user"`
	Code     int    `json:"code"`
	Conflict string `json:"conflict,omitempty"` // "replaced" or "device_removed"
}

// Limits are what an account's companions may do from now on; without a limit of a kind
// they may do any number.
type Limits struct {
	User     string `json:"user"`
	Logins   *Limit `json:"logins,omitempty"`   // beyond it they fail with 429
	Messages *Limit `json:"messages,omitempty"` // beyond it they get 429
	NewChats *Limit `json:"newChats,omitempty"` // first messages to people; beyond it they get 463
}

// Limit is how often something may be done in a time.
type Limit struct {
	Most    int `json:"most"`
	Seconds int `json:"seconds"`
}

// LoginFailure refuses the logins of an account's companions; reason 0 accepts them
// again. Existing connections stay.
type LoginFailure struct {
	User   string `json:"user"`
	Reason int    `json:"reason"` // 402 banned for a time, 403 locked, 405 outdated, 406 banned, 429, 503, ...
	// Code and ExpireSeconds go with 402: the cause (101 to 106) and the time.
	Code          int `json:"code,omitempty"`
	ExpireSeconds int `json:"expireSeconds,omitempty"`
}

// Faults are switched on if they are not zero.
type Faults struct {
	RejectUpgrades *RejectUpgrades `json:"rejectUpgrades,omitempty"`
	FailQueries    *FailQueries    `json:"failQueries,omitempty"`
	RejectMessages *RejectMessages `json:"rejectMessages,omitempty"`
	LatencyMillis  int             `json:"latencyMillis,omitempty"`
	IgnorePings    bool            `json:"ignorePings,omitempty"`
	DeliverAtOnce  bool            `json:"deliverAtOnce,omitempty"`
	Media          *MediaFault     `json:"media,omitempty"`
	FailDecryption *FailDecryption `json:"failDecryption,omitempty"`
}

// FailDecryption makes a phone fail to read the next messages of clients, so that it asks
// for each of them again.
type FailDecryption struct {
	User  string `json:"user"`
	Times int    `json:"times"`
}

// MediaFault injects a fault into the media service for matching requests; see
// media.Fault.
type MediaFault struct {
	Method            string `json:"method,omitempty"`
	PathPrefix        string `json:"pathPrefix,omitempty"` // e.g. "/v/md-msg-hist", "/mms/image"
	Status            int    `json:"status,omitempty"`
	RetryAfterSeconds int    `json:"retryAfterSeconds,omitempty"`
	DelayMillis       int    `json:"delayMillis,omitempty"`
	Times             int    `json:"times,omitempty"` // 0: until cleared
}

// RejectUpgrades answers the next websocket upgrades with an HTTP status; Times below 0
// means all.
type RejectUpgrades struct {
	Status int `json:"status"`
	Times  int `json:"times"`
}

// FailQueries answers the next info queries of a namespace with an error; Times below 0
// means all.
type FailQueries struct {
	Namespace string `json:"namespace"`
	Code      int    `json:"code"`
	Text      string `json:"text"`
	Times     int    `json:"times"`
	// BackoffSeconds answers 429 instead, and how long to wait.
	BackoffSeconds int `json:"backoffSeconds,omitempty"`
}

// RejectMessages refuses the next messages of clients to chats with an error code in the
// ack, such as 429, 463 or 479; Times below 0 means all.
type RejectMessages struct {
	Code  int `json:"code"`
	Times int `json:"times"`
}

// Received is one thing that reached a phone.
type Received struct {
	Seq   int            `json:"seq"`
	Kind  simulator.Kind `json:"kind"`
	ID    string         `json:"id"`
	From  string         `json:"from"`
	Chat  string         `json:"chat"`
	Own   bool           `json:"own"` // sent by the account's own companion
	Text  string         `json:"text,omitempty"`
	State string         `json:"state,omitempty"` // of receipts and presence
	IDs   []string       `json:"ids,omitempty"`   // of receipts
	Vote  *Vote          `json:"vote,omitempty"`  // of a poll; without options if it cannot be decrypted
	Time  time.Time      `json:"time"`
}

// AppState is the phone's view of its settings, and what companions changed.
type AppState struct {
	View    appstate.View    `json:"view"`
	Stats   appstate.Stats   `json:"stats"`
	Patches []appstate.Patch `json:"patches"`
}

// Stats are statistics of the whole simulator.
type Stats struct {
	Users       int         `json:"users"`
	Groups      int         `json:"groups"`
	Companions  int         `json:"companions"`
	Connected   int         `json:"connected"`
	Connections int         `json:"connections"`
	Unhandled   int         `json:"unhandled"`
	Media       media.Stats `json:"media"`
}

// errorBody is the body of every answer that is not 2xx.
type errorBody struct {
	Error string `json:"error"`
}
