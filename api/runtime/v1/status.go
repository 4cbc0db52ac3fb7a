package v1

import "time"

// Phase is the session's status in WAHA's words.
type Phase string

// The phases of a session.
const (
	PhaseStopped    Phase = "STOPPED"
	PhaseStarting   Phase = "STARTING"
	PhaseScanQRCode Phase = "SCAN_QR_CODE"
	PhaseWorking    Phase = "WORKING"
	PhaseFailed     Phase = "FAILED"
)

// Reason says why a session is in its phase, for conditions.
type Reason string

// The reasons a runtime reports.
const (
	ReasonConnected          Reason = "Connected"
	ReasonConnecting         Reason = "Connecting"
	ReasonWaitingForScan     Reason = "WaitingForScan"
	ReasonWaitingForCode     Reason = "WaitingForPhoneCode"
	ReasonDisconnected       Reason = "Disconnected"   // reconnecting by itself
	ReasonStreamReplaced     Reason = "StreamReplaced" // another connection took over; backs off, tries again
	ReasonStorageFull        Reason = "StorageFull"    // no room on the volume; connects again when there is
	ReasonTemporaryBan       Reason = "TemporaryBan"   // waits until RetryAt
	ReasonLoggedOut          Reason = "LoggedOut"      // a person must pair again
	ReasonClientOutdated     Reason = "ClientOutdated" // needs a newer runtime image
	ReasonWrongAccount       Reason = "WrongAccount"   // another number than pairing.account
	ReasonInvalidConfig      Reason = "InvalidConfiguration"
	ReasonEndpointMismatched Reason = "EndpointMismatched" // paired with another endpoint
)

// Status is what the runtime reports of itself. It never holds a secret, a QR
// or a pairing code.
type Status struct {
	Session string `json:"session"`
	Phase   Phase  `json:"phase"`
	Reason  Reason `json:"reason"`
	// Message is a sentence for people, free of raw errors.
	Message string `json:"message,omitempty"`
	// Since is when Phase and Reason were entered.
	Since time.Time `json:"since"`
	// RetryAt is set while the session waits for a known moment.
	RetryAt *time.Time `json:"retryAt,omitempty"`
	// Paired says that the volume holds a device linked to an account.
	Paired bool `json:"paired"`
	Me     *Me  `json:"me,omitempty"`
	// Storage is the room on the volume; absent where it is not known.
	Storage *StorageStatus `json:"storage,omitempty"`
	// RuntimeVersion is the version of the runtime's build.
	RuntimeVersion string `json:"runtimeVersion"`
	// ConfigHash is ConfigHash of the configuration file in force.
	ConfigHash string `json:"configHash"`
	// ConfigError is a sentence that names the field of the configuration last
	// read that cannot be used. Where ConfigHash is another's, that one stays in
	// force; otherwise the rest of it is in force.
	ConfigError string `json:"configError,omitempty"`
	// KeysError names the entries of the API keys that are not in order, by their
	// numbers. They are not in force; all others are.
	KeysError string `json:"keysError,omitempty"`
	// Simulated says that the session talks to a simulator.
	Simulated bool           `json:"simulated,omitempty"`
	Chats     ChatCounts     `json:"chats"`
	History   HistoryStatus  `json:"history"`
	Archive   *ArchiveStatus `json:"autoArchive,omitempty"`
	// UnknownGroups are groups found off the list, at most 50.
	UnknownGroups []string `json:"unknownGroups,omitempty"`
}

// StorageStatus is the room on the volume of the data directory.
type StorageStatus struct {
	// Full says that nothing new is received until there is room again.
	Full bool `json:"full"`
}

// Me is the account a session is paired with, ids as on the HTTP API.
type Me struct {
	ID       string `json:"id"`
	LID      string `json:"lid,omitempty"`
	JID      string `json:"jid,omitempty"`
	PushName string `json:"pushName,omitempty"`
}

// ChatCounts counts the chats in the store.
type ChatCounts struct {
	Total    int `json:"total"`
	Archived int `json:"archived"`
	// Unread counts chats with unread messages or marked as unread.
	Unread int `json:"unread"`
}

// HistoryStatus tells how far the import of the phone's history is.
type HistoryStatus struct {
	// Pending is the number of chunks written down and not yet imported.
	Pending int `json:"pending"`
	// Imported is the number of chunks imported since pairing.
	Imported int `json:"imported"`
}

// RunResult is the outcome of an archive run.
type RunResult string

// The outcomes of a run.
const (
	RunSucceeded RunResult = "Succeeded"
	RunFailed    RunResult = "Failed"
	RunDryRun    RunResult = "DryRun"
)

// ArchiveStatus is the state of the archive policies.
type ArchiveStatus struct {
	// LastRequestID is the id of the last asked-for run that was taken on.
	LastRequestID string     `json:"lastRequestID,omitempty"`
	LastRunTime   *time.Time `json:"lastRunTime,omitempty"`
	LastResult    RunResult  `json:"lastResult,omitempty"`
	// LastMessage is a sentence about the last run.
	LastMessage string `json:"lastMessage,omitempty"`
	// Archived, Candidates and Left count the chats of the last run: archived,
	// matching, and groups left.
	Archived   int `json:"archived"`
	Candidates int `json:"candidates"`
	Left       int `json:"left,omitempty"`
	// NextRunTime is absent while suspended.
	NextRunTime *time.Time `json:"nextRunTime,omitempty"`
}
