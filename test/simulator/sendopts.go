package simulator

import (
	"time"

	"go.mau.fi/whatsmeow/types"
)

// Addressing is how a direct message names its sender.
type Addressing int

// The three ways WhatsApp uses.
const (
	// AddressLID: by LID, with the number beside it. What WhatsApp does today,
	// and the default.
	AddressLID Addressing = iota
	// AddressPNWithLID: by number, with the LID beside it.
	AddressPNWithLID
	// AddressPN: by number alone.
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

// WithTime sets the time the server puts on the message.
func WithTime(t time.Time) SendOption { return func(o *sendOptions) { o.time = t } }

// WithPushName sets the sender's name for this message.
func WithPushName(name string) SendOption { return func(o *sendOptions) { o.pushName = name } }

// WithAddressing sets how the message names its sender.
func WithAddressing(a Addressing) SendOption { return func(o *sendOptions) { o.addressing = a } }

// Garbled damages the ciphertext on the first try, so that the client cannot
// read it and asks for it again.
func Garbled() SendOption { return func(o *sendOptions) { o.garbled = true } }

// SetAddressing changes how the account's messages and other signs of life
// name it from now on.
func (u *User) SetAddressing(a Addressing) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.addressing = a
}
