package media

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// pathPrefix begins each direct path. Clients append "&hash=…" to a direct path
// without parsing it, so it must already contain a query string.
const pathPrefix = "/v/"

// Store keeps blobs by their SHA-256. It is safe for concurrent use.
type Store struct {
	spillDir string // empty: everything stays in memory
	spillMin int

	mu    sync.Mutex
	blobs map[string]entry
	stats Stats
	// changed is closed and replaced whenever a client was served.
	changed chan struct{}
	// renewals makes the paths of renewed blobs unique.
	renewals int
}

type entry struct {
	kind  Kind
	blob  []byte // nil when the blob is in a file
	file  string
	size  int
	gone  bool // the server remembers the id and answers 410
	kept  bool // gone from the server, but not from the phone
	plain string
}

// Stats counts a store's operations since its creation.
type Stats struct {
	Uploads   int   `json:"uploads"`
	Downloads int   `json:"downloads"`
	Deletes   int   `json:"deletes"`
	Blobs     int   `json:"blobs"`
	Bytes     int64 `json:"bytes"`
}

// NewStore returns an empty store in memory.
func NewStore() *Store {
	return &Store{blobs: make(map[string]entry), changed: make(chan struct{})}
}

// NewSpillingStore returns an empty store that writes blobs of at least min
// bytes to files in dir, which must exist. Large histories need this.
func NewSpillingStore(dir string, min int) *Store {
	s := NewStore()
	s.spillDir, s.spillMin = dir, min
	return s
}

// Put stores a blob and returns the direct path at which clients find it. A
// blob that is put twice is stored once. The store keeps the slice.
func (s *Store) Put(kind Kind, blob []byte) (directPath string, err error) {
	return s.put(entry{kind: kind, blob: blob, size: len(blob)})
}

// PutPlain stores content that is not encrypted, such as a profile picture, and
// serves it with the given content type.
func (s *Store) PutPlain(contentType string, content []byte) (directPath string, err error) {
	return s.put(entry{kind: "plain", blob: content, size: len(content), plain: contentType})
}

func (s *Store) put(e entry) (string, error) {
	sum := sha256.Sum256(e.blob)
	id := idOf(sum[:])
	if s.spillDir != "" && e.size >= s.spillMin {
		e.file = filepath.Join(s.spillDir, id)
		if err := os.WriteFile(e.file, e.blob, 0o600); err != nil {
			return "", fmt.Errorf("media: spill blob: %w", err)
		}
		e.blob = nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if old, ok := s.blobs[id]; ok && (!old.gone || old.kept) {
		s.stats.Bytes -= int64(old.size)
		s.stats.Blobs--
	}
	s.blobs[id] = e
	s.stats.Blobs++
	s.stats.Bytes += int64(e.size)
	return directPath(e.kind, id), nil
}

// Get returns the blob at a direct path; a query string is ignored. For a path
// that was never issued, or has expired, it returns os.ErrNotExist.
func (s *Store) Get(path string) ([]byte, error) {
	e, ok := s.lookup(idFromPath(path))
	if !ok || e.gone {
		return nil, fmt.Errorf("media: no blob at %s: %w", path, os.ErrNotExist)
	}
	return e.read()
}

// Expire removes the blob at a direct path, as WhatsApp's servers do after some
// weeks: later downloads get 410 Gone. It reports whether there was one.
func (s *Store) Expire(path string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := idFromPath(path)
	e, ok := s.blobs[id]
	if !ok || e.gone {
		return false
	}
	// The phone has its own copy, from which Renew uploads.
	e.gone, e.kept = true, true
	s.blobs[id] = e
	return true
}

// Renew uploads a blob again from the phone, whether it has expired or not: the
// same content gets a new direct path. It reports false if the phone does not
// have it.
func (s *Store) Renew(path string) (newPath string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := idFromPath(path)
	e, ok := s.blobs[id]
	if !ok || e.gone && !e.kept {
		return "", false
	}
	blob, err := e.read()
	if err != nil {
		return "", false
	}
	s.renewals++
	id = fmt.Sprintf("%s.%d", id, s.renewals)
	e.blob, e.file, e.gone, e.kept = blob, "", false, false
	s.blobs[id] = e
	s.stats.Blobs++
	s.stats.Bytes += int64(e.size)
	return directPath(e.kind, id), true
}

// Stats returns the counters.
func (s *Store) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stats
}

func (s *Store) lookup(id string) (entry, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, ok := s.blobs[id]
	return e, ok
}

func (s *Store) drop(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, ok := s.blobs[id]
	if !ok || e.gone && !e.kept {
		return false
	}
	if e.file != "" {
		// Best effort: the folder is temporary, and its owner removes all of
		// it.
		_ = os.Remove(e.file)
	}
	s.blobs[id] = entry{kind: e.kind, gone: true}
	s.stats.Blobs--
	s.stats.Bytes -= int64(e.size)
	return true
}

// Await waits until the counters satisfy a condition, or ctx ends.
func (s *Store) Await(ctx context.Context, condition func(Stats) bool) error {
	for {
		s.mu.Lock()
		stats, changed := s.stats, s.changed
		s.mu.Unlock()
		if condition(stats) {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (s *Store) count(update func(*Stats)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	update(&s.stats)
	close(s.changed)
	s.changed = make(chan struct{})
}

func (e entry) read() ([]byte, error) {
	if e.file == "" {
		return e.blob, nil
	}
	blob, err := os.ReadFile(e.file)
	if err != nil {
		return nil, fmt.Errorf("media: read spilled blob: %w", err)
	}
	return blob, nil
}

func idOf(sum []byte) string { return base64.RawURLEncoding.EncodeToString(sum) }

func directPath(kind Kind, id string) string {
	return pathPrefix + string(kind) + "/" + id + "?ccb=11-4&oh=simulated"
}

// idFromPath returns the last segment of a direct path, without its query.
func idFromPath(path string) string {
	path, _, _ = strings.Cut(path, "?")
	return path[strings.LastIndexByte(path, '/')+1:]
}
