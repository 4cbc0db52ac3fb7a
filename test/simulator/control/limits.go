package control

import (
	"net/http"
	"time"

	"github.com/wasession/wasession/test/simulator"
)

// setLimits sets what an account's companions may do.
func (a *API) setLimits(r *http.Request) (any, error) {
	body, err := read[Limits](r)
	if err != nil {
		return nil, err
	}
	u, err := a.user(body.User)
	if err != nil {
		return nil, err
	}
	var limits simulator.Limits
	for name, l := range map[string]struct {
		asked *Limit
		into  *simulator.Limit
	}{"logins": {body.Logins, &limits.Logins}, "messages": {body.Messages, &limits.Messages}, "newChats": {body.NewChats, &limits.NewChats}} {
		if l.asked == nil {
			continue
		}
		if l.asked.Most < 0 || l.asked.Seconds < 1 {
			return nil, invalid("%s needs how many at most, 0 or more, and in how many seconds, 1 or more", name)
		}
		*l.into = simulator.Limit{Most: l.asked.Most, Per: seconds(l.asked.Seconds)}
	}
	u.SetLimits(limits)
	return nil, nil
}

// failLogin refuses the logins of an account's companions.
func (a *API) failLogin(r *http.Request) (any, error) {
	body, err := read[LoginFailure](r)
	if err != nil {
		return nil, err
	}
	u, err := a.user(body.User)
	if err != nil {
		return nil, err
	}
	if body.Reason == 0 {
		u.FailLogin(nil)
		return nil, nil
	}
	u.FailLogin(&simulator.LoginFailure{Reason: body.Reason, Code: body.Code, Expire: seconds(body.ExpireSeconds)})
	return nil, nil
}

func seconds(n int) time.Duration { return time.Duration(n) * time.Second }
