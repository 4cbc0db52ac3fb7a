package control

import (
	"net/http"
	"time"

	"github.com/wasession/wasession/test/simulator/media"
)

func (a *API) appState(r *http.Request) (any, error) {
	u, err := a.user(r.URL.Query().Get("user"))
	if err != nil {
		return nil, err
	}
	state, err := u.AppState()
	if err != nil {
		return nil, err
	}
	return AppState{View: state.View(), Stats: state.Stats(), Patches: state.Patches()}, nil
}

func (a *API) stats(*http.Request) (any, error) {
	users := a.srv.Users()
	out := Stats{
		Users: len(users), Groups: len(a.srv.Groups()), Connections: a.srv.Connections(),
		Unhandled: len(a.srv.Unhandled()), Media: a.srv.Media().Store.Stats(),
	}
	for _, u := range users {
		for _, c := range u.Companions() {
			out.Companions++
			if c.Connected() {
				out.Connected++
			}
		}
	}
	return out, nil
}

func (a *API) unhandled(*http.Request) (any, error) {
	return append([]string{}, a.srv.Unhandled()...), nil
}

func (a *API) setFaults(r *http.Request) (any, error) {
	body, err := read[Faults](r)
	if err != nil {
		return nil, err
	}
	if f := body.FailDecryption; f != nil {
		u, err := a.user(f.User)
		if err != nil {
			return nil, err
		}
		if f.Times < 1 {
			return nil, invalid("failDecryption needs how many times, 1 or more")
		}
		u.FailDecryption(f.Times)
	}
	faults := a.srv.Faults()
	if f := body.RejectUpgrades; f != nil {
		faults.RejectUpgrades(f.Status, f.Times)
	}
	if f := body.FailQueries; f != nil && f.BackoffSeconds > 0 {
		faults.LimitIQ(f.Namespace, seconds(f.BackoffSeconds), f.Times)
	} else if f != nil {
		faults.FailIQ(f.Namespace, f.Code, f.Text, f.Times)
	}
	if f := body.RejectMessages; f != nil {
		faults.RejectMessages(f.Code, f.Times)
	}
	if body.LatencyMillis > 0 {
		faults.SetLatency(time.Duration(body.LatencyMillis) * time.Millisecond)
	}
	if body.IgnorePings {
		faults.IgnorePings(true)
	}
	if body.DeliverAtOnce {
		faults.DeliverAtOnce(true)
	}
	if f := body.Media; f != nil {
		a.srv.Media().Faults.Add(media.Fault{
			Method: f.Method, PathPrefix: f.PathPrefix, Status: f.Status, Times: f.Times,
			RetryAfter: time.Duration(f.RetryAfterSeconds) * time.Second,
			Delay:      time.Duration(f.DelayMillis) * time.Millisecond,
		})
	}
	return nil, nil
}

func (a *API) clearFaults(*http.Request) (any, error) {
	a.srv.Faults().Clear()
	a.srv.Media().Faults.Clear()
	for _, u := range a.srv.Users() {
		u.FailDecryption(0)
	}
	return nil, nil
}
