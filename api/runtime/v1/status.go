package v1

import "time"

// Phase is the session's status as in WAHA.
type Phase string

// The phases of a session.
const (
	PhaseStopped             Phase = "STOPPED"
	PhaseStarting            Phase = "STARTING"
	PhaseScanQRCode          Phase = "SCAN_QR_CODE"
	PhasePasskeyRequired     Phase = "PASSKEY_REQUIRED"
	PhasePasskeyConfirmation Phase = "PASSKEY_CONFIRMATION_REQUIRED"
	PhaseWorking             Phase = "WORKING"
	PhaseFailed              Phase = "FAILED"
)

// Reason is why a session is in its phase, for conditions.
type Reason string

// The reasons that a runtime reports.
const (
	ReasonConnected           Reason = "Connected"
	ReasonConnecting          Reason = "Connecting"
	ReasonWaitingForScan      Reason = "WaitingForScan"
	ReasonWaitingForCode      Reason = "WaitingForPhoneCode"
	ReasonPasskeyRequired     Reason = "PasskeyRequired"             // the account is protected by a passkey
	ReasonPasskeyConfirmation Reason = "PasskeyConfirmationRequired" // codes must be compared
	ReasonDisconnected        Reason = "Disconnected"                // reconnecting by itself
	ReasonStreamReplaced      Reason = "StreamReplaced"              // another connection took over; retries with backoff
	ReasonStorageFull         Reason = "StorageFull"                 // the volume is full; reconnects once it is not
	ReasonTemporaryBan        Reason = "TemporaryBan"                // waits until RetryAt
	ReasonRateLimited         Reason = "RateLimited"                 // too many logins; waits until RetryAt
	ReasonLoggedOut           Reason = "LoggedOut"                   // a person must pair again
	ReasonClientOutdated      Reason = "ClientOutdated"              // needs a newer runtime image
	ReasonWrongAccount        Reason = "WrongAccount"                // not the number in pairing.account
	ReasonInvalidConfig       Reason = "InvalidConfiguration"
	ReasonEndpointMismatched  Reason = "EndpointMismatched" // paired with another endpoint
)

// Status is the runtime's report. It never contains a secret, a QR code or a
// pairing code.
type Status struct {
	Session string `json:"session"`
	Phase   Phase  `json:"phase"`
	Reason  Reason `json:"reason"`
	// Message is a sentence for people, without raw errors.
	Message string `json:"message,omitempty"`
	// Since is when Phase and Reason were entered.
	Since time.Time `json:"since"`
	// RetryAt is when the session retries, if known.
	RetryAt *time.Time `json:"retryAt,omitempty"`
	// Paired: the volume holds a device that is linked to an account.
	Paired bool `json:"paired"`
	Me     *Me  `json:"me,omitempty"`
	// Storage is the state of the volume; absent if unknown.
	Storage *StorageStatus `json:"storage,omitempty"`
	// RuntimeVersion is the version of the runtime.
	RuntimeVersion string `json:"runtimeVersion"`
	// CrashedAt is when the process last crashed and was started again in its container,
	// which kubelet does not see; absent if it never did.
	CrashedAt *time.Time `json:"crashedAt,omitempty"`
	// ConfigHash is ConfigHash of the configuration file in force.
	ConfigHash string `json:"configHash"`
	// ConfigError is a sentence that names the invalid field of the configuration
	// last read. If ConfigHash is that of an earlier configuration, the earlier
	// one stays in force; otherwise the rest of this one is in force.
	ConfigError string `json:"configError,omitempty"`
	// KeysError names the invalid entries of the API keys by their numbers. They
	// are ignored; all others are in force.
	KeysError string `json:"keysError,omitempty"`
	// Simulated: the session talks to a simulator.
	Simulated bool           `json:"simulated,omitempty"`
	Chats     ChatCounts     `json:"chats"`
	History   HistoryStatus  `json:"history"`
	Archive   *ArchiveStatus `json:"autoArchive,omitempty"`
	// UnknownGroups are groups that are not in Groups.Allowed, at most 50.
	UnknownGroups []string `json:"unknownGroups,omitempty"`
}

// StorageStatus is the state of the volume with the data directory.
type StorageStatus struct {
	// Full: nothing new is received until there is space again.
	Full bool `json:"full"`
}

// Me is the linked account, with ids as in the HTTP API.
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
	// Unread counts chats with unread messages or marked unread.
	Unread int `json:"unread"`
}

// HistoryStatus is the progress of the history import.
type HistoryStatus struct {
	// Pending is the number of chunks stored but not yet imported.
	Pending int `json:"pending"`
	// Imported is the number of chunks imported since pairing.
	Imported int `json:"imported"`
}

// RunResult is the result of an archive run.
type RunResult string

// The results of a run.
const (
	RunSucceeded RunResult = "Succeeded"
	RunFailed    RunResult = "Failed"
	RunDryRun    RunResult = "DryRun"
)

// ArchiveStatus is the state of the archive policies.
type ArchiveStatus struct {
	// LastRequestID is the id of the last accepted on-demand run.
	LastRequestID string     `json:"lastRequestID,omitempty"`
	LastRunTime   *time.Time `json:"lastRunTime,omitempty"`
	LastResult    RunResult  `json:"lastResult,omitempty"`
	// LastMessage is a sentence about the last run.
	LastMessage string `json:"lastMessage,omitempty"`
	// Archived and Candidates count the archived and the matching chats of the
	// last run, Left the groups left.
	Archived   int `json:"archived"`
	Candidates int `json:"candidates"`
	Left       int `json:"left,omitempty"`
	// NextRunTime is absent while suspended.
	NextRunTime *time.Time `json:"nextRunTime,omitempty"`
}
