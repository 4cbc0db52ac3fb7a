package forward

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/iotest"
)

// find looks for the session in a body that arrives in pieces of random sizes, and
// returns what a pod would get with the session called other.
func find(t *testing.T, s *Spool, kind, body, other string) (session, replayed string, err error) {
	t.Helper()
	r := httptest.NewRequest("POST", "/", io.NopCloser(&pieces{body}))
	r.ContentLength = int64(len(body))
	r.Header.Set("Content-Type", kind)
	found, err := s.Find(r, "session")
	if err != nil {
		return "", "", err
	}
	defer found.Close()
	if other == "" {
		other = found.Value
	}
	found.Replay(r, other)
	got, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	if int64(len(got)) != r.ContentLength {
		t.Errorf("the length is said to be %d, and is %d", r.ContentLength, len(got))
	}
	return found.Value, string(got), nil
}

type pieces struct{ left string }

func (p *pieces) Read(b []byte) (int, error) {
	if p.left == "" {
		return 0, io.EOF
	}
	n := copy(b, p.left[:min(len(p.left), 1+rand.IntN(40_000))])
	p.left = p.left[n:]
	return n, nil
}

const jsonType = "application/json"

func TestTheSessionIsFoundWhereverItStands(t *testing.T) {
	file := strings.Repeat("QUJD", 100_000)
	s := &Spool{Dir: t.TempDir(), Limit: 1 << 20}
	for body, want := range map[string]string{
		`{"session":"sales","text":"x"}`:                                "sales",
		` {"file":{"data":"` + file + `"},"session":"sales"}`:           "sales",
		`{"text":"\"session\":\"no\"","session" : "sales"}`:             "sales",
		`{"a":{"session":"no"},"b":["session","no"],"session":"sales"}`: "sales",
		`{"a":"session","b":{"c":{}},"session":"sales"}`:                "sales",
		`{"session":"s\u0061les"}`:                                      "sales",
		`{"s\u0065ssion":"sales"}`:                                      "sales",
		`{"session":null,"text":"x"}`:                                   "",
		`{"session":5}`:                                                 "",
		`{"text":"session"}`:                                            "",
		`["session","sales"]`:                                           "",
		`"session"`:                                                     "",
		``:                                                              "",
		`{"session"`:                                                    "",
		`{"x":"` + strings.Repeat("y", 2*maxName) + `","session":"sales"}`:   "sales",
		`{"` + strings.Repeat("session", maxName) + `":1,"session":"sales"}`: "sales",
		`{"session":"sales"}{"session":"other"}`:                             "sales",
		`{"\\":"\\","session":"sales"}`:                                      "sales",
	} {
		got, replayed, err := find(t, s, jsonType, body, "")
		if err != nil || got != want {
			t.Errorf("%.80s: %q, %v; want %q", body, got, err, want)
		}
		if replayed != body {
			t.Errorf("%.80s: the pod gets %.80s", body, replayed)
		}
	}
	if used := s.used.Load(); used != 0 {
		t.Errorf("%d bytes are still held", used)
	}
	if left, err := os.ReadDir(s.Dir); err != nil || len(left) != 0 {
		t.Errorf("files are left: %v %v", left, err)
	}
}

func TestThePodIsToldTheSessionsOwnName(t *testing.T) {
	file := strings.Repeat("QUJD", 100_000)
	s := &Spool{Dir: t.TempDir(), Limit: 1 << 20}
	for body, want := range map[string]string{
		`{"session":"crm.sales","text":"x"}`:                    `{"session":"a\"b","text":"x"}`,
		`{"data":"` + file + `","session" :"crm.sales" ,"b":1}`: `{"data":"` + file + `","session" :"a\"b" ,"b":1}`,
	} {
		if got, replayed, err := find(t, s, jsonType, body, `a"b`); err != nil || got != "crm.sales" || replayed != want {
			t.Errorf("%.60s: %q %v, the pod gets …%s", body, got, err, replayed[max(0, len(replayed)-60):])
		}
	}
	got, replayed, err := find(t, s, "application/x-www-form-urlencoded; charset=utf-8", "text=a+b&session=crm.sales", "sales")
	if err != nil || got != "crm.sales" || replayed != "session=sales&text=a+b" {
		t.Errorf("a form: %q %v, the pod gets %s", got, err, replayed)
	}
	got, _, err = find(t, s, "application/x-www-form-urlencoded", `{"session":"sales"}`, "")
	if err != nil || got != "sales" {
		t.Errorf("JSON that says it is a form: %q %v", got, err)
	}
	if _, _, err := find(t, s, "application/x-www-form-urlencoded", strings.Repeat("a", maxForm+1), ""); err == nil {
		t.Error("a form of any length is taken")
	}
}

func TestMultipartBodies(t *testing.T) {
	s := &Spool{Dir: t.TempDir(), Limit: 2 << 20}
	file := strings.Repeat("\r\n--\x00\xff", 80_000)
	for what, fields := range map[string][][2]string{
		"last":   {{"file", file}, {"chatId", "1@c.us"}, {"session", "crm.sales"}},
		"first":  {{"session", "crm.sales"}, {"file", file}},
		"empty":  {{"session", ""}, {"file", file}},
		"absent": {{"file", file}, {"text", "session"}},
	} {
		t.Run(what, func(t *testing.T) {
			write := func(session string) (kind, body string) {
				var b bytes.Buffer
				w := multipart.NewWriter(&b)
				if err := w.SetBoundary("------------------------d74496d66958873e"); err != nil {
					t.Fatal(err)
				}
				for _, field := range fields {
					if field[0] == "session" && session != "" && field[1] != "" {
						field[1] = session
					}
					if err := w.WriteField(field[0], field[1]); err != nil {
						t.Fatal(err)
					}
				}
				if err := w.Close(); err != nil {
					t.Fatal(err)
				}
				return w.FormDataContentType(), b.String()
			}
			kind, body := write("")
			want := ""
			if what == "last" || what == "first" {
				want = "crm.sales"
			}
			got, replayed, err := find(t, s, kind, body, "")
			if err != nil || got != want || replayed != body {
				t.Errorf("%q %v, as it came: %t", got, err, replayed == body)
			}
			if want == "" {
				return
			}
			_, other := write("sales")
			if _, replayed, err = find(t, s, kind, body, "sales"); err != nil || replayed != other {
				t.Errorf("renamed: %v, %t", err, replayed == other)
			}
		})
	}
}

func TestTheFolderIsBounded(t *testing.T) {
	s := &Spool{Dir: t.TempDir(), Limit: 200 << 10}
	body := `{"data":"` + strings.Repeat("A", 300<<10) + `","session":"sales"}`
	if _, _, err := find(t, s, jsonType, body, ""); !errors.Is(err, ErrSpoolFull) {
		t.Errorf("beyond the limit: %v", err)
	}
	if used := s.used.Load(); used != 0 {
		t.Errorf("%d bytes are still held", used)
	}
	gone := &Spool{Dir: s.Dir + "/none", Limit: 1 << 20}
	if _, _, err := find(t, gone, jsonType, body, ""); !errors.Is(err, ErrFolder) {
		t.Errorf("without a folder: %v", err)
	}
	r := httptest.NewRequest("POST", "/", iotest.ErrReader(&http.MaxBytesError{Limit: 5}))
	if _, err := s.Find(r, "session"); !errors.As(err, new(*http.MaxBytesError)) {
		t.Errorf("a body that is too large: %v", err)
	}
}

// Whatever a body looks like, it goes on as it came, and a session that is found is
// the one that a JSON parser finds first.
func FuzzFind(f *testing.F) {
	f.Add(`{"a":{"session":"x"},"session":"y"}`)
	f.Add(`{"session":"\ud83d\ude00\\","b":[1,{"session":2}]}`)
	f.Add(`{"\"":{},"session":""}`)
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, body string) {
		got, replayed, err := find(t, &Spool{Dir: dir, Limit: 1 << 20}, jsonType, body, "")
		if err != nil || replayed != body {
			t.Fatalf("%q: %v, the pod gets %q", body, err, replayed)
		}
		var object map[string]any
		if json.Unmarshal([]byte(body), &object) != nil {
			return
		}
		if first := firstSession(t, body); first != got {
			t.Errorf("%q: found %q, want %q", body, got, first)
		}
	})
}

// firstSession is the first string member called session.
func firstSession(t *testing.T, body string) string {
	d := json.NewDecoder(strings.NewReader(body))
	if _, err := d.Token(); err != nil {
		t.Fatal(err)
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			t.Fatal(err)
		}
		var value any
		if err := d.Decode(&value); err != nil {
			t.Fatal(err)
		}
		if text, ok := value.(string); ok && key == "session" && len(text) < 100 {
			return text
		}
	}
	return ""
}
