package simulator

import (
	"time"

	"go.mau.fi/whatsmeow/types"
)

// Addressing is how a direct message identifies its sender.
type Addressing int

// The three ways that WhatsApp uses.
const (
	// AddressLID is by LID, with the number as well: what WhatsApp does today,
	// and the default.
	AddressLID Addressing = iota
	// AddressPNWithLID is by number, with the LID as well.
	AddressPNWithLID
	// AddressPN is by number only.
	AddressPN
)

func (a Addressing) server() string {
	if a == AddressLID {
		return types.HiddenUserServer
	}
	return types.DefaultUserServer
}

// SendOption changes how a phone sends a message.
type SendOption func(*sendOptions)

type sendOptions struct {
	id         string
	time       time.Time
	pushName   string
	addressing Addressing
	garbled    bool
	sealed     *[2]Addressing // of a vote or an answer: of the author, and of the account
}

func (u *User) options(opts []SendOption) sendOptions {
	u.mu.Lock()
	o := sendOptions{id: NewMessageID(), time: time.Now(), pushName: u.name, addressing: u.addressing}
	u.mu.Unlock()
	for _, opt := range opts {
		opt(&o)
	}
	return o
}

// WithID sets the message's id.
func WithID(id string) SendOption { return func(o *sendOptions) { o.id = id } }

// WithTime sets the message's server time.
func WithTime(t time.Time) SendOption { return func(o *sendOptions) { o.time = t } }

// WithPushName sets the sender's name for this message.
func WithPushName(name string) SendOption { return func(o *sendOptions) { o.pushName = name } }

// WithAddressing sets how the message identifies its sender.
func WithAddressing(a Addressing) SendOption { return func(o *sendOptions) { o.addressing = a } }

// SealedAs encrypts a vote, or an answer to an event, with these addresses of the author of the
// poll or event, and of the sender. Which of them clients use does not show on the wire.
func SealedAs(author, sender Addressing) SendOption {
	return func(o *sendOptions) { o.sealed = &[2]Addressing{author, sender} }
}

// Garbled damages the ciphertext on the first attempt, so that the client
// cannot read it and asks for it again.
func Garbled() SendOption { return func(o *sendOptions) { o.garbled = true } }

// SetAddressing sets how the account's messages, receipts and presence identify
// it from now on.
func (u *User) SetAddressing(a Addressing) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.addressing = a
}
