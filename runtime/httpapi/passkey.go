package httpapi

import (
	"encoding/base64"
	"net/http"
	"strings"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/wire"
)

func (a *API) passkeyChallenge(*http.Request, noInput) (wire.PasskeyChallenge, error) {
	request, err := a.Live.PasskeyRequest()
	return wire.NewPasskeyChallenge(request), err
}

type passkeyIn struct {
	Body struct {
		ID       string `json:"id" required:"true" min:"1" max:"1400" doc:"As navigator.credentials.get().toJSON() returns it"`
		RawID    string `json:"rawId" required:"true" min:"1" max:"1400" doc:"In base64url"`
		Type     string `json:"type" required:"true" enum:"public-key"`
		Response struct {
			ClientDataJSON    string `json:"clientDataJSON" required:"true" min:"1" max:"8192" doc:"In base64url"`
			AuthenticatorData string `json:"authenticatorData" required:"true" min:"1" max:"8192" doc:"In base64url"`
			Signature         string `json:"signature" required:"true" min:"1" max:"8192" doc:"In base64url"`
			UserHandle        string `json:"userHandle" max:"128" doc:"In base64url, if the authenticator returned one"`
		} `json:"response" required:"true"`
	} `body:"json"`
}

func (a *API) presentPasskey(r *http.Request, in passkeyIn) (none, error) {
	assertion, problems := assertionOf(in)
	if len(problems) > 0 {
		return none{}, badRequest(problems...)
	}
	return none{}, a.Live.PresentPasskey(r.Context(), assertion)
}

// assertionOf decodes an assertion, and says which fields are not base64url.
func assertionOf(in passkeyIn) (assertion chat.PasskeyAssertion, problems []string) {
	assertion.ID = in.Body.ID
	for _, f := range []struct {
		name, value string
		into        *[]byte
	}{
		{"rawId", in.Body.RawID, &assertion.RawID},
		{"response.clientDataJSON", in.Body.Response.ClientDataJSON, &assertion.ClientData},
		{"response.authenticatorData", in.Body.Response.AuthenticatorData, &assertion.AuthenticatorData},
		{"response.signature", in.Body.Response.Signature, &assertion.Signature},
		{"response.userHandle", in.Body.Response.UserHandle, &assertion.UserHandle},
	} {
		if f.value == "" {
			continue
		}
		decoded, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(f.value, "="))
		if err != nil {
			problems = append(problems, f.name+" must be encoded in base64url")
		}
		*f.into = decoded
	}
	return assertion, problems
}

func (a *API) passkeyCode(*http.Request, noInput) (wire.PasskeyCode, error) {
	code, err := a.Live.PasskeyCode()
	return wire.PasskeyCode{Code: code}, err
}

func (a *API) confirmPasskey(r *http.Request, _ noInput) (none, error) {
	return none{}, a.Live.ConfirmPasskey(r.Context())
}
