package chathttp

import (
	"net/http/httptest"
	"testing"
)

func TestWawpsErrorsComeAsAskedFor(t *testing.T) {
	const json = `{"success":false,"message":"No session \u003cb\u003e","code":"NOT_FOUND"}` + "\n"
	for accept, want := range map[string]string{
		"": json, "*/*": json, "image/png": json, "text/html;q=0.1, application/json": json,
		"text/plain":                "NOT_FOUND: No session <b>\n",
		"image/png, text/html;q=.9": `<!doctype html><html lang="en"><meta charset="utf-8"><title>NOT_FOUND</title><h1>NOT_FOUND</h1><p>No session &lt;b&gt;</p></html>` + "\n",
		"application/xml":           `<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<error><success>false</success><message>No session &lt;b&gt;</message><code>NOT_FOUND</code></error>`,
	} {
		w, r := httptest.NewRecorder(), httptest.NewRequest("GET", "/v2/chats", nil)
		r.Header.Set("Accept", accept)
		WriteWawpError(w, r, 404, "No session <b>")
		if w.Code != 404 || w.Body.String() != want {
			t.Errorf("%q: %d %s", accept, w.Code, w.Body)
		}
	}
}
