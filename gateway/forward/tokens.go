package forward

import (
	"strings"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"
)

// Sign makes a token with which a caller may do these actions at one pod.
type Sign func(pod types.UID, caller string, actions []string, now time.Time) string

// tokenAge is how long a token is used: signing costs more than all else that the
// gateway does to a call. It is well below the time that tokens are valid.
const tokenAge = 30 * time.Second

// mostTokens limits the tokens that are kept.
const mostTokens = 10_000

// tokens makes and keeps tokens.
type tokens struct {
	sign Sign
	now  func() time.Time

	mu   sync.Mutex
	kept map[tokenKey]token
}

type tokenKey struct {
	pod             types.UID
	caller, actions string
}

type token struct {
	text string
	made time.Time
}

func (t *tokens) get(pod types.UID, caller string, actions []string) string {
	key, now := tokenKey{pod, caller, strings.Join(actions, ",")}, t.now()
	t.mu.Lock()
	defer t.mu.Unlock()
	if kept, ok := t.kept[key]; ok && now.Sub(kept.made) < tokenAge && !kept.made.After(now) {
		return kept.text
	}
	if len(t.kept) >= mostTokens {
		clear(t.kept)
	}
	text := t.sign(pod, caller, actions, now)
	t.kept[key] = token{text, now}
	return text
}
