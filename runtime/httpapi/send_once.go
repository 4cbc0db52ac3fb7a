package httpapi

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"slices"

	"github.com/wasession/wasession/api/chathttp"
	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/httpapi/bind"
	"github.com/wasession/wasession/runtime/intake"
	"github.com/wasession/wasession/runtime/wire"
)

// keyHeader carries the client's idempotency key, and replayedHeader marks the
// response to a repeated request.
const (
	keyHeader      = "Idempotency-Key"
	replayedHeader = chathttp.ReplayedHeader
	maxKey         = 255
)

// knownByKey marks routes that send: a request with an idempotency key is carried
// out once, however often it is repeated.
func (r route) knownByKey() route {
	r.once = true
	return r
}

// described is a route's input, including the idempotency key.
func (r route) described() bind.Plan {
	plan := r.in
	if r.once {
		plan.Params = append(slices.Clone(plan.Params), bind.Param{
			Name: keyHeader, In: "header", Type: reflect.TypeFor[string](),
			Rule: bind.Rule{Doc: "makes a repetition safe: it gets the first one's answer, for 24 hours"},
		})
	}
	return plan
}

// answer carries out a request.
func (a *API) answer(rt route, r *http.Request, query url.Values, body []byte) (any, error) {
	key, own := r.Header.Get(keyHeader), ""
	name := "Idempotency-Key"
	switch {
	case !rt.once:
		return rt.handle(r, query, body)
	case key == "":
		if own = idIn(body); own == "" {
			return rt.handle(r, query, body)
		}
		key, name = idKeys+own, "id"
	case !plainKey(key):
		return nil, badRequest("Idempotency-Key must be 1 to 255 printable ASCII characters")
	}
	if _, busy := a.underWay.LoadOrStore(key, struct{}{}); busy {
		return nil, textFailure(http.StatusConflict, "A request with this "+name+" is in progress")
	}
	defer a.underWay.Delete(key)
	known, stanza, err := a.claim(r, chat.SendKey{Key: key, Fingerprint: fingerprint(r, body), Stanza: own}, name)
	if known != nil || err != nil {
		return known, err
	}
	r = r.WithContext(context.WithValue(r.Context(), stanzaKey{}, stanza))
	got, err := rt.handle(r, query, body)
	return a.record(r, chat.SendKey{Key: key, Stanza: stanza, Status: rt.status}, got, err)
}

// idKeys is what the keys of requests begin with that are known by the ID of their
// message. No header can hold it.
const idKeys = "\tid:"

// idIn is the ID that a body gives its message; empty without one. An invalid ID is
// rejected later.
func idIn(body []byte) string {
	if !bytes.Contains(body, []byte(`"id"`)) {
		return ""
	}
	object, err := bind.Object(body)
	if err != nil {
		return ""
	}
	var id stanza
	switch v := object["id"].(type) {
	case string:
		err = id.UnmarshalText([]byte(v))
	case json.Number:
		err = id.UnmarshalText([]byte(v))
	}
	if err != nil {
		return ""
	}
	return string(id)
}

// claim claims a key. If it was claimed before, claim returns the result of that
// request: the stored response, or what the store knows about the message. name is
// the key's for the client. Without a stanza ID the request gets a new one.
func (a *API) claim(r *http.Request, want chat.SendKey, name string) (known any, stanza string, err error) {
	key, own := want.Key, want.Stanza
	for {
		want.Stanza = cmp.Or(own, a.Live.NewMessageID())
		have, isNew, err := a.Journal.ClaimSend(r.Context(), want)
		switch {
		case err != nil:
			return nil, "", err
		case isNew:
			return nil, want.Stanza, nil
		case have.Fingerprint != want.Fingerprint:
			return nil, "", unprocessable("This " + name + " was used for a different request")
		case have.Status != 0:
			return replayed{have.Status, have.Answer}, "", nil
		}
		// No response was stored: WhatsApp did not answer, or the process ended.
		m, err := a.Reader.Message(r.Context(), "", have.Stanza)
		switch {
		case errors.Is(err, chat.ErrNotFound) || err == nil && m.Ack == chat.AckError:
			if err := a.Journal.ReleaseSend(r.Context(), key); err != nil {
				return nil, "", err
			}
			continue // nothing has left
		case err != nil:
			return nil, "", err
		case m.Ack == chat.AckPending:
			// One that waits to be sent was accepted.
			if waits, err := a.Journal.IsWaiting(r.Context(), m.Stanza); err != nil || !waits {
				return nil, "", cmp.Or[error](err, unanswered(&m))
			}
		}
		answer, err := json.Marshal(wire.NewMessage(&m, a.Raw))
		if err != nil {
			return nil, "", err
		}
		return replayed{http.StatusCreated, answer}, "", a.Journal.AnswerSend(r.Context(), key, http.StatusCreated, answer)
	}
}

// record stores the response to a request, or releases its key if nothing was sent.
// It does so even if the client is gone, because it will repeat the request.
func (a *API) record(r *http.Request, key chat.SendKey, got any, err error) (any, error) {
	ctx := context.WithoutCancel(r.Context())
	if err != nil {
		if err, left := a.mayHaveLeft(ctx, key.Stanza, err); left {
			return nil, err
		}
		return nil, errors.Join(err, a.Journal.ReleaseSend(ctx, key.Key))
	}
	body, err := json.Marshal(got)
	if err != nil {
		return nil, err
	}
	if err := a.Journal.AnswerSend(ctx, key.Key, key.Status, body); err != nil {
		// The message was sent. A repeated request finds it by its ID.
		a.Log.Error("Failed to store the answer to a request", "error", err)
	}
	return got, nil
}

// mayHaveLeft says whether a message may have been sent although its request failed,
// and with what error to respond. After an unexpected error it asks the store,
// because messages are stored before they are sent.
func (a *API) mayHaveLeft(ctx context.Context, stanza string, err error) (error, bool) {
	if errors.Is(err, chat.ErrUnanswered) {
		return err, true
	}
	if _, known := a.failureOf(err); known {
		return err, false
	}
	m, readErr := a.Reader.Message(ctx, "", stanza)
	switch {
	case errors.Is(readErr, chat.ErrNotFound), readErr == nil && m.Ack == chat.AckError:
		return err, false
	case readErr != nil:
		a.Log.Error("Send failed, and the message may have left", "error", errors.Join(err, readErr))
		return unanswered(nil), true
	}
	a.Log.Error("Send failed after the message may have left", "error", err)
	return unanswered(&m), true
}

type stanzaKey struct{}

// stanzaFor is the stanza ID for a request's message: the one stored with its
// idempotency key, or a new one.
func (a *API) stanzaFor(r *http.Request) string {
	if stanza, ok := r.Context().Value(stanzaKey{}).(string); ok {
		return stanza
	}
	return a.Live.NewMessageID()
}

// replayed is the response to a repeated request.
type replayed struct {
	status int
	body   []byte
}

func (a replayed) send(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set(replayedHeader, "true")
	_ = writeJSON(w, a.status, a.body)
}

// fingerprint identifies a request by its path and content, including the content
// of its files.
func fingerprint(r *http.Request, body []byte) string {
	parts, _ := r.Context().Value(partsKey{}).(intake.Parts)
	for name, file := range parts {
		body = bytes.ReplaceAll(body, []byte(name), []byte(file.Sum))
	}
	h := sha256.New()
	_, _ = fmt.Fprintf(h, "%s %s\n%s", r.Method, r.URL.Path, body) // a hash never fails
	return hex.EncodeToString(h.Sum(nil))
}

func plainKey(s string) bool {
	if len(s) > maxKey {
		return false
	}
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}
