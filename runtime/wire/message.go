package wire

import "github.com/wasession/wasession/runtime/chat"

// Message is WAHA's WAMessage.
type Message struct {
	ID string `json:"id" doc:"{true|false}_{chatId}_{stanza}, in groups followed by _{participant}"`
	// Timestamp is in unix seconds.
	Timestamp int64 `json:"timestamp" doc:"Unix seconds"`
	// From is the chat, also in groups and for own messages.
	From   string `json:"from" doc:"Chat ID"`
	FromMe bool   `json:"fromMe"`
	// Source is "api" for messages sent by this runtime, otherwise "app".
	Source string `json:"source" enum:"api,app"`
	// To, Participant and Author are the sender in groups and broadcasts, else null.
	To          *string `json:"to" doc:"Sender in groups, otherwise null"`
	Participant *string `json:"participant" doc:"Sender in groups, otherwise null"`
	Author      *string `json:"author" doc:"Sender in groups, otherwise null"`
	Body        string  `json:"body" doc:"Text, or caption of media"`
	HasMedia    bool    `json:"hasMedia"`
	Media       *Media  `json:"media" doc:"null unless requested and available"`
	// MediaURL is the URL of Media, for clients of older versions of WAHA.
	MediaURL *string   `json:"mediaUrl" doc:"The same as media.url"`
	Ack      chat.Ack  `json:"ack" doc:"-1 ERROR, 0 PENDING, 1 SERVER, 2 DEVICE, 3 READ, 4 PLAYED"`
	AckName  string    `json:"ackName" enum:"ERROR,PENDING,SERVER,DEVICE,READ,PLAYED"`
	Location *Location `json:"location"`
	VCards   []string  `json:"vCards"`
	ReplyTo  *Reply    `json:"replyTo"`
	// Reactions are beyond WAHA, and left out where there are none. Events have none.
	Reactions []ReactionBy `json:"reactions,omitempty" doc:"The reactions in force; left out where there are none. Events of messages have none"`
	// Data is the engine's own form of the message.
	Data any `json:"_data" doc:"The engine's raw data: Info (what is stored of it), Message, and RawMessage if Message was taken out of wrappers (disappearing, view once, sent by another device); otherwise RawMessage equals Message and is left out"`
}

// ReactionBy is the emoji that somebody last put on a message.
type ReactionBy struct {
	// From is null for the account itself.
	From      *string `json:"from" doc:"Who reacted; null for the account itself"`
	FromMe    bool    `json:"fromMe"`
	Text      string  `json:"text" doc:"Emoji"`
	Timestamp int64   `json:"timestamp" doc:"Unix seconds"`
}

// Attach sets the message's media; nil if it has none.
func (m *Message) Attach(media *Media) {
	m.Media, m.MediaURL = media, nil
	if media != nil {
		m.MediaURL = media.URL
	}
}

// Media is a message's attachment: where to download it, or why that fails.
type Media struct {
	URL      *string     `json:"url" doc:"Absolute; null if the file could not be downloaded"`
	MIMEType string      `json:"mimetype"`
	Filename *string     `json:"filename" doc:"File name of a document"`
	S3       *S3Object   `json:"s3" doc:"Set if files are stored in a bucket"`
	Error    *MediaError `json:"error"`
}

// S3Object names an object in a bucket.
type S3Object struct {
	Bucket string `json:"Bucket"`
	Key    string `json:"Key"`
}

// MediaError says why a file is not available.
type MediaError struct {
	Message string `json:"message"`
}

// Location is a location. WAHA writes the coordinates as strings.
type Location struct {
	Latitude    string  `json:"latitude"`
	Longitude   string  `json:"longitude"`
	Live        bool    `json:"live"`
	Name        *string `json:"name"`
	Address     *string `json:"address"`
	URL         *string `json:"url"`
	Description *string `json:"description"`
	Thumbnail   *string `json:"thumbnail" doc:"JPEG in base64"`
}

// Reply is the message that a message replies to, as quoted in it.
type Reply struct {
	// ID is the bare stanza id.
	ID          string  `json:"id" doc:"Bare stanza ID"`
	Participant *string `json:"participant"`
	Body        *string `json:"body"`
	HasMedia    bool    `json:"hasMedia"`
	Media       *Media  `json:"media"`
	// Data is empty: the quoted message is in the `_data` of the message.
	Data struct{} `json:"_data"`
}

// Sent is the response of calls that edit, revoke or react.
type Sent struct {
	ID   string `json:"id"`
	Data any    `json:"_data"`
}
