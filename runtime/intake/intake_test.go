package intake

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/wasession/wasession/runtime/egress"
	"github.com/wasession/wasession/runtime/egress/egresstest"
)

func open(t *testing.T, o Options) *Intake {
	t.Helper()
	o.Dir = filepath.Join(t.TempDir(), "outgoing")
	i, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// noise is content of some size, the same for the same size.
func noise(n int) []byte {
	random := rand.NewChaCha8([32]byte{byte(n)})
	b := make([]byte, n)
	_, _ = random.Read(b)
	return b
}

func content(t *testing.T, f File) []byte {
	t.Helper()
	b, err := os.ReadFile(f.Path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// assertEmpty checks that nothing is left behind.
func assertEmpty(t *testing.T, i *Intake) {
	t.Helper()
	left, err := os.ReadDir(i.dir)
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestFetch(t *testing.T) {
	big := noise(300 << 10)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/photo.jpg":
			w.Header().Set("Content-Type", "image/jpeg")
			_, _ = w.Write(big)
		case "/named":
			w.Header().Set("Content-Type", "application/octet-stream")
			w.Header().Set("Content-Disposition", `attachment; filename="..\\..\\etc/report.pdf"`)
			_, _ = w.Write([]byte("%PDF-1.7"))
		case "/endless":
			for range 100 {
				_, _ = w.Write(big)
			}
		case "/torn.bin":
			w.Header().Set("Content-Length", "1000")
			_, _ = w.Write([]byte("torn"))
		default:
			http.NotFound(w, r)
		}
	}))
	defer srv.Close()
	i := open(t, Options{MaxSize: 1 << 20, Egress: egresstest.Loopback(t).Callers()})
	f, err := i.Fetch(t.Context(), srv.URL+"/photo.jpg?size=large")
	if err != nil {
		t.Fatal(err)
	}
	if f.MIMEType != "image/jpeg" || f.Name != "photo.jpg" || f.Size != int64(len(big)) || !bytes.Equal(content(t, f), big) {
		t.Errorf("fetched %+v", f)
	}
	f.Remove()
	if f, err = i.Fetch(t.Context(), srv.URL+"/named"); err != nil || f.MIMEType != "application/pdf" || f.Name != "report.pdf" {
		t.Errorf("fetched %+v, %v", f, err)
	}
	f.Remove()
	for path, want := range map[string]error{"/gone": ErrNotFetched, "/endless": ErrTooLarge, "/torn.bin": ErrNotFetched} {
		if f, err := i.Fetch(t.Context(), srv.URL+path+"?token=hush"); !errors.Is(err, want) || strings.Contains(err.Error(), "hush") {
			t.Errorf("%s gives %+v, %v", path, f, err)
		}
	}
	for _, bad := range []string{"", "file:///etc/passwd", "not a url", "ftp://a/b"} {
		if f, err := i.Fetch(t.Context(), bad); !errors.Is(err, ErrNotFetched) {
			t.Errorf("%q gives %+v, %v", bad, f, err)
		}
	}
	assertEmpty(t, i)
}

func TestFetchRefusesPrivateAddresses(t *testing.T) {
	srv := httptest.NewServer(http.NotFoundHandler())
	defer srv.Close()
	i := open(t, Options{Egress: egress.New(egress.Options{}).Callers()})
	if _, err := i.Fetch(t.Context(), srv.URL); !errors.Is(err, ErrNotFetched) || !strings.Contains(err.Error(), "spec.egress.allow") {
		t.Errorf("%v, want a refusal", err)
	}
	assertEmpty(t, i)
}

func TestOpenRemovesWhatWasLeft(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "file-1"), []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	i, err := Open(Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	assertEmpty(t, i)
}

func TestDecode(t *testing.T) {
	i := open(t, Options{MaxSize: 1 << 20})
	for _, size := range []int{1, 2, 3, 100, decoded, decoded + 1, 200_001} {
		want := noise(size)
		padded := base64.StdEncoding.EncodeToString(want)
		for what, text := range map[string]string{
			"padded": padded, "bare": base64.RawStdEncoding.EncodeToString(want), "a data URI": "data:image/png;base64," + padded,
			"lines": strings.Join(strings.SplitAfter(padded, "A"), "\r\n"),
		} {
			f, err := i.Decode(text)
			if err != nil || !bytes.Equal(content(t, f), want) || f.Size != int64(size) {
				t.Errorf("%d bytes, %s: %+v, %v", size, what, f, err)
			}
			f.Remove()
		}
	}
	for what, text := range map[string]string{
		"nothing": "", "padding in the middle": "QQ==QQ==", "other letters": "ab-_", "one letter": "A", "half a data URI": "data:image/png",
	} {
		if f, err := i.Decode(text); !errors.Is(err, ErrNotBase64) {
			t.Errorf("%s gives %+v, %v", what, f, err)
		}
	}
	if _, err := i.Decode(strings.Repeat("A", 2<<20)); !errors.Is(err, ErrTooLarge) {
		t.Errorf("too much gives %v", err)
	}
	assertEmpty(t, i)
}

// member reads {"file":{"data":…}} and the rest out of what Strip left.
type member struct {
	ChatID string `json:"chatId"`
	File   struct{ Data, Filename string }
}

func TestStrip(t *testing.T) {
	i := open(t, Options{})
	want := noise(5_000_001)
	plain := base64.StdEncoding.EncodeToString(want)
	for what, text := range map[string]string{
		"plain":                plain,
		"with escaped slashes": strings.ReplaceAll(plain, "/", `\/`),
		"as .NET writes it":    strings.NewReplacer("+", `\u002B`, "=", `\u003d`).Replace(plain),
		"in lines":             strings.Join(strings.SplitAfter(plain, "AB"), `\r\n`),
		"a data URI":           "data:video/mp4;base64," + plain,
	} {
		body := fmt.Sprintf(`{"chatId":"a\"b","file":{"data":"%s","filename":"x\\"}} `, text)
		left, parts, err := i.Strip(iotest.HalfReader(strings.NewReader(body)))
		if err != nil {
			t.Errorf("%s: %v", what, err)
			continue
		}
		var m member
		if err := json.Unmarshal(left, &m); err != nil || m.ChatID != `a"b` || m.File.Filename != `x\` {
			t.Errorf("%s: left %s, %v", what, left, err)
		}
		f, ok := parts[m.File.Data]
		if !ok || !bytes.Equal(content(t, f), want) {
			t.Errorf("%s: part %q of %v", what, m.File.Data, parts)
		}
		parts.Remove()
	}
	assertEmpty(t, i)
}

func TestStripLeavesShortStringsAndBrokenJSON(t *testing.T) {
	i := open(t, Options{})
	for _, body := range []string{
		``, `{}`, `{"a":"b\"c\\"}`, `{"a":"`, `{"a":"\`, `[1,"`, "\x00\xff", `"` + strings.Repeat("x", inline-2) + `"`,
	} {
		left, parts, err := i.Strip(strings.NewReader(body))
		if err != nil || string(left) != body || len(parts) > 0 {
			t.Errorf("%.20q gives %.20q, %v, %v", body, left, parts, err)
		}
	}
}

func TestStripRefuses(t *testing.T) {
	i := open(t, Options{MaxSize: 1 << 20})
	long := strings.Repeat("QUJD", inline/2)
	for what, c := range map[string]struct {
		body string
		want error
	}{
		"a long text":           {`{"text":"` + strings.Repeat("hello ", inline) + `!"}`, ErrNotBase64},
		"a file without end":    {`{"data":"` + long, ErrNotBase64},
		"an escape of no use":   {`{"data":"` + long + `\u00e9"}`, ErrNotBase64},
		"half an escape":        {`{"data":"` + long + `\u00`, ErrNotBase64},
		"too large a file":      {`{"data":"` + strings.Repeat(long, 20) + `"}`, ErrTooLarge},
		"much besides the file": {`{"data":"` + long + `",` + strings.Repeat(" ", rest) + `}`, ErrBody},
		"many strings":          {`[` + strings.Repeat(`"`+strings.Repeat("x", inline-10)+`",`, 40) + `]`, ErrBody},
	} {
		if left, _, err := i.Strip(strings.NewReader(c.body)); !errors.Is(err, c.want) {
			t.Errorf("%s gives %d bytes, %v; want %v", what, len(left), err, c.want)
		}
	}
	broken := errors.New("broken")
	if _, _, err := i.Strip(iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("a body that breaks off gives %v", err)
	}
	assertEmpty(t, i)
}

// FuzzStrip makes its bodies long by repetition, so that what the engine changes
// stays short.
func FuzzStrip(f *testing.F) {
	f.Add([]byte(`{"a":"b\"c\\","d":"`), []byte("QUJD"), []byte(`"}`), inline/3)
	f.Add([]byte(`"`), []byte(`\u0041`), []byte(`"`), inline/4)
	f.Add([]byte(`{"a":`), []byte(`"x",`), []byte(`1}`), 3)
	i, err := Open(Options{Dir: filepath.Join(f.TempDir(), "x"), MaxSize: 1 << 20})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, before, again, after []byte, times int) {
		times = max(0, min(times, 2*inline/max(1, len(again))))
		body := slices.Concat(before, bytes.Repeat(again, times), after)
		left, parts, err := i.Strip(bytes.NewReader(body))
		defer parts.Remove()
		if err != nil {
			return
		}
		if len(parts) == 0 && !bytes.Equal(left, body) {
			t.Errorf("%.200q was changed to %.200q", body, left)
		}
		if json.Valid(body) && !json.Valid(left) {
			t.Errorf("%.200q became %.200q", body, left)
		}
	})
}
