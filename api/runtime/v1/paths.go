package v1

// Ports, file paths and URL paths of a session pod.
const (
	// Port is the TCP port on which the runtime serves its HTTP API.
	Port = 3000
	// MetricsPort is the TCP port on which it serves MetricsPath without an API
	// key, if EnvMetricsAddress says so.
	MetricsPort = 9464
	// MetricsPath returns the session's metrics in the format of Prometheus.
	MetricsPath = "/metrics"

	// LastEventHeader is in the answer that opens a websocket: the ID of the newest event
	// then. What follows it is sent, and what lastEventId asks for before.
	LastEventHeader = "Wasession-Last-Event"
	// NoEvent stands there if there is no event. It sorts before all IDs.
	NoEvent = "evt_"

	// DataDir is the mount path of the session's volume.
	DataDir = "/data"
	// ConfigDir is the mount path of the session's ConfigMap.
	ConfigDir = "/etc/wasession/config"
	// ConfigFile is the ConfigMap key that holds the Config as JSON, and so the
	// file's name in ConfigDir.
	ConfigFile = "config.json"
	// KeysDir is the mount path of the Secret with the session's API keys.
	KeysDir = "/etc/wasession/keys"
	// SecretsDir is the parent directory of the mounts of all Secrets that the
	// configuration refers to.
	SecretsDir = "/etc/wasession/secrets"

	// CADir is the mount path of the certificates to trust, and CAFile the file's
	// name in it, in PEM.
	CADir  = "/etc/wasession/ca"
	CAFile = "ca.crt"

	// APIKeyFile is the key in the keys Secret, and so the file in KeysDir, with
	// the session's plain API key. It grants full access.
	APIKeyFile = "api-key"
	// ScopedKeysFile is an optional key in the keys Secret: a JSON list of
	// scoped API keys.
	ScopedKeysFile = "keys.json"

	// StatusPath returns the runtime's Status as JSON. With the query watch=true
	// it returns newline-delimited JSON (application/x-ndjson): the current Status
	// immediately, another after each change, and an empty line at least every
	// HeartbeatSeconds while nothing changes. Requests without the header
	// "Authorization: Bearer <token>" (see SignToken) get 401.
	StatusPath = "/runtime/v1/status"
	// ArchiveRunPath starts an archive run (POST, bearer token). The query id
	// identifies the request: a repeated id starts nothing. It returns 202 once
	// the run is recorded, or 409 if none can start. Status.Archive has the
	// result.
	ArchiveRunPath = "/runtime/v1/auto-archive/run"
	// MaxArchiveRunID is the maximum length of a request id, in bytes.
	MaxArchiveRunID = 256
	// LogoutPath unlinks the device from the WhatsApp account (POST, bearer
	// token). It returns 204 once done, or 409 if the session is not connected.
	LogoutPath = "/runtime/v1/logout"
	// HealthPath needs no authorization and returns 200 while the process serves.
	// It does not depend on WhatsApp.
	HealthPath = "/ping"

	// HeartbeatSeconds is the longest silence on a status stream.
	HeartbeatSeconds = 15
)

// Environment variables that the runtime reads.
const (
	// EnvEndpoint (http://host:port) and EnvRootKey (64 hex characters) point the
	// runtime at a simulator instead of WhatsApp. Set both or neither.
	EnvEndpoint = "WHATSAPP_ENDPOINT"
	EnvRootKey  = "WHATSAPP_ROOT_KEY"
	// EnvAPIKey and EnvAPIKeyFile set the API key of a standalone runtime, as a
	// value or as the path of a file.
	EnvAPIKey     = "WASESSION_API_KEY"
	EnvAPIKeyFile = "WASESSION_API_KEY_FILE"
	// EnvPodUID is the UID of the runtime's pod, which is the audience of the
	// tokens it accepts.
	EnvPodUID = "WASESSION_POD_UID"
	// EnvCrashedAt is when the runtime's process last crashed and was started again in
	// its container, in RFC 3339; unset if it never did.
	EnvCrashedAt = "WASESSION_CRASHED_AT"
	// EnvCABundle is the path of a file of certificates, in PEM, that webhooks, the
	// S3 endpoint and the proxy may be signed by besides the system's.
	EnvCABundle = "WASESSION_CA_BUNDLE"
	// EnvEgressAllow lists non-public CIDRs and host names that may be reached,
	// separated by commas. EnvAllowLoopback says whether the configuration may
	// name loopback targets. Defaults to true.
	EnvEgressAllow   = "WASESSION_EGRESS_ALLOW"
	EnvAllowLoopback = "WASESSION_ALLOW_LOOPBACK"
	// EnvMetricsAddress is the address, such as :9464, on which the metrics are
	// served without an API key. Unset: nowhere.
	EnvMetricsAddress = "WASESSION_METRICS_ADDRESS"
)
