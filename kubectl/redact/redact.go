// Package redact takes what is private out of texts, objects, logs and metrics: keys,
// numbers, names, texts, and what URLs carry. The same value has the same placeholder
// wherever it was, so that what is left still tells a story. Objects and logs keep what
// is known to be harmless; all else is hidden.
package redact

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"strings"
)

// Redactor hides values. Its placeholders differ from those of every other one.
type Redactor struct {
	key []byte
	// known are values that are hidden wherever they are, but for those that are kept.
	known map[string]string
	kept  map[string]bool
	// replace hides the known values; nil if it has to be made anew.
	replace *strings.Replacer
}

// New returns a redactor with a random key.
func New() *Redactor {
	return &Redactor{key: []byte(rand.Text()), known: map[string]string{}, kept: map[string]bool{}}
}

// shortest is the shortest value that Know takes, in bytes: a shorter one may be part of
// any word.
const shortest = 6

// Know hides a value from now on wherever it is.
func (r *Redactor) Know(value string) {
	value = strings.TrimSpace(value)
	if len(value) < shortest || r.kept[value] || harmless(value) || wholeNumber.MatchString(value) {
		return
	}
	r.known[value] = r.placeholder("text", value)
	r.replace = nil
}

// Keep keeps Know from hiding a value, such as the name of an object that everything else
// is about.
func (r *Redactor) Keep(value string) {
	r.kept[value] = true
	delete(r.known, value)
	r.replace = nil
}

// alphabet has no digits, so that no placeholder is taken for a number or a key.
const alphabet = "abcdefghijklmnopqrstuvwxyz"

// placeholder stands for a value. Nobody without the key can tell which one.
func (r *Redactor) placeholder(kind, value string) string {
	mac := hmac.New(sha256.New, r.key)
	_, _ = mac.Write([]byte(kind + ":" + value)) // never fails
	sum := mac.Sum(nil)
	letters := make([]byte, 10)
	for i := range letters {
		letters[i] = alphabet[int(sum[i])%len(alphabet)]
	}
	return "<" + kind + "-" + string(letters) + ">"
}
