package chat

import "errors"

// ErrNotFound says that the store has no such chat, message, contact, group,
// file or job.
var ErrNotFound = errors.New("not found")
