package v1

// Config is the configuration of a session's runtime. The operator writes it as
// JSON into the session's ConfigMap; the runtime reads it at startup and whenever
// the file changes. Every field can change while the runtime is running. It never
// contains secrets, only the names of files that do.
type Config struct {
	// Session is the session's name on the HTTP API.
	Session string `json:"session"`
	// Metadata is copied into the envelope of every event.
	Metadata map[string]string `json:"metadata,omitempty"`
	// LogLevel is debug, info, warn or error. Defaults to info.
	LogLevel string `json:"logLevel,omitempty"`

	Pairing Pairing `json:"pairing"`
	History History `json:"history"`
	Media   Media   `json:"media"`
	// Ignore are the kinds of chats whose messages are neither stored nor delivered.
	Ignore  []IgnoredChats `json:"ignore,omitempty"`
	Archive *Archive       `json:"autoArchive,omitempty"`
	// Sending limits how much is sent; null limits nothing.
	Sending  *Sending  `json:"sending,omitempty"`
	Groups   Groups    `json:"groups"`
	Webhooks []Webhook `json:"webhooks,omitempty"`
	Outbox   Outbox    `json:"outbox"`
	// Operator holds the keys that authorize calls to the operator's endpoints.
	Operator Operator `json:"operator,omitzero"`
	// Gateway holds the keys of the access tokens that are accepted like API keys.
	Gateway Gateway `json:"gateway,omitzero"`
	// OtherAccounts is what happens to the data of other accounts once an account
	// is connected. Defaults to Keep.
	OtherAccounts OtherAccounts `json:"otherAccounts,omitempty"`
	Proxy         *Proxy        `json:"proxy,omitempty"`
	Egress        Egress        `json:"egress,omitzero"`
	// AllowedOrigins are the origins whose web pages may call the API: scheme, host
	// and port, or "*" for all. Null means all, an empty list none.
	AllowedOrigins []string `json:"allowedOrigins,omitzero"`
}

// PairingMethod is how a person links the session to a phone.
type PairingMethod string

// The ways to pair.
const (
	PairingQRCode    PairingMethod = "QRCode"
	PairingPhoneCode PairingMethod = "PhoneCode"
)

// Pairing configures how the session is linked. Account always applies, the others
// only while it is not linked.
type Pairing struct {
	// Method defaults to QRCode. The QR code is available with either method.
	Method PairingMethod `json:"method,omitempty"`
	// PhoneNumber is the number to link, digits only. Required with PhoneCode.
	PhoneNumber string `json:"phoneNumber,omitempty"`
	// Account is the only number that may be linked, digits only. Empty allows any.
	Account string `json:"account,omitempty"`
	// DeviceName and Browser are what the phone's list of linked devices shows.
	// They default to wasession and Chrome.
	DeviceName string  `json:"deviceName,omitempty"`
	Browser    Browser `json:"browser,omitempty"`
}

// Browser is a browser that WhatsApp knows.
type Browser string

// The browsers.
const (
	BrowserChrome  Browser = "Chrome"
	BrowserFirefox Browser = "Firefox"
	BrowserEdge    Browser = "Edge"
	BrowserSafari  Browser = "Safari"
	BrowserOpera   Browser = "Opera"
)

// IgnoredChats is a kind of chats.
type IgnoredChats string

// The kinds that can be ignored. IgnoreBroadcasts includes status updates.
const (
	IgnoreStatus     IgnoredChats = "Status"
	IgnoreGroups     IgnoredChats = "Groups"
	IgnoreChannels   IgnoredChats = "Channels"
	IgnoreBroadcasts IgnoredChats = "Broadcasts"
)

// OtherAccounts is what happens to the data of accounts that were linked to the
// session before.
type OtherAccounts string

// What can happen to it.
const (
	KeepOtherAccounts   OtherAccounts = "Keep"
	DeleteOtherAccounts OtherAccounts = "Delete"
)

// HistorySync is how much history is imported after pairing.
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
	// Days is the maximum age of imported messages; 0 means no limit.
	Days int `json:"days,omitempty"`
	// RetentionSeconds is the age at which messages are removed; 0 means never.
	RetentionSeconds int64 `json:"retentionSeconds,omitempty"`
	// Groups also imports group chats. Defaults to true.
	Groups *bool `json:"groups,omitempty"`
}

// Sending limits how much is sent through the API. What is beyond a limit waits. A limit
// of 0 is none.
type Sending struct {
	PerMinute           int `json:"perMinute,omitempty"`
	PerContactPerMinute int `json:"perContactPerMinute,omitempty"`
	// NewContactsPerDay limits the first messages of chats in any 24 hours.
	NewContactsPerDay int `json:"newContactsPerDay,omitempty"`
	// WarmUpSeconds is how long after the account was linked for the first time the
	// limits grow from a tenth to their full size.
	WarmUpSeconds int64 `json:"warmUpSeconds,omitempty"`
}

// Media configures where media files are kept, and for how long.
type Media struct {
	// RetentionSeconds is the age at which a file is removed; 0 means never.
	RetentionSeconds int64 `json:"retentionSeconds,omitempty"`
	// MaxBytes limits the media files on the volume; beyond it the oldest are
	// removed. 0 means no limit.
	MaxBytes int64 `json:"maxBytes,omitempty"`
	// S3 keeps files in a bucket instead of the volume.
	S3 *S3 `json:"s3,omitempty"`
	// PublicURL is the base of file URLs in responses and events: scheme and host,
	// without a trailing slash. Defaults to the request's host.
	PublicURL string `json:"publicURL,omitempty"`
	// ServiceURL is the base in events without PublicURL, as events have no
	// request to take a host from. Defaults to the runtime's listen address.
	ServiceURL string `json:"serviceURL,omitempty"`
}

// S3 names a bucket. Credentials are read from files in SecretsDir.
type S3 struct {
	Bucket   string `json:"bucket"`
	Endpoint string `json:"endpoint,omitempty"`
	Region   string `json:"region,omitempty"`
	// Prefix is prepended to every key.
	Prefix string `json:"prefix,omitempty"`
	// ForcePathStyle puts the bucket into the path, as MinIO and others require.
	ForcePathStyle bool `json:"forcePathStyle,omitempty"`
	// AccessKeyIDFile and SecretAccessKeyFile are absolute paths.
	AccessKeyIDFile     string `json:"accessKeyIDFile,omitempty"`
	SecretAccessKeyFile string `json:"secretAccessKeyFile,omitempty"`
}

// Webhook is one receiver of events.
type Webhook struct {
	// Name identifies the webhook. Defaults to a hash of URL.
	Name string `json:"name,omitempty"`
	// URL is where events are posted. Either URL or URLFile is required.
	URL string `json:"url,omitempty"`
	// URLFile is the absolute path of a file that contains the URL. It is read on
	// each attempt.
	URLFile string `json:"urlFile,omitempty"`
	// Events are the names of the events to send; "*" means all.
	Events []string `json:"events"`
	// HMACKeyFile is the absolute path of the key that signs request bodies.
	HMACKeyFile string `json:"hmacKeyFile,omitempty"`
	// HeadersDir is the absolute path of a directory. Each file is a header,
	// named after the file.
	HeadersDir string  `json:"headersDir,omitempty"`
	Retries    Retries `json:"retries"`
}

// RetryPolicy is how the delay between attempts grows.
type RetryPolicy string

// The retry policies.
const (
	RetryConstant    RetryPolicy = "constant"
	RetryLinear      RetryPolicy = "linear"
	RetryExponential RetryPolicy = "exponential"
)

// Retries configures the attempts of a delivery.
type Retries struct {
	// Policy defaults to exponential.
	Policy RetryPolicy `json:"policy,omitempty"`
	// DelaySeconds is the first delay. Defaults to 2.
	DelaySeconds int `json:"delaySeconds,omitempty"`
	// Attempts is the number of attempts, including the first. Defaults to 15.
	Attempts int `json:"attempts,omitempty"`
}

// Outbox limits the stored events and dead letters.
type Outbox struct {
	// MaxBytes limits their size in the database: half for events, half for dead
	// letters. Defaults to 512 MiB.
	MaxBytes int64 `json:"maxBytes,omitempty"`
	// MaxEvents limits the number of events. Defaults to 2,000,000. Beyond either
	// limit the oldest become dead letters of the webhooks they were not delivered
	// to.
	MaxEvents int `json:"maxEvents,omitempty"`
	// RetentionSeconds is how long delivered events and dead letters are kept.
	// Defaults to 7 days.
	RetentionSeconds int64 `json:"retentionSeconds,omitempty"`
}

// Operator names the operator's keys.
type Operator struct {
	// Keys are Ed25519 public keys in base64. Tokens signed with any of them are
	// accepted if issued for this pod. Without keys the endpoints are disabled.
	Keys []string `json:"keys,omitempty"`
}

// Gateway names the gateway's keys.
type Gateway struct {
	// Keys are Ed25519 public keys in base64. Access tokens signed with any of them
	// are accepted wherever an API key is, if issued for this pod.
	Keys []string `json:"keys,omitempty"`
}

// Proxy is the proxy for connections to WhatsApp.
type Proxy struct {
	// URL is http, https or socks5, without credentials.
	URL string `json:"url,omitempty"`
	// UsernameFile and PasswordFile are absolute paths.
	UsernameFile string `json:"usernameFile,omitempty"`
	PasswordFile string `json:"passwordFile,omitempty"`
}

// Egress allows callers of the API to name non-public targets.
type Egress struct {
	// Allow are CIDRs and host names. A leading "*." stands for one or more
	// labels. A host allowed by name may have a private address, but not a
	// loopback or link-local one: that requires a CIDR.
	Allow []string `json:"allow,omitempty"`
}
