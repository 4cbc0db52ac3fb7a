package wire

import (
	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
)

// Pong is the answer to GET /ping.
type Pong struct {
	Message string `json:"message"`
}

// Stopping is the answer to POST /api/server/stop.
type Stopping struct {
	Stopping bool `json:"stopping"`
}

// App is an app of a session, of which there are none.
type App struct{}

// Health is WAHA's health check. A session that is not paired or not connected is
// still healthy.
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

// ServerStatus has its times in unix milliseconds.
type ServerStatus struct {
	StartTimestamp int64 `json:"startTimestamp"`
	Uptime         int64 `json:"uptime"`
	Worker         struct {
		ID string `json:"id"`
	} `json:"worker"`
}

// Count is the number of entries of a list.
type Count struct {
	Count int `json:"count"`
}

// Success is the response of calls that return nothing else.
type Success struct {
	Success bool `json:"success"`
}

// NumberStatus says whether a phone number has an account.
type NumberStatus struct {
	NumberExists bool   `json:"numberExists"`
	ChatID       string `json:"chatId,omitempty" doc:"Absent if the number has no account"`
}

// About is a person's about text.
type About struct {
	About *string `json:"about" doc:"null if there is none or it is hidden"`
}

// ProfilePicture is a contact's picture, under its older name.
type ProfilePicture struct {
	URL *string `json:"profilePictureURL"`
}

// Picture is a chat's picture; URL is null if it has none.
type Picture struct {
	URL *string `json:"url"`
}

// ReadMessages are the full IDs of the messages that were marked as read.
type ReadMessages struct {
	IDs []string `json:"ids"`
}

// Base64File is a file in base64: the QR code as a PNG, or a converted file.
type Base64File struct {
	MIMEType string `json:"mimetype"`
	Data     string `json:"data"`
}

// QRValue is the text of the QR code, "2@…", without the link before it.
type QRValue struct {
	Value string `json:"value"`
}

// PairingCode is the code to enter on the phone.
type PairingCode struct {
	Code string `json:"code"`
}

// NewMessageID is an ID for a message to send.
type NewMessageID struct {
	ID string `json:"id"`
}

// Replayed is the number of deliveries that are queued again.
type Replayed struct {
	Replayed int `json:"replayed"`
}

// ArchiveRun is a run of the archive policies.
type ArchiveRun struct {
	ID      string              `json:"id"`
	Trigger chat.ArchiveTrigger `json:"trigger" doc:"schedule or request"`
	DryRun  bool                `json:"dryRun"`
	// Times are in unix seconds.
	StartedAt  int64  `json:"startedAt"`
	FinishedAt *int64 `json:"finishedAt" doc:"null while the run is in progress"`
	Result     string `json:"result" doc:"Succeeded, Failed or DryRun; empty while the run is in progress"`
	Message    string `json:"message"`
	Candidates int    `json:"candidates" doc:"Chats and groups that matched"`
	Archived   int    `json:"archived"`
	Left       int    `json:"left" doc:"Groups left"`
}

// PlannedChat is what a run would do to a chat or group.
type PlannedChat struct {
	ID     chat.ID `json:"id"`
	Name   string  `json:"name"`
	Action string  `json:"action" doc:"archive, or leave for a group that is not on the list"`
	Policy string  `json:"policy" doc:"Policy that matched; empty for a group that is not on the list"`
	// LastActivity is in unix seconds.
	LastActivity *int64 `json:"lastActivity" doc:"null if unknown"`
	InactiveDays *int64 `json:"inactiveDays" doc:"null if unknown"`
}

// ArchivePlan is what a run of the archive policies would do.
type ArchivePlan struct {
	Candidates    int           `json:"candidates" doc:"All chats that match, including those beyond the limit of one run"`
	Items         []PlannedChat `json:"items" doc:"What one run would do, longest inactive first"`
	UnknownGroups []chat.ID     `json:"unknownGroups" doc:"Groups that are not on the list, at most 50"`
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

// Unanswered is the body of a 504, with the message that may have been sent.
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

// WrongStatus is the body of a 422 about a session whose status does not allow the
// call.
type WrongStatus struct {
	Error    string     `json:"error"`
	Session  string     `json:"session"`
	Status   v1.Phase   `json:"status"`
	Expected []v1.Phase `json:"expected"`
}
