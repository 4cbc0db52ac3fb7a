package control

import (
	"net/http"

	"github.com/wasession/wasession/test/simulator"
)

func (a *API) scan(r *http.Request) (any, error) {
	body, err := read[Link](r)
	if err != nil {
		return nil, err
	}
	if body.User == "" {
		u, err := a.auto.Scan(r.Context(), body.Code)
		if err != nil {
			return nil, err
		}
		return describe(u), nil
	}
	u, err := a.user(body.User)
	if err != nil {
		return nil, err
	}
	if _, err := u.ScanQR(r.Context(), body.Code); err != nil {
		return nil, err
	}
	return describe(u), nil
}

func (a *API) enterCode(r *http.Request) (any, error) {
	body, err := read[Link](r)
	if err != nil {
		return nil, err
	}
	u, err := a.user(body.User)
	if err != nil {
		return nil, err
	}
	if _, err := u.EnterCode(r.Context(), body.Code); err != nil {
		return nil, err
	}
	return describe(u), nil
}

// unlink removes the linked devices on the phone.
func (a *API) unlink(r *http.Request) (any, error) {
	return a.forUser(r, func(u *simulator.User) error { return u.Unlink(r.Context()) })
}

// kick drops the connections of an account, or all if none is named.
func (a *API) kick(r *http.Request) (any, error) {
	body, err := read[User](r)
	if err != nil {
		return nil, err
	}
	if body.Number == "" {
		a.srv.KickAll()
		return nil, nil
	}
	u, err := a.user(body.Number)
	if err != nil {
		return nil, err
	}
	u.Kick()
	return nil, nil
}

func (a *API) streamError(r *http.Request) (any, error) {
	body, err := read[StreamError](r)
	if err != nil {
		return nil, err
	}
	u, err := a.user(body.User)
	if err != nil {
		return nil, err
	}
	for _, c := range u.Companions() {
		c.StreamError(body.Code, body.Conflict)
	}
	return nil, nil
}

// forUser runs an action for the account that the body names.
func (a *API) forUser(r *http.Request, action func(*simulator.User) error) (any, error) {
	body, err := read[User](r)
	if err != nil {
		return nil, err
	}
	u, err := a.user(body.Number)
	if err != nil {
		return nil, err
	}
	return nil, action(u)
}
