package chat

// OutgoingEvent is an event of a calendar, to which people say whether they come. Start and
// End are in unix seconds, End is 0 if it is open.
type OutgoingEvent struct {
	Name, Description, Place string
	Start, End               int64
	// GuestsAllowed lets people bring others along.
	GuestsAllowed bool
}

func (OutgoingEvent) outgoing() {}

// EventAnswer is whether somebody comes to an event, named as in WAHA.
type EventAnswer string

// The answers.
const (
	EventUnknown  EventAnswer = "UNKNOWN"
	EventGoing    EventAnswer = "GOING"
	EventNotGoing EventAnswer = "NOT_GOING"
	EventMaybe    EventAnswer = "MAYBE"
)

// EventResponded is somebody's present answer to an event of a calendar. Failed says that it
// could not be decrypted; there is no Answer then.
type EventResponded struct {
	// Message is the answer as a message, Calendar the message of the event.
	Message  Message
	Calendar MessageID
	Answer   EventAnswer
	// At is in unix milliseconds by the clock of the person's phone.
	At     int64
	Guests int
	Failed bool
}
