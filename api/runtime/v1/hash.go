package v1

import (
	"crypto/sha256"
	"encoding/hex"
)

// ConfigHash identifies the content of a configuration file: the first 16 hex
// characters of its SHA-256. The operator compares it with the hash that the
// runtime reports to know that a change has taken effect.
func ConfigHash(file []byte) string {
	sum := sha256.Sum256(file)
	return hex.EncodeToString(sum[:8])
}
