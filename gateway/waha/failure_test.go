package waha

import (
	"encoding/json"
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

func TestWhatWawpsClientsAreTold(t *testing.T) {
	for want, f := range map[int]Failure{404: UnknownSession("x"), 502: NotWorking("x", "STARTING"), 403: Forbidden, 400: BadRequest("no")} {
		if got := f.WawpStatus(); got != want {
			t.Errorf("%s: %d, want %d", f.Text, got, want)
		}
	}
}
