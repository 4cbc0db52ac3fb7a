package whatsapp

import (
	"time"

	"go.mau.fi/whatsmeow/types/events"

	"github.com/wasession/wasession/runtime/chat"
)

// Turn is a change of the connection. The session decides what follows from it.
type Turn interface{ turn() }

type (
	// QRCodes are the codes to show one after another while unpaired: the first
	// for a minute, the others for 20 seconds each.
	QRCodes struct{ Codes []string }
	// Paired says that the device is linked. It reconnects automatically.
	Paired struct{}
	// PairFailed says that a scan did not lead to a pairing.
	PairFailed struct{ Err error }
	// WrongAccount says that a phone whose number is not the pinned one was refused.
	// Ending is the last digits of its number.
	WrongAccount struct{ Ending string }
	// PasskeyAsked says that the account can only be linked with a passkey.
	PasskeyAsked struct{ Request *chat.PasskeyRequest }
	// PasskeyTaken says that WhatsApp took the passkey. Code is the one that the phone
	// shows. Proved is set if the device has proved that the phone scanned its QR code:
	// nobody needs to compare the codes.
	PasskeyTaken struct {
		Code   string
		Proved bool
	}
	// Connected says that the session is logged in and active.
	Connected struct{}
	// CaughtUp says that everything has arrived that WhatsApp kept while the device was
	// not connected, receipts among it.
	CaughtUp struct{}
	// Disconnected says that the connection was lost. A paired device reconnects
	// automatically, an unpaired one does not.
	Disconnected struct{}
	// Unresponsive says that WhatsApp stopped answering on an open connection.
	Unresponsive struct{}
	// Responsive says that WhatsApp answers again.
	Responsive struct{}
	// LoggedOut says that the device was unlinked, and its keys are deleted: by the
	// phone, or by WhatsApp, with what it did to the account.
	LoggedOut struct{ By LogoutCause }
	// Outdated says that WhatsApp refuses this version of the client.
	Outdated struct{}
	// Banned says that the account may not connect for a time; 0 if it is unknown. Why
	// says what it is accused of; empty if that is unknown.
	Banned struct {
		For time.Duration
		Why string
	}
	// Throttled says that the account connects too often.
	Throttled struct{}
	// Replaced says that another connection took over this device.
	Replaced struct{}
	// Refused is any other refusal of the connection.
	Refused struct{ Reason string }
	// Renamed says that the account's push name changed.
	Renamed struct{}
)

// LogoutCause is what ended a link.
type LogoutCause int

// The causes. WhatsApp locks an account whose owner must do something on the phone.
const (
	LogoutByPhone LogoutCause = iota
	LogoutByLock
	LogoutByBan
)

// logoutCause returns what WhatsApp's code for a refused login stands for.
func logoutCause(reason events.ConnectFailureReason) LogoutCause {
	switch reason { //nolint:exhaustive // all others
	case events.ConnectFailureMainDeviceGone:
		return LogoutByLock
	case events.ConnectFailureUnknownLogout:
		return LogoutByBan
	}
	return LogoutByPhone
}

// banCauses are what an account that was banned for a time is accused of.
var banCauses = map[events.TempBanReason]string{
	events.TempBanSentToTooManyPeople:    "too many messages to people who don't have the number in their contacts",
	events.TempBanBlockedByUsers:         "too many people have blocked the number",
	events.TempBanCreatedTooManyGroups:   "too many groups with people who don't have the number in their contacts",
	events.TempBanSentTooManySameMessage: "the same message too many times",
	events.TempBanBroadcastList:          "too many messages to broadcast lists",
}

func (QRCodes) turn()      {}
func (Paired) turn()       {}
func (PairFailed) turn()   {}
func (WrongAccount) turn() {}
func (PasskeyAsked) turn() {}
func (PasskeyTaken) turn() {}
func (Connected) turn()    {}
func (CaughtUp) turn()     {}
func (Disconnected) turn() {}
func (Unresponsive) turn() {}
func (Responsive) turn()   {}
func (LoggedOut) turn()    {}
func (Outdated) turn()     {}
func (Banned) turn()       {}
func (Throttled) turn()    {}
func (Replaced) turn()     {}
func (Refused) turn()      {}
func (Renamed) turn()      {}

// tooMany is WhatsApp's code for too many requests.
const tooMany = "429"

// turnOf returns the turn for an event from whatsmeow; nil if it is none.
func turnOf(evt any) Turn {
	switch evt := evt.(type) {
	case *events.QR:
		return QRCodes{Codes: evt.Codes}
	case *events.PairSuccess:
		return Paired{}
	case *events.PairError:
		return PairFailed{Err: evt.Error}
	case *events.PairPasskeyRequest:
		return passkeyTurn(evt.PublicKey)
	case *events.PairPasskeyConfirmation:
		return PasskeyTaken{Code: evt.Code, Proved: evt.SkipHandoffUX}
	case *events.PairPasskeyError:
		return PairFailed{Err: evt.Error}
	case *events.Connected:
		return Connected{}
	case *events.OfflineSyncCompleted:
		return CaughtUp{}
	case *events.Disconnected:
		return Disconnected{}
	case *events.KeepAliveTimeout:
		return Unresponsive{}
	case *events.KeepAliveRestored:
		return Responsive{}
	case *events.LoggedOut:
		return LoggedOut{By: logoutCause(evt.Reason)}
	case *events.ClientOutdated:
		return Outdated{}
	case *events.TemporaryBan:
		return Banned{For: evt.Expire, Why: banCauses[evt.Code]}
	case *events.StreamReplaced:
		return Replaced{}
	case *events.StreamError:
		if evt.Code == tooMany {
			return Throttled{}
		}
		return Refused{Reason: "stream error " + evt.Code}
	case *events.ConnectFailure:
		if evt.Reason.NumberString() == tooMany {
			return Throttled{}
		}
		return Refused{Reason: evt.Reason.String()}
	case *events.PushNameSetting:
		return Renamed{}
	}
	return nil
}
