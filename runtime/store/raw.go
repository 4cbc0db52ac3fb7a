package store

import (
	"bytes"
	"database/sql"
)

// shortestCut is the length from which cutting a body out of raw is worthwhile,
// in bytes.
const shortestCut = 16

// cutBody cuts a message's body out of its raw form, which usually contains it
// too. at is where it was; NULL if raw is stored whole.
func cutBody(body string, raw []byte) (stored []byte, at any) {
	if len(body) < shortestCut {
		return raw, nil
	}
	i := bytes.Index(raw, []byte(body))
	if i < 0 {
		return raw, nil
	}
	stored = make([]byte, 0, len(raw)-len(body))
	return append(append(stored, raw[:i]...), raw[i+len(body):]...), int64(i)
}

// joinBody returns the raw form that cutBody stored.
func joinBody(body string, stored []byte, at sql.NullInt64) []byte {
	if !at.Valid || at.Int64 < 0 || at.Int64 > int64(len(stored)) {
		return stored
	}
	raw := make([]byte, 0, len(stored)+len(body))
	raw = append(append(raw, stored[:at.Int64]...), body...)
	return append(raw, stored[at.Int64:]...)
}
