package command

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/wasession/wasession/kubectl/chat"
	"github.com/wasession/wasession/kubectl/cli"
)

// pairPoll is how often a session is asked. A code holds 20 s or longer, and a phone that
// has it should be seen at once.
const pairPoll = time.Second

// presenter fetches the code that holds now and shows it. It returns what to do with it.
type presenter func(ctx context.Context, session *chat.Client) (hint string, err error)

// pair shows a session's codes until it is paired.
func (e *Env) pair(ctx context.Context, name string, present presenter) error {
	var paired chat.Session
	progress := &cli.Progress{Streams: e.Streams}
	err := e.talk(ctx, name, progress, func(ctx context.Context, session *chat.Client) (err error) {
		paired, err = follow(ctx, session, present, progress)
		return err
	})
	if err == nil {
		e.Note("%s is paired with %s", name, account(&paired))
	}
	return err
}

// follow shows each code until the session is paired, and returns the session then.
func follow(ctx context.Context, session *chat.Client, present presenter, progress *cli.Progress) (chat.Session, error) {
	for {
		hint, err := present(ctx, session)
		switch failed := chat.AsFailure(err); {
		case err == nil:
			progress.Say("%s", hint)
		case failed == nil, failed.Phase == "" && failed.Status < http.StatusBadGateway && failed.Status != http.StatusUnprocessableEntity:
			return chat.Session{}, err
		default: // it does not wait for a code: paired, on its way to it, or failed
			s, unknown := session.Session(ctx)
			switch {
			case unknown != nil:
				return s, unknown
			case s.Status == "WORKING":
				return s, nil
			case s.Status == "FAILED" || s.Status == "STOPPED":
				return s, fmt.Errorf("the session is %s: kubectl wasession doctor says what to do", s.Status)
			case strings.HasPrefix(s.Status, "PASSKEY_"):
				return s, errors.New("the account is protected by a passkey: go on with kubectl wasession passkey")
			case failed.Phase == "" && failed.Status == http.StatusUnprocessableEntity:
				return s, err
			}
			progress.Say("Waiting: the session is %s", s.Status)
		}
		if err := cli.Sleep(ctx, pairPoll); err != nil {
			return chat.Session{}, err
		}
	}
}

// account is the number of a session that is paired, for people.
func account(s *chat.Session) string {
	if s.Me == nil {
		return "a number that it does not tell yet"
	}
	number, _, _ := strings.Cut(s.Me.ID, "@")
	if s.Me.PushName == "" {
		return "+" + number
	}
	return fmt.Sprintf("+%s (%s)", number, cli.Line(s.Me.PushName))
}
