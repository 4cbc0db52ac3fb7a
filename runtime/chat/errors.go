package chat

import (
	"errors"
	"fmt"
)

// Errors of the domain. The packages that talk to WhatsApp and to the disk wrap
// them, and the HTTP API maps them to responses; no layer in between translates
// them.
var (
	// ErrNotFound says that the store has no such chat, message, contact, group,
	// file or job.
	ErrNotFound = errors.New("not found")
	// ErrUnstorable says that the store can never take a change, however often it
	// is retried: the change is at fault, not the disk.
	ErrUnstorable = errors.New("cannot be stored")
	// ErrNotConnected says that the session has no connection to WhatsApp.
	ErrNotConnected = errors.New("the session is not connected to WhatsApp")
	// ErrNotPairing says that the session is not waiting to be paired.
	ErrNotPairing = errors.New("the session is not waiting to be paired")
	// ErrRefused says that WhatsApp refused a request.
	ErrRefused = errors.New("WhatsApp refused the request")
	// ErrUnanswered says that WhatsApp did not answer: what was sent may have
	// arrived.
	ErrUnanswered = errors.New("WhatsApp did not answer in time; the request may have been carried out")
	// ErrNotSent says that a message never left.
	ErrNotSent = errors.New("the message was not sent")
	// ErrNobody says that a number has no account on WhatsApp.
	ErrNobody = errors.New("there is no WhatsApp account with this number")
	// ErrTooLate says that WhatsApp's time limit for a change has passed.
	ErrTooLate = errors.New("WhatsApp's time limit for this has passed")
	// ErrNoMedia says that a message has no media, or none that can be downloaded.
	ErrNoMedia = errors.New("the message has no media that can be downloaded")
	// ErrArchiveBusy says that a run of the archive policies is in progress.
	ErrArchiveBusy = errors.New("a run is in progress: wait for it to finish")
	// ErrNoPolicies says that there is nothing to run.
	ErrNoPolicies = errors.New("no auto-archive policies and no group policy are configured")
	// ErrHistoryGone says that a part of the history is lost: WhatsApp no longer
	// holds it, or it is not what was announced.
	ErrHistoryGone = errors.New("this part of the history is no longer available")
)

// Impossible is the reason why an operation on a message or a person can never
// succeed, phrased as an error for the client.
type Impossible string

func (i Impossible) Error() string { return string(i) }

// Impossiblef makes an Impossible.
func Impossiblef(format string, args ...any) error { return Impossible(fmt.Sprintf(format, args...)) }
