package wire

import "github.com/wasession/wasession/runtime/chat"

// Message is WAHA's WAMessage.
type Message struct {
	ID string `json:"id" doc:"{true|false}_{chatId}_{stanza}, in groups followed by _{participant}"`
	// Timestamp is in unix seconds.
	Timestamp int64 `json:"timestamp" doc:"unix seconds"`
	// From is the chat, also in groups and for own messages.
	From   string `json:"from" doc:"the chat"`
	FromMe bool   `json:"fromMe"`
	// Source is "api" for what this runtime sent, else "app".
	Source string `json:"source" enum:"api,app"`
	// To, Participant and Author are the sender in groups and broadcasts, else null.
	To          *string   `json:"to" doc:"in groups the sender, else null"`
	Participant *string   `json:"participant" doc:"in groups the sender, else null"`
	Author      *string   `json:"author" doc:"in groups the sender, else null"`
	Body        string    `json:"body" doc:"text, or the caption of media"`
	HasMedia    bool      `json:"hasMedia"`
	Media       *Media    `json:"media" doc:"null unless asked for and there"`
	Ack         chat.Ack  `json:"ack" doc:"-1 ERROR, 0 PENDING, 1 SERVER, 2 DEVICE, 3 READ, 4 PLAYED"`
	AckName     string    `json:"ackName" enum:"ERROR,PENDING,SERVER,DEVICE,READ,PLAYED"`
	Location    *Location `json:"location"`
	VCards      []string  `json:"vCards"`
	ReplyTo     *Reply    `json:"replyTo"`
	// Data is the engine's own form of the message.
	Data any `json:"_data" doc:"the engine's own form: Info and Message"`
}

// Media is where a message's attachment can be had, or why not.
type Media struct {
	URL      *string     `json:"url" doc:"absolute; null where the file could not be had"`
	MIMEType string      `json:"mimetype"`
	Filename *string     `json:"filename" doc:"the sender's name for a document"`
	S3       *S3Object   `json:"s3" doc:"set where files are kept in a bucket"`
	Error    *MediaError `json:"error"`
}

// S3Object names an object in a bucket.
type S3Object struct {
	Bucket string `json:"Bucket"`
	Key    string `json:"Key"`
}

// MediaError says why a file could not be had.
type MediaError struct {
	Message string `json:"message"`
}

// Location is a place. WAHA writes the coordinates as strings.
type Location struct {
	Latitude    string  `json:"latitude"`
	Longitude   string  `json:"longitude"`
	Live        bool    `json:"live"`
	Name        *string `json:"name"`
	Address     *string `json:"address"`
	URL         *string `json:"url"`
	Description *string `json:"description"`
	Thumbnail   *string `json:"thumbnail" doc:"a JPEG in base64"`
}

// Reply is the message that a message answers, as quoted in it.
type Reply struct {
	// ID is the bare stanza id.
	ID          string  `json:"id" doc:"the bare stanza id"`
	Participant *string `json:"participant"`
	Body        *string `json:"body"`
	HasMedia    bool    `json:"hasMedia"`
	Media       *Media  `json:"media"`
	// Data is empty: the quoted message is in the `_data` of the message.
	Data struct{} `json:"_data"`
}

// Sent is the answer to calls that send something about a message.
type Sent struct {
	ID   string `json:"id"`
	Data any    `json:"_data"`
}
