package chat

import "errors"

// ErrNotFound says that the store has no such chat, message, contact, group,
// file or job.
var ErrNotFound = errors.New("not found")

// ErrUnstorable says that the store can never take something, however often it
// is tried: what is to be written is at fault, not the disk.
var ErrUnstorable = errors.New("cannot be stored")
