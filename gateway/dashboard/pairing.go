package dashboard

import (
	"cmp"
	"context"
	"errors"
	"html/template"
	"net/http"
	"time"

	"github.com/wasession/wasession/gateway/waha"
)

// qrCode is a code to scan, as long as it holds.
type qrCode struct {
	// Image is a PNG as a data URL.
	Image template.URL
	// Left is how long it holds, in seconds; Whole is how long it may at most.
	Left, Whole int
}

const (
	// askAgain is how long the next code is waited for where there is none.
	askAgain = 2 * time.Second
	// askAtLeast is how often a code is asked for before it ends: WhatsApp can end the
	// connection that it belongs to.
	askAtLeast = 5 * time.Second
)

// pairingLive sends the QR code, and the next one whenever it is renewed. The page
// follows the session's status besides, and replaces the code once it was scanned.
func (d *Dashboard) pairingLive(v *visit) error {
	s, err := v.session()
	if err == nil {
		err = v.mustMay(s, pairCall)
	}
	if err != nil {
		return err
	}
	return v.stream(func(ctx context.Context, st *stream) error {
		for shown := template.URL(""); ; {
			if err := st.check(ctx); err != nil {
				return err
			}
			code, until, err := v.qr(ctx, s)
			wait := askAgain
			switch {
			case err == nil:
				left := time.Until(until)
				// The next code is there when this one has ended.
				wait = min(max(left, 0)+300*time.Millisecond, askAtLeast)
				if code.Image != shown {
					code.Left = max(1, int(left.Round(time.Second).Seconds()))
					code.Whole = max(20, code.Left)
					shown, err = code.Image, st.show("session", "part-qr", code)
				}
			case isTold(err):
				shown, err = "", st.show("session", "part-no-qr", nil)
			}
			if err != nil {
				return err
			}
			timer := time.NewTimer(wait)
			select {
			case <-timer.C:
			case <-ctx.Done():
				timer.Stop()
				return nil
			}
		}
	})
}

func isTold(err error) bool {
	var told waha.Failure
	return errors.As(err, &told)
}

// qr asks the session for its code, and until when it holds.
func (v *visit) qr(ctx context.Context, s session) (qrCode, time.Time, error) {
	r, err := v.request(http.MethodGet, s.api("auth/qr"), nil)
	if err != nil {
		return qrCode{}, time.Time{}, err
	}
	answer, err := v.answer(r.WithContext(ctx))
	if err != nil {
		return qrCode{}, time.Time{}, err
	}
	var file struct {
		MIMEType string `json:"mimetype"`
		Data     string `json:"data"`
	}
	if err := read(answer, &file); err != nil {
		return qrCode{}, time.Time{}, err
	}
	until, err := http.ParseTime(answer.Header().Get("Expires"))
	if err != nil { // a runtime of an older version
		until = time.Now().Add(askAgain)
	}
	return qrCode{Image: template.URL("data:image/png;base64," + file.Data)}, until, nil //nolint:gosec // base64 of the session's own
}

// phoneCode is the code for a number that was typed in.
type phoneCode struct {
	Number, Code, Problem string
}

// requestCode asks WhatsApp for a code to type in on the phone.
func (d *Dashboard) requestCode(v *visit) error {
	s, err := v.session()
	if err != nil {
		return err
	}
	in := phoneCode{Number: v.r.PostFormValue("phoneNumber")}
	var made struct {
		Code string `json:"code"`
	}
	err = v.call(http.MethodPost, s.api("auth/request-code"), map[string]string{"phoneNumber": in.Number}, &made)
	var told waha.Failure
	switch {
	case errors.As(err, &told) && (told.Status == http.StatusBadRequest || told.Status == http.StatusUnprocessableEntity):
		in.Problem = cmp.Or(told.Text, "WhatsApp does not take this number")
	case err != nil:
		return err
	}
	in.Code = made.Code
	return v.part(http.StatusOK, "session", "part-code", in)
}
