package waha

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
)

// DefaultName is the session of calls that name none, as in WAHA.
const DefaultName = "default"

// maxName is the longest name of a session or of its resource.
const maxName = 54

// hashLength is how much of a name's hash tells two slugs apart, in characters.
const hashLength = 8

var (
	names     = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,54}$`)
	resources = regexp.MustCompile(`^[a-z]([-a-z0-9]*[a-z0-9])?$`)
	others    = regexp.MustCompile(`[^a-z0-9]+`)
)

// ValidName says whether clients may call a session so.
func ValidName(name string) bool { return names.MatchString(name) }

// ResourceName is the name of the resource of a session with this name: the name
// itself if it is valid for both, otherwise a slug with a short hash of the name, so
// that Sales and sales are two resources.
func ResourceName(name string) string {
	if len(name) <= maxName && resources.MatchString(name) {
		return name
	}
	slug := strings.Trim(others.ReplaceAllString(strings.ToLower(name), "-"), "-")
	if slug == "" || slug[0] < 'a' {
		slug = strings.TrimSuffix("s-"+slug, "-")
	}
	sum := sha256.Sum256([]byte(name))
	slug = strings.TrimRight(slug[:min(len(slug), maxName-hashLength-1)], "-")
	return slug + "-" + hex.EncodeToString(sum[:])[:hashLength]
}

// Qualified is the name of a session that is unique in the cluster.
func Qualified(namespace, name string) string { return namespace + "." + name }

// SplitName splits a name that a client gave. The namespace is empty if it gave a
// bare name: neither namespaces nor names of sessions contain a dot.
func SplitName(given string) (namespace, name string) {
	if namespace, name, ok := strings.Cut(given, "."); ok {
		return namespace, name
	}
	return "", given
}
