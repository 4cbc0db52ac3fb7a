package httpapi

import (
	"encoding/base64"
	"net/http"
	"strings"
	"time"

	"rsc.io/qr"

	"github.com/wasession/wasession/api/chathttp"
	"github.com/wasession/wasession/runtime/wire"
)

type qrIn struct {
	Format string `query:"format" enum:"image,raw" default:"image" doc:"image returns a PNG, or base64 in JSON with Accept: application/json; raw returns the text of the code"`
}

// linkPrefix is the link that recent WhatsApp versions put before the code in a QR
// code, for the phone's camera. WAHA's clients expect the code alone.
const linkPrefix = "https://wa.me/settings/linked_devices#"

func (a *API) getQR(r *http.Request, in qrIn) (any, error) {
	code, until, err := a.Live.QR(r.Context())
	if err != nil {
		return nil, err
	}
	if in.Format == "raw" {
		return expiring{wire.QRValue{Value: strings.TrimPrefix(code, linkPrefix)}, until}, nil
	}
	return qrImage(r, code, until)
}

type screenshotIn struct {
	Session string `query:"session" doc:"Name of the session; defaults to the only one"`
}

// screenshot returns the QR code, which is all there is to see.
func (a *API) screenshot(r *http.Request, _ screenshotIn) (any, error) {
	code, until, err := a.Live.QR(r.Context())
	if err != nil {
		return nil, err
	}
	return qrImage(r, code, until)
}

func qrImage(r *http.Request, text string, until time.Time) (any, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return nil, err
	}
	const mimetype = "image/png"
	if chathttp.Prefers(r.Header.Get("Accept"), mimetype, "application/json") == "application/json" {
		return expiring{wire.Base64File{MIMEType: mimetype, Data: base64.StdEncoding.EncodeToString(code.PNG())}, until}, nil
	}
	return expiring{content{mimetype, code.PNG()}, until}, nil
}

type codeIn struct {
	Body struct {
		PhoneNumber string `json:"phoneNumber" required:"true" max:"32" doc:"In international format, for example 12132132130"`
	} `body:"json"`
}

func (a *API) requestCode(r *http.Request, in codeIn) (wire.PairingCode, error) {
	number, ok := phoneNumber(in.Body.PhoneNumber)
	if !ok {
		return wire.PairingCode{}, badRequest("phoneNumber must be a phone number in international format, for example 12132132130")
	}
	code, err := a.Live.RequestCode(r.Context(), number)
	return wire.PairingCode{Code: code}, err
}

// phoneNumber removes what people write between digits.
func phoneNumber(s string) (digits string, ok bool) {
	s = strings.TrimPrefix(strings.TrimSpace(s), "+")
	digits = strings.NewReplacer(" ", "", "-", "", "(", "", ")", "", ".", "").Replace(s)
	if len(digits) < 7 || len(digits) > 15 || digits[0] == '0' {
		return "", false
	}
	for _, r := range digits {
		if r < '0' || r > '9' {
			return "", false
		}
	}
	return digits, true
}
