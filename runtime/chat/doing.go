package chat

// Doing is a person's activity in a chat.
type Doing string

// What people do, in the words of the HTTP API.
const (
	DoingTyping    Doing = "typing"
	DoingRecording Doing = "recording"
	DoingNothing   Doing = "paused"
)
