package httpapi

import (
	"strings"
	"testing"
	"time"

	"github.com/wasession/wasession/runtime/chat"
)

const passkeyPath = "/api/default/auth/passkey"

// assertion is what a browser makes of a credential; its own fields are ignored.
const assertion = `{"id":"a2V5","rawId":"a2V5","type":"public-key","authenticatorAttachment":"platform","clientExtensionResults":{},
	"response":{"clientDataJSON":"e30","authenticatorData":"-_8=","signature":"c2ln","userHandle":null}}`

func TestPasskey(t *testing.T) {
	s := newServer(t)
	s.live.passkey = chat.PasskeyRequest{Challenge: []byte{0xfb, 0xff}, Timeout: time.Minute, RelyingParty: "whatsapp.com", Verification: "required"}
	s.live.code = "ABCD-EFGH"
	assertJSON(t, s.request("GET", passkeyPath+"/challenge", ""), 200,
		`{"challenge":"-_8","timeout":60000,"rpId":"whatsapp.com","allowCredentials":[],"userVerification":"required"}`)
	if w := s.request("POST", passkeyPath, assertion); w.Code != 201 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if got, want := s.live.last(), `passkey a2V5 "key" "{}" "\xfb\xff" "sig" ""`; got != want {
		t.Errorf("it did %s, want %s", got, want)
	}
	assertJSON(t, s.request("GET", passkeyPath+"/confirmation", ""), 200, `{"code":"ABCD-EFGH"}`)
	if w := s.request("POST", passkeyPath+"/confirm", ""); w.Code != 201 || s.live.last() != "confirm passkey" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if log := s.log.String(); strings.Contains(log, "ABCD-EFGH") || strings.Contains(log, "c2ln") {
		t.Errorf("a secret is in the log: %s", log)
	}
}

func TestPasskeyAtAnotherStep(t *testing.T) {
	s := newServer(t)
	s.live.err = chat.Impossible("scan the code first")
	for _, c := range []struct{ method, path, body string }{
		{"GET", "/challenge", ""}, {"POST", "", assertion}, {"GET", "/confirmation", ""}, {"POST", "/confirm", ""},
	} {
		assertJSON(t, s.request(c.method, passkeyPath+c.path, c.body), 422,
			`{"message":"Scan the code first","error":"Unprocessable Entity","statusCode":422}`)
	}
}

func TestBadPasskeys(t *testing.T) {
	s := newServer(t)
	for field, body := range map[string]string{
		"rawId":                      strings.Replace(assertion, `"rawId":"a2V5"`, `"rawId":"a+/5"`, 1),
		"response.signature":         strings.Replace(assertion, `"c2ln"`, `"`+strings.Repeat("A", 8193)+`"`, 1),
		"response.clientDataJSON":    strings.Replace(assertion, `"e30"`, `"{}"`, 1),
		"response.authenticatorData": strings.Replace(assertion, `"authenticatorData":"-_8=",`, "", 1),
		"type":                       strings.Replace(assertion, "public-key", "password", 1),
		"id":                         strings.Replace(assertion, `"id":"a2V5"`, `"id":""`, 1),
	} {
		var failure struct{ Message []string }
		s.expect(s.request("POST", passkeyPath, body), 400, &failure)
		if len(failure.Message) != 1 || !strings.HasPrefix(failure.Message[0], field+" ") {
			t.Errorf("%s: %q", field, failure.Message)
		}
	}
	if w := s.request("POST", passkeyPath, `{"id":`); w.Code != 400 {
		t.Errorf("broken JSON: %d %s", w.Code, w.Body)
	}
	if w := s.request("POST", passkeyPath, `{}`); w.Code != 400 {
		t.Errorf("an empty object: %d %s", w.Code, w.Body)
	}
	if calls := s.live.done(); calls != "" {
		t.Errorf("was done all the same: %s", calls)
	}
}
