package delivery

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/textproto"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/wasession/wasession/runtime/egress"
)

// The headers of a delivery.
const (
	HeaderRequestID     = "X-Webhook-Request-Id"
	HeaderTimestamp     = "X-Webhook-Timestamp"
	HeaderHMAC          = "X-Webhook-Hmac"
	HeaderHMACAlgorithm = "X-Webhook-Hmac-Algorithm"
)

// maxSecretFile limits an HMAC key or a header value, in bytes.
const maxSecretFile = 16 << 10

// failure is a failed attempt.
type failure struct {
	// reason is shown to users; it contains no URL, secret or body.
	reason string
	// after is the delay requested by the receiver.
	after time.Duration
	// final means that retrying is pointless.
	final bool
}

// send makes one attempt. Any 2xx response is a success.
func send(ctx context.Context, client *http.Client, w Webhook, requestID string, body []byte) *failure {
	target, err := w.target()
	if err != nil {
		return &failure{reason: err.Error()}
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, target, bytes.NewReader(body))
	if err != nil {
		return &failure{reason: "the URL is invalid"}
	}
	if err := w.addHeaders(request.Header); err != nil {
		return &failure{reason: err.Error()}
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "wasession")
	request.Header.Set(HeaderRequestID, requestID)
	request.Header.Set(HeaderTimestamp, strconv.FormatInt(time.Now().UnixMilli(), 10))
	if w.hmacKey != "" {
		key, err := readSecret(w.hmacKey)
		if err != nil {
			return &failure{reason: "cannot read the HMAC key"}
		}
		if len(key) == 0 {
			return &failure{reason: "the HMAC key is empty"}
		}
		request.Header.Set(HeaderHMAC, Sign(key, body))
		request.Header.Set(HeaderHMACAlgorithm, "sha512")
	}
	response, err := client.Do(request)
	if err != nil {
		return &failure{reason: explain(err)}
	}
	defer response.Body.Close()
	// Drain a little, so that the connection can be reused.
	_, _ = io.CopyN(io.Discard, response.Body, 4<<10)
	if response.StatusCode/100 == 2 {
		return nil
	}
	return &failure{
		reason: fmt.Sprintf("the receiver returned %d", response.StatusCode),
		after:  retryAfter(response.Header, time.Now()),
	}
}

// Sign returns the hex HMAC-SHA512 of a body.
func Sign(key, body []byte) string {
	mac := hmac.New(sha512.New, key)
	mac.Write(body)
	return hex.EncodeToString(mac.Sum(nil))
}

// RequestID identifies the delivery of an event to a webhook. It depends only on
// these two, so every attempt has the same one, even after a crash.
func RequestID(webhook, eventID string) string {
	sum := sha256.Sum256([]byte(webhook + " " + eventID))
	return hex.EncodeToString(sum[:16])
}

// target returns the URL. A file is read on each attempt, so that a rotated token
// takes effect immediately. Errors do not repeat the URL.
func (w Webhook) target() (string, error) {
	if w.urlFile == "" {
		return w.url, nil
	}
	text, err := readSecret(w.urlFile)
	if err != nil {
		return "", errors.New("cannot read the file with the URL")
	}
	if err := checkURL(string(text)); err != nil {
		return "", fmt.Errorf("the URL in the file %w", err)
	}
	return string(text), nil
}

// addHeaders adds the webhook's own headers: one for each file of its folder.
// They are read on each attempt, so that a rotated secret takes effect immediately.
func (w Webhook) addHeaders(header http.Header) error {
	if w.headers == "" {
		return nil
	}
	entries, err := os.ReadDir(w.headers)
	if err != nil {
		return errors.New("cannot read the header files")
	}
	for _, entry := range entries {
		name := entry.Name()
		if strings.HasPrefix(name, "..") {
			continue // the links of a mounted Secret
		}
		value, err := readSecret(filepath.Join(w.headers, name))
		if err != nil {
			return fmt.Errorf("cannot read the file of header %s", textproto.CanonicalMIMEHeaderKey(name))
		}
		header.Set(name, string(value))
	}
	return nil
}

func readSecret(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxSecretFile))
	return bytes.TrimRight(data, "\r\n"), err
}

// explain describes a transport error without the URL, which may contain a
// token.
func explain(err error) string {
	switch {
	case errors.Is(err, egress.ErrRefusedAddress):
		return egress.Reason(err)
	case errors.Is(err, egress.ErrRefusedRedirect):
		return egress.ErrRefusedRedirect.Error()
	case errors.Is(err, context.Canceled):
		return "the runtime was stopped"
	case os.IsTimeout(err):
		return "the receiver did not answer in time"
	}
	var certificate *tls.CertificateVerificationError
	if errors.As(err, &certificate) {
		return "the receiver's certificate cannot be verified"
	}
	return "the receiver cannot be reached"
}
