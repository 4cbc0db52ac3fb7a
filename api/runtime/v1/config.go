package v1

// Config is the configuration of one session's runtime. The operator writes it
// as JSON into the session's ConfigMap; the runtime reads it at start and again
// whenever the file changes. Everything in it can change live. It never holds a
// secret: it names the files that do.
type Config struct {
	// Session is the session's name on the HTTP API.
	Session string `json:"session"`
	// Metadata is copied into the envelope of every event.
	Metadata map[string]string `json:"metadata,omitempty"`
	// LogLevel is one of debug, info, warn, error; empty means info.
	LogLevel string `json:"logLevel,omitempty"`

	Pairing  Pairing   `json:"pairing"`
	History  History   `json:"history"`
	Media    Media     `json:"media"`
	Archive  *Archive  `json:"autoArchive,omitempty"`
	Groups   Groups    `json:"groups"`
	Webhooks []Webhook `json:"webhooks,omitempty"`
	Outbox   Outbox    `json:"outbox"`
	// Operator says who may call the endpoints that are the operator's alone.
	Operator Operator `json:"operator,omitzero"`
	// OtherAccounts is what becomes of the data of other accounts once one is
	// connected; empty means Keep.
	OtherAccounts OtherAccounts `json:"otherAccounts,omitempty"`
	Proxy         *Proxy        `json:"proxy,omitempty"`
	Egress        Egress        `json:"egress,omitzero"`
}

// PairingMethod says how a person links the session to a phone.
type PairingMethod string

// The ways to pair.
const (
	PairingQRCode    PairingMethod = "QRCode"
	PairingPhoneCode PairingMethod = "PhoneCode"
)

// Pairing says how the session is linked while it is not linked yet.
type Pairing struct {
	// Method defaults to QRCode. The QR is offered with either method.
	Method PairingMethod `json:"method,omitempty"`
	// PhoneNumber is the account's number, digits only; needed for PhoneCode.
	PhoneNumber string `json:"phoneNumber,omitempty"`
	// Account is the only number that may be linked, digits only; empty for any.
	Account string `json:"account,omitempty"`
}

// OtherAccounts says what becomes of the data of accounts that a session was
// linked to before.
type OtherAccounts string

// What becomes of it.
const (
	KeepOtherAccounts   OtherAccounts = "Keep"
	DeleteOtherAccounts OtherAccounts = "Delete"
)

// HistorySync says how much history is kept after pairing.
type HistorySync string

// The amounts of history.
const (
	HistoryNone   HistorySync = "None"
	HistoryRecent HistorySync = "Recent"
	HistoryFull   HistorySync = "Full"
)

// History configures the import of the phone's history.
type History struct {
	// Sync defaults to Recent.
	Sync HistorySync `json:"sync,omitempty"`
	// Days limits imported messages by age; 0 means no limit.
	Days int `json:"days,omitempty"`
	// RetentionSeconds is the age at which messages are removed; 0 keeps them.
	RetentionSeconds int64 `json:"retentionSeconds,omitempty"`
	// Groups says whether group chats are imported; absent means true.
	Groups *bool `json:"groups,omitempty"`
}

// Media configures where downloaded files are kept, and for how long.
type Media struct {
	// RetentionSeconds is the age at which a downloaded file is removed; 0 keeps.
	RetentionSeconds int64 `json:"retentionSeconds,omitempty"`
	// MaxBytes bounds the folder of downloaded files: the oldest go first; 0
	// means no bound.
	MaxBytes int64 `json:"maxBytes,omitempty"`
	// S3 keeps files in a bucket instead of the volume.
	S3 *S3 `json:"s3,omitempty"`
	// PublicURL is the base of file URLs in answers and events, scheme and host
	// without a trailing slash; empty means the request's own host.
	PublicURL string `json:"publicURL,omitempty"`
	// ServiceURL is the same for events where there is no PublicURL, as nobody
	// has made a request whose host could be taken; empty means the address that
	// the runtime listens on.
	ServiceURL string `json:"serviceURL,omitempty"`
}

// S3 names a bucket. Credentials are read from files in SecretsDir.
type S3 struct {
	Bucket   string `json:"bucket"`
	Endpoint string `json:"endpoint,omitempty"`
	Region   string `json:"region,omitempty"`
	// Prefix is put before every key.
	Prefix string `json:"prefix,omitempty"`
	// ForcePathStyle addresses the bucket in the path, as MinIO and others need.
	ForcePathStyle bool `json:"forcePathStyle,omitempty"`
	// AccessKeyIDFile and SecretAccessKeyFile are absolute paths.
	AccessKeyIDFile     string `json:"accessKeyIDFile,omitempty"`
	SecretAccessKeyFile string `json:"secretAccessKeyFile,omitempty"`
}

// Webhook is one receiver of events.
type Webhook struct {
	// URL is where events are posted.
	URL string `json:"url"`
	// Events are the names of events wanted; "*" means all.
	Events []string `json:"events"`
	// HMACKeyFile is the absolute path of the key that signs bodies.
	HMACKeyFile string `json:"hmacKeyFile,omitempty"`
	// HeadersDir is the absolute path of a folder: each file is a header, its
	// name the header's name.
	HeadersDir string  `json:"headersDir,omitempty"`
	Retries    Retries `json:"retries"`
}

// RetryPolicy is the growth of the delay between attempts.
type RetryPolicy string

// The retry policies.
const (
	RetryConstant    RetryPolicy = "constant"
	RetryLinear      RetryPolicy = "linear"
	RetryExponential RetryPolicy = "exponential"
)

// Retries says how often a delivery is attempted.
type Retries struct {
	// Policy defaults to exponential.
	Policy RetryPolicy `json:"policy,omitempty"`
	// DelaySeconds is the first delay; 0 means 2.
	DelaySeconds int `json:"delaySeconds,omitempty"`
	// Attempts counts all tries, the first included; 0 means 15.
	Attempts int `json:"attempts,omitempty"`
}

// Outbox bounds the events that are written down and not yet delivered.
type Outbox struct {
	// MaxBytes bounds what is kept, in bytes of the database: one half is for
	// events, the other for dead letters. 0 means 512 MiB.
	MaxBytes int64 `json:"maxBytes,omitempty"`
	// MaxEvents is the number of events kept; 0 means 100,000. Beyond either bound
	// the oldest become dead letters of the webhooks that had not got them.
	MaxEvents int `json:"maxEvents,omitempty"`
	// RetentionSeconds is how long delivered events can be resumed from, and
	// dead letters looked at; 0 means 7 days.
	RetentionSeconds int64 `json:"retentionSeconds,omitempty"`
}

// Operator names the operator's keys.
type Operator struct {
	// Keys are Ed25519 public keys in base64: tokens signed with any of them are
	// accepted, if they are for this pod. Without keys the endpoints are closed.
	Keys []string `json:"keys,omitempty"`
}

// Proxy is the way out to WhatsApp.
type Proxy struct {
	// URL is http, https or socks5, without credentials.
	URL string `json:"url,omitempty"`
	// UsernameFile and PasswordFile are absolute paths.
	UsernameFile string `json:"usernameFile,omitempty"`
	PasswordFile string `json:"passwordFile,omitempty"`
}

// Egress opens what is not public to callers of the API.
type Egress struct {
	// Allow are CIDRs and host names, "*." at the beginning of a name for one or
	// more labels. A host that is allowed by name may have a private address, but
	// not a loopback or link-local one: that takes a CIDR.
	Allow []string `json:"allow,omitempty"`
}
