package httpapi

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// Whatever an authenticated caller sends, the answer is one of the contract's,
// in JSON, and never a 500.
func FuzzRequest(f *testing.F) {
	s := newServer(f)
	s.t = nil
	for _, r := range s.routes {
		target := strings.NewReplacer("{session}", "default", "{chatId}", "111@c.us", "{messageId}", "true_111@c.us_AAA", "{file}", "true_111@c.us_AAA.oga").Replace(r.pattern)
		f.Add(r.method, target, "limit=5&offset=1&instance_id=default&filter.ack=READ", []byte(`{"duration":86400,"text":"x","name":"y","phoneNumber":"12132132130"}`))
	}
	f.Add("GET", "/api/default/chats/%00/messages", "limit=-1", []byte(`{`))
	f.Add("POST", "/api/default/chats/overview", "merge=x", []byte(`{"filter":{"ids":["\ud800"]}}`))
	f.Add("PUT", "/api/default/chats/1@g.us/messages/true_1@g.us_A_2@lid", "%zz", []byte("\xff"))
	f.Add("GET", "/api/files/default/..%2f..%2fchats.db", "", []byte{})
	f.Add("GET", "//api//sessions/../default", "x-api-key", []byte{})
	f.Fuzz(func(t *testing.T, method, path, query string, body []byte) {
		u, err := url.ParseRequestURI(path)
		if err != nil || u.Scheme != "" || !token(method) || strings.HasPrefix(u.Path, "/api/server/debug/cpu") { // it takes as long as it is told
			return
		}
		u.RawQuery = query
		r := httptest.NewRequest(http.MethodGet, "/", strings.NewReader(string(body)))
		r.Method, r.URL = method, u
		r.Header.Set("X-Api-Key", testKey)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		switch w.Code {
		case 200, 201, 202, 400, 404, 422, 301, 307, 308, 501: // the last for what is lacking
		case 405, 415: // the Model Context Protocol's
			if u.Path != "/mcp" {
				t.Errorf("%s %q %q: %d %s", method, path, query, w.Code, w.Body)
			}
		default:
			t.Errorf("%s %q %q: %d %s", method, path, query, w.Code, w.Body)
		}
		if w.Code >= 400 && !json.Valid(w.Body.Bytes()) && !strings.HasPrefix(u.Path, "/v2/") {
			t.Errorf("%s %q: %d with %q", method, path, w.Code, w.Body)
		}
	})
}

func token(s string) bool {
	for _, r := range s {
		if r < 'A' || r > 'Z' {
			return false
		}
	}
	return s != ""
}

// Ids that are accepted are in the form the API writes, and accepted again.
func FuzzIDs(f *testing.F) {
	for _, seed := range []string{"111", "111@c.us", "+111:12@s.whatsapp.net", "1203-5@g.us", "status@broadcast", "1@newsletter", "9@lid", "all",
		"true_111@c.us_AAA", "false_1@g.us_B-1.C_2@lid", "AAA", "", "_", "__", "true__", "@", "true_@_A"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var c chatID
		if err := c.UnmarshalText([]byte(s)); err == nil {
			var again chatID
			if err := again.UnmarshalText([]byte(c.ID)); err != nil || again != c || !plainText(string(c.ID)) {
				t.Errorf("%q is %q, again %q, %v", s, c.ID, again.ID, err)
			}
		}
		var m messageID
		if err := m.UnmarshalText([]byte(s)); err == nil {
			var again messageID
			if err := again.UnmarshalText([]byte(m.String())); err != nil || again != m || !plainText(m.String()) {
				t.Errorf("%q is %q, again %q, %v", s, m, again, err)
			}
		}
	})
}

// plainText says whether an id can stand in a path, a log and a file name.
func plainText(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`/\"'<>%?#&`, r) })
}

func FuzzMergeBody(f *testing.F) {
	f.Add([]byte(`{"instance_id":"a","limit":5,"ids":["1",2,true]}`))
	f.Add([]byte(`{"a":[[1]]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		query := url.Values{"instance_id": {"kept"}}
		_ = mergeBody(query, body)
		if got := query["instance_id"]; len(got) != 1 || got[0] != "kept" {
			t.Errorf("the body changed the query: %v", got)
		}
	})
}

func FuzzPhoneNumber(f *testing.F) {
	f.Add("+1 (213) 213-2130")
	f.Add("٣٤٥٦٧٨٩")
	f.Fuzz(func(t *testing.T, s string) {
		digits, ok := phoneNumber(s)
		if ok && (len(digits) < 7 || len(digits) > 15 || strings.Trim(digits, "0123456789") != "") {
			t.Errorf("%q is %q", s, digits)
		}
	})
}
