package wire

import (
	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
)

// Pong is the answer to GET /ping.
type Pong struct {
	Message string `json:"message"`
}

// Health is WAHA's form of a health check. Being unpaired or disconnected is a
// state of the session, not a fault of the process.
type Health struct {
	Status  string                `json:"status"`
	Info    map[string]HealthPart `json:"info"`
	Error   map[string]HealthPart `json:"error"`
	Details map[string]HealthPart `json:"details"`
}

// HealthPart is the health of one part: "up" or "down".
type HealthPart struct {
	Status string `json:"status"`
}

// ServerStatus has its times in milliseconds.
type ServerStatus struct {
	StartTimestamp int64 `json:"startTimestamp"`
	Uptime         int64 `json:"uptime"`
	Worker         struct {
		ID string `json:"id"`
	} `json:"worker"`
}

// Count answers how many there are of something.
type Count struct {
	Count int `json:"count"`
}

// Success is the answer to what has nothing else to say.
type Success struct {
	Success bool `json:"success"`
}

// NumberStatus says whether a phone number has an account.
type NumberStatus struct {
	NumberExists bool   `json:"numberExists"`
	ChatID       string `json:"chatId,omitempty" doc:"absent where the number has no account"`
}

// About is a person's about text.
type About struct {
	About *string `json:"about" doc:"null where there is none to see"`
}

// ProfilePicture is a person's picture by its older name.
type ProfilePicture struct {
	URL *string `json:"profilePictureURL"`
}

// Picture has no URL where the chat has no picture.
type Picture struct {
	URL *string `json:"url"`
}

// ReadMessages are the full ids of the messages that were marked as read.
type ReadMessages struct {
	IDs []string `json:"ids"`
}

// QRImage is a file inside JSON.
type QRImage struct {
	MIMEType string `json:"mimetype"`
	Data     string `json:"data"`
}

// QRValue is the code itself: "2@…", without the link that a picture carries.
type QRValue struct {
	Value string `json:"value"`
}

// PairingCode is the code to type on the phone.
type PairingCode struct {
	Code string `json:"code"`
}

// NewMessageID is an id for a message to be sent.
type NewMessageID struct {
	ID string `json:"id"`
}

// Replayed is how many deliveries are sent again.
type Replayed struct {
	Replayed int `json:"replayed"`
}

// ArchiveRun is a run of the policies.
type ArchiveRun struct {
	ID      string              `json:"id"`
	Trigger chat.ArchiveTrigger `json:"trigger" doc:"schedule or request"`
	DryRun  bool                `json:"dryRun"`
	// Times are unix seconds.
	StartedAt  int64  `json:"startedAt"`
	FinishedAt *int64 `json:"finishedAt" doc:"null while the run is under way"`
	Result     string `json:"result" doc:"Succeeded, Failed or DryRun; empty while the run is under way"`
	Message    string `json:"message"`
	Candidates int    `json:"candidates" doc:"chats and groups that matched"`
	Archived   int    `json:"archived"`
	Left       int    `json:"left" doc:"groups left"`
}

// PlannedChat is what a run would do to a chat or group.
type PlannedChat struct {
	ID     chat.ID `json:"id"`
	Name   string  `json:"name"`
	Action string  `json:"action" doc:"archive, or leave for a group off the list"`
	Policy string  `json:"policy" doc:"the policy that says so; empty for a group off the list"`
	// LastActivity is in unix seconds.
	LastActivity *int64 `json:"lastActivity" doc:"null where unknown"`
	InactiveDays *int64 `json:"inactiveDays" doc:"null where unknown"`
}

// ArchivePlan is what a run of the archive policies would do.
type ArchivePlan struct {
	Candidates    int           `json:"candidates" doc:"all that match, also those beyond the limit of one run"`
	Items         []PlannedChat `json:"items" doc:"what one run would do, the longest silent chats first"`
	UnknownGroups []chat.ID     `json:"unknownGroups" doc:"groups off the list, at most 50"`
}

// Failure is the body of most errors.
type Failure struct {
	Message    any    `json:"message"`
	Error      string `json:"error,omitempty"`
	StatusCode int    `json:"statusCode"`
}

// Unexpected is the body of a 500.
type Unexpected struct {
	StatusCode int    `json:"statusCode"`
	Message    string `json:"message"`
}

// Unanswered is the body of a 504: what is known of a message that may have left.
type Unanswered struct {
	Failure
	ID      string `json:"id,omitempty"`
	Ack     *int   `json:"ack,omitempty"`
	AckName string `json:"ackName,omitempty"`
}

// WawpDone is Wawp's answer to a change.
type WawpDone struct {
	Success bool   `json:"success"`
	Message string `json:"message"`
}

// UnknownSession is the body of a 422 about a session that does not exist.
type UnknownSession struct {
	Error   string `json:"error"`
	Session string `json:"session"`
}

// WrongStatus is the body of a 422 about a session in another status than a call
// needs.
type WrongStatus struct {
	Error    string     `json:"error"`
	Session  string     `json:"session"`
	Status   v1.Phase   `json:"status"`
	Expected []v1.Phase `json:"expected"`
}
