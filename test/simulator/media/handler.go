package media

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
)

// maxUpload bounds the body of an upload. WhatsApp's own limit for documents is
// 2 GB, which no test needs.
const maxUpload = 256 << 20

// Service serves a store over HTTP like mmg.whatsapp.net.
type Service struct {
	Store  *Store
	Faults *Faults
}

// NewService returns a service for store without faults.
func NewService(store *Store) *Service {
	return &Service{Store: store, Faults: &Faults{}}
}

// Register adds the media routes to mux.
func (s *Service) Register(mux *http.ServeMux) {
	handle := func(pattern string, h http.HandlerFunc) { mux.Handle(pattern, s.Faults.wrap(h)) }
	handle("POST /mms/{kind}/{token}", s.upload)
	handle("POST /newsletter/{kind}/{token}", s.upload)
	handle("DELETE /mms/{kind}/{token}", s.remove)
	handle("GET "+pathPrefix+"{kind}/{id}", s.download)
}

// hashOf decodes the token of a path, whose padding some clients leave out.
func hashOf(token string) ([]byte, error) {
	return base64.RawURLEncoding.DecodeString(strings.TrimRight(token, "="))
}

// upload stores a body whose SHA-256 is the token of its path.
func (s *Service) upload(w http.ResponseWriter, r *http.Request) {
	token, err := hashOf(r.PathValue("token"))
	if err != nil || r.URL.Query().Get("auth") == "" {
		http.Error(w, "an upload needs auth and a token", http.StatusUnauthorized)
		return
	}
	blob, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxUpload))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		http.Error(w, "the upload is too large", http.StatusRequestEntityTooLarge)
		return
	} else if err != nil {
		http.Error(w, "the upload broke off", http.StatusBadRequest)
		return
	}
	sum := sha256.Sum256(blob)
	if subtle.ConstantTimeCompare(sum[:], token) != 1 {
		http.Error(w, "the token is not the hash of the body", http.StatusBadRequest)
		return
	}
	kind := Kind(strings.TrimPrefix(r.PathValue("kind"), "newsletter-"))
	path, err := s.Store.Put(kind, blob)
	if err != nil {
		http.Error(w, "the blob could not be stored", http.StatusInsufficientStorage)
		return
	}
	s.Store.count(func(stats *Stats) { stats.Uploads++ })
	w.Header().Set("Content-Type", "application/json")
	// If the client is gone, it uploads again.
	_ = json.NewEncoder(w).Encode(map[string]string{
		"url":         "https://mmg.whatsapp.net" + path,
		"direct_path": path,
		"handle":      idOf(sum[:]),
	})
}

// download serves a blob: 404 if the path was never issued, 410 if it has
// expired.
func (s *Service) download(w http.ResponseWriter, r *http.Request) {
	e, ok := s.Store.lookup(r.PathValue("id"))
	switch {
	case !ok:
		http.Error(w, "no such media", http.StatusNotFound)
		return
	case e.gone:
		http.Error(w, "the media is gone", http.StatusGone)
		return
	}
	blob, err := e.read()
	if err != nil {
		http.Error(w, "the media cannot be read", http.StatusInternalServerError)
		return
	}
	s.Store.count(func(stats *Stats) { stats.Downloads++ })
	contentType := "application/octet-stream"
	if e.plain != "" {
		contentType = e.plain
	}
	w.Header().Set("Content-Type", contentType)
	_, _ = w.Write(blob)
}

// remove deletes a blob by the hash in its path, as clients do with history blobs after
// importing them. A missing blob is not an error.
func (s *Service) remove(w http.ResponseWriter, r *http.Request) {
	sum, err := hashOf(r.PathValue("token"))
	if err != nil || r.URL.Query().Get("auth") == "" {
		http.Error(w, "a delete needs auth and a token", http.StatusUnauthorized)
		return
	}
	if s.Store.drop(idOf(sum)) {
		s.Store.count(func(stats *Stats) { stats.Deletes++ })
	}
	w.WriteHeader(http.StatusOK)
}
