package media

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"
)

// serve starts a service and returns it with its address.
func serve(t *testing.T, store *Store) (*Service, string) {
	t.Helper()
	service := NewService(store)
	mux := http.NewServeMux()
	service.Register(mux)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return service, server.URL
}

// call makes a request and returns status, header and body.
func call(t *testing.T, method, url string, body []byte) (int, http.Header, []byte) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, response.Header, content
}

func token(blob []byte) string {
	sum := sha256.Sum256(blob)
	return base64.URLEncoding.EncodeToString(sum[:])
}

// asClient completes a direct path like a client before a download.
func asClient(base, directPath string, blob []byte) string {
	return base + directPath + "&hash=" + token(blob) + "&mms-type=image&__wa-mms="
}

func TestUploadedMediaCanBeDownloaded(t *testing.T) {
	service, base := serve(t, NewStore())
	blob := []byte("sealed bytes")
	status, _, body := call(t, "POST", base+"/mms/image/"+token(blob)+"?auth=a&token="+token(blob), blob)
	if status != http.StatusOK {
		t.Fatalf("upload: status %d: %s", status, body)
	}
	var answer struct {
		URL        string `json:"url"`
		DirectPath string `json:"direct_path"`
		Handle     string `json:"handle"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(answer.DirectPath, "?") || answer.Handle == "" || !strings.HasSuffix(answer.URL, answer.DirectPath) {
		t.Fatalf("a client cannot use the answer %+v", answer)
	}
	status, _, got := call(t, "GET", asClient(base, answer.DirectPath, blob), nil)
	if status != http.StatusOK || !bytes.Equal(got, blob) {
		t.Fatalf("download: status %d, %q", status, got)
	}
	if stats := service.Store.Stats(); stats != (Stats{Uploads: 1, Downloads: 1, Blobs: 1, Bytes: 12}) {
		t.Errorf("stats %+v", stats)
	}
}

func TestUploadsAreChecked(t *testing.T) {
	service, base := serve(t, NewStore())
	blob := []byte("sealed bytes")
	for name, test := range map[string]struct {
		path string
		want int
	}{
		"hash of something else": {"/mms/image/" + token([]byte("other")) + "?auth=a", http.StatusBadRequest},
		"no auth":                {"/mms/image/" + token(blob), http.StatusUnauthorized},
		"token is no base64":     {"/mms/image/!!?auth=a", http.StatusUnauthorized},
	} {
		if status, _, _ := call(t, "POST", base+test.path, blob); status != test.want {
			t.Errorf("%s: status %d, want %d", name, status, test.want)
		}
	}
	if stats := service.Store.Stats(); stats.Blobs != 0 {
		t.Errorf("refused uploads were kept: %+v", stats)
	}
}

func TestHistoryIsDeletedAsClientsDo(t *testing.T) {
	service, base := serve(t, NewStore())
	blob := []byte("history")
	path, err := service.Store.Put(History, blob)
	if err != nil {
		t.Fatal(err)
	}
	target := base + "/mms/md-msg-hist/" + token(blob) + "?token=" + token(blob) + "&d_md=L3Y&auth=a"
	for range 2 { // the second time the blob is missing, which is not an error
		if status, _, _ := call(t, "DELETE", target, nil); status != http.StatusOK {
			t.Fatalf("delete: status %d", status)
		}
	}
	if status, _, _ := call(t, "GET", asClient(base, path, blob), nil); status != http.StatusGone {
		t.Errorf("download after delete: status %d, want 410", status)
	}
	if stats := service.Store.Stats(); stats.Deletes != 1 || stats.Blobs != 0 || stats.Bytes != 0 {
		t.Errorf("stats %+v", stats)
	}
}

func TestMissingAndExpiredMedia(t *testing.T) {
	service, base := serve(t, NewStore())
	blob := []byte("old picture")
	path, err := service.Store.Put(Image, blob)
	if err != nil {
		t.Fatal(err)
	}
	if status, _, _ := call(t, "GET", base+"/v/image/unknown?x=1", nil); status != http.StatusNotFound {
		t.Errorf("unknown media: status %d, want 404", status)
	}
	if !service.Store.Expire(path) || service.Store.Expire(path) {
		t.Error("Expire must report whether there was a blob")
	}
	if status, _, _ := call(t, "GET", asClient(base, path, blob), nil); status != http.StatusGone {
		t.Errorf("expired media: status %d, want 410", status)
	}
	if _, err := service.Store.Get(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("Get of expired media: %v", err)
	}
	if again, err := service.Store.Put(Image, blob); err != nil || again != path {
		t.Fatalf("a second upload: %q, %v", again, err)
	}
	if status, _, _ := call(t, "GET", asClient(base, path, blob), nil); status != http.StatusOK {
		t.Errorf("media uploaded again: status %d", status)
	}
}

func TestLargeBlobsSpillToTheFolder(t *testing.T) {
	dir := t.TempDir()
	store := NewSpillingStore(dir, 100)
	small, err := store.Put(Image, make([]byte, 99))
	if err != nil {
		t.Fatal(err)
	}
	large, err := store.Put(History, bytes.Repeat([]byte{3}, 100))
	if err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 1 {
		t.Fatalf("%d files, error %v; want only the large blob", len(files), err)
	}
	for path, want := range map[string]int{small: 99, large: 100} {
		if got, err := store.Get(path); err != nil || len(got) != want {
			t.Errorf("Get(%s) = %d bytes, %v; want %d", path, len(got), err, want)
		}
	}
	store.Expire(large)
	if renewed, ok := store.Renew(large); !ok {
		t.Error("an expired blob in a file was lost")
	} else if got, err := store.Get(renewed); err != nil || len(got) != 100 {
		t.Errorf("Get(%s) = %d bytes, %v", renewed, len(got), err)
	}
	store.drop(idFromPath(large))
	if files, _ := os.ReadDir(dir); len(files) != 0 {
		t.Error("the file of a dropped blob is still there")
	}
}

func TestPlainContentKeepsItsType(t *testing.T) {
	service, base := serve(t, NewStore())
	path, err := service.Store.PutPlain("image/jpeg", []byte("jpeg"))
	if err != nil {
		t.Fatal(err)
	}
	status, header, body := call(t, "GET", base+path, nil)
	if status != http.StatusOK || header.Get("Content-Type") != "image/jpeg" || string(body) != "jpeg" {
		t.Errorf("status %d, type %q, body %q", status, header.Get("Content-Type"), body)
	}
}

func TestFaultsHitWhatTheyMatch(t *testing.T) {
	service, base := serve(t, NewStore())
	blob := []byte("picture")
	path, err := service.Store.Put(Image, blob)
	if err != nil {
		t.Fatal(err)
	}
	service.Faults.Add(Fault{Method: "GET", PathPrefix: "/v/image", Status: 503, RetryAfter: 3 * time.Second, Times: 2})
	service.Faults.Add(Fault{PathPrefix: "/v/video", Status: 500})
	for i, want := range []int{503, 503, 200} {
		status, header, _ := call(t, "GET", asClient(base, path, blob), nil)
		if status != want {
			t.Errorf("request %d: status %d, want %d", i, status, want)
		}
		if want == 503 && header.Get("Retry-After") != "3" {
			t.Errorf("Retry-After %q", header.Get("Retry-After"))
		}
	}
	for range 3 {
		if status, _, _ := call(t, "GET", base+"/v/video/x?y=1", nil); status != 500 {
			t.Errorf("a fault without Times ended: status %d", status)
		}
	}
	service.Faults.Clear()
	if status, _, _ := call(t, "GET", base+"/v/video/x?y=1", nil); status != http.StatusNotFound {
		t.Errorf("status %d after Clear", status)
	}
}

func TestSlowFaultDelaysTheAnswer(t *testing.T) {
	service, base := serve(t, NewStore())
	service.Faults.Add(Fault{Delay: 50 * time.Millisecond, Times: 1})
	begin := time.Now()
	status, _, _ := call(t, "GET", base+"/v/image/none?x=1", nil)
	if took := time.Since(begin); took < 50*time.Millisecond || status != http.StatusNotFound {
		t.Errorf("status %d after %s", status, took)
	}
}

func TestThePhoneUploadsExpiredMediaAgain(t *testing.T) {
	service, base := serve(t, NewStore())
	blob := []byte("old picture")
	path, err := service.Store.Put(Image, blob)
	if err != nil {
		t.Fatal(err)
	}
	service.Store.Expire(path)
	renewed, ok := service.Store.Renew(path)
	if !ok || renewed == path {
		t.Fatalf("Renew = %q, %v", renewed, ok)
	}
	if status, _, body := call(t, "GET", asClient(base, renewed, blob), nil); status != http.StatusOK || !bytes.Equal(body, blob) {
		t.Errorf("at the new path: status %d, %q", status, body)
	}
	if status, _, _ := call(t, "GET", asClient(base, path, blob), nil); status != http.StatusGone {
		t.Errorf("at the old path: status %d", status)
	}
	if _, ok := service.Store.Renew("/v/image/never?x"); ok {
		t.Error("the phone uploaded a file that it never had")
	}
}

// Some clients leave out the padding of the token.
func TestTokensWithoutPadding(t *testing.T) {
	service, url := serve(t, NewStore())
	blob := []byte("ciphertext")
	bare := strings.TrimRight(token(blob), "=")
	if bare == token(blob) {
		t.Fatal("the token has no padding to leave out")
	}
	if status, _, body := call(t, http.MethodPost, url+"/mms/image/"+bare+"?auth=a&token="+bare, blob); status != http.StatusOK {
		t.Fatalf("upload: %d %s", status, body)
	}
	if status, _, _ := call(t, http.MethodDelete, url+"/mms/image/"+bare+"?auth=a&token="+bare, nil); status != http.StatusOK {
		t.Errorf("delete: %d", status)
	}
	if stats := service.Store.Stats(); stats.Uploads != 1 || stats.Deletes != 1 {
		t.Errorf("counted %+v", stats)
	}
}
