package api

import (
	"net/http"
	"strings"
	"testing"
)

func TestSearchesOfChannelsSayThatTheyCannotBeHad(t *testing.T) {
	w := paired(t)
	for _, call := range []string{"POST by-view", "POST by-text", "GET views", "GET countries", "GET categories"} {
		method, search, _ := strings.Cut(call, " ")
		status, body := w.call(method, "/api/sales/channels/search/"+search, nil)
		if status != http.StatusNotImplemented || !strings.Contains(string(body), "directory of channels") {
			t.Errorf("%s: %d %s", call, status, body)
		}
	}
}
