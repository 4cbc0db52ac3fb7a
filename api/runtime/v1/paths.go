package v1

// Where things lie in a session pod, and where the operator finds them.
const (
	// Port is the TCP port on which the runtime serves its HTTP API.
	Port = 3000

	// DataDir is the mount path of the session's volume.
	DataDir = "/data"
	// ConfigDir is the mount path of the session's ConfigMap.
	ConfigDir = "/etc/wasession/config"
	// ConfigFile is the key of the ConfigMap that holds a Config as JSON, and
	// so the file's name in ConfigDir.
	ConfigFile = "config.json"
	// KeysDir is the mount path of the Secret with the session's API keys.
	KeysDir = "/etc/wasession/keys"
	// SecretsDir is the parent of the mount paths of all secrets that the
	// configuration refers to: one folder for each, named by the operator.
	SecretsDir = "/etc/wasession/secrets"

	// APIKeyFile is the key in the keys Secret (a file in KeysDir) that holds
	// the session's plain API key. It grants everything.
	APIKeyFile = "api-key"
	// ScopedKeysFile is an optional key in the keys Secret: a JSON list of
	// scoped API keys.
	ScopedKeysFile = "keys.json"

	// StatusPath answers the runtime's Status as JSON. With the query
	// watch=true it answers newline-delimited JSON (application/x-ndjson): the
	// present Status at once, another after each change, and an empty line at
	// least every HeartbeatSeconds while nothing changes. Every request needs
	// the header "Authorization: Bearer <token>", see SignToken; 401 otherwise.
	StatusPath = "/runtime/v1/status"
	// ArchiveRunPath starts a run of the archive policies (POST, bearer token).
	// The query id names the request: a repeated id starts nothing. It answers
	// 202 once the run is written down, 409 where none can begin; the outcome is in
	// Status.AutoArchive.
	ArchiveRunPath = "/runtime/v1/auto-archive/run"
	// MaxArchiveRunID is the longest id of a request, in bytes.
	MaxArchiveRunID = 256
	// LogoutPath unlinks the device from the WhatsApp account (POST, bearer
	// token): 204 once done, 409 where the session is not connected.
	LogoutPath = "/runtime/v1/logout"
	// HealthPath is open to everybody and answers 200 as long as the process
	// serves; it says nothing of WhatsApp.
	HealthPath = "/ping"

	// HeartbeatSeconds is the longest silence on a status stream.
	HeartbeatSeconds = 15
)

// Environment variables that the runtime reads.
const (
	// EnvEndpoint and EnvRootKey point the runtime at a simulator instead of
	// WhatsApp: http://host:port, and 64 hex characters. Both or neither.
	EnvEndpoint = "WHATSAPP_ENDPOINT"
	EnvRootKey  = "WHATSAPP_ROOT_KEY"
	// EnvAPIKey and EnvAPIKeyFile give a standalone runtime its API key, as
	// itself or as a file's path.
	EnvAPIKey     = "WASESSION_API_KEY"
	EnvAPIKeyFile = "WASESSION_API_KEY_FILE"
	// EnvPodUID is the UID of the runtime's pod: the audience of the tokens it
	// accepts.
	EnvPodUID = "WASESSION_POD_UID"
	// EnvEgressAllow lists CIDRs and host names with commas between that may be
	// reached although they are not public, and EnvAllowLoopback, true unless it is set,
	// says whether what the configuration names may be on the same machine.
	EnvEgressAllow   = "WASESSION_EGRESS_ALLOW"
	EnvAllowLoopback = "WASESSION_ALLOW_LOOPBACK"
)
