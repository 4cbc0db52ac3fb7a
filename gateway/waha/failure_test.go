package waha

import (
	"encoding/json"
	"net/http/httptest"
	"testing"
)

func TestBodiesOfErrors(t *testing.T) {
	for _, c := range []struct {
		failure Failure
		want    string
	}{
		{Unauthorized, `{"message":"Unauthorized","statusCode":401}`},
		{Forbidden, `{"message":"Forbidden resource","error":"Forbidden","statusCode":403}`},
		{BadRequest("limit must be a number"), `{"message":["limit must be a number"],"error":"Bad Request","statusCode":400}`},
		{Unexpected(), `{"message":"Internal server error","statusCode":500}`},
		{SessionNotFound(), `{"message":"Session not found","error":"Not Found","statusCode":404}`},
		{UnknownSession("x"), `{"error":"Session \"x\" does not exist","session":"x"}`},
		{NotWorking("x", "STARTING"), `{"error":"Session status is not as expected. Try again later or restart the session","session":"x","status":"STARTING","expected":["WORKING"]}`},
		{Ambiguous("x", []string{"a.x", "b.x"}), `{"message":"Several sessions are called \"x\": use a.x or b.x","error":"Conflict","statusCode":409}`},
	} {
		got, err := json.Marshal(c.failure.Body)
		if err != nil || string(got) != c.want {
			t.Errorf("got %s, want %s (%v)", got, c.want, err)
		}
	}
}

func TestWawpsErrorsComeAsAskedFor(t *testing.T) {
	for accept, want := range map[string]string{
		"":                          `{"success":false,"message":"Session \"\u003cb\u003e\" does not exist","code":"NOT_FOUND"}` + "\n",
		"*/*":                       `{"success":false,"message":"Session \"\u003cb\u003e\" does not exist","code":"NOT_FOUND"}` + "\n",
		"text/plain":                "NOT_FOUND: Session \"<b>\" does not exist\n",
		"image/png, text/html;q=.9": `<!doctype html><html lang="en"><meta charset="utf-8"><title>NOT_FOUND</title><h1>NOT_FOUND</h1><p>Session &#34;&lt;b&gt;&#34; does not exist</p></html>` + "\n",
		"application/xml":           `<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<error><success>false</success><message>Session &#34;&lt;b&gt;&#34; does not exist</message><code>NOT_FOUND</code></error>`,
	} {
		w := httptest.NewRecorder()
		WriteWawp(w, accept, UnknownSession("<b>"))
		if w.Code != 404 || w.Body.String() != want {
			t.Errorf("%q: %d %s", accept, w.Code, w.Body)
		}
	}
	w := httptest.NewRecorder()
	if WriteWawp(w, "", NotWorking("x", "STARTING")); w.Code != 502 {
		t.Errorf("not working is %d", w.Code)
	}
}
