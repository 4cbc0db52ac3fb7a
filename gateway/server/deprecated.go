package server

import (
	"net/http"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/gateway/waha"
)

// The calls of older clients, with the session in the body.

func (s *Server) startByBody(w http.ResponseWriter, r *http.Request, c caller) error {
	var in waha.Create
	if err := input(w, r, &in); err != nil {
		return err
	}
	if in.Name == "" {
		in.Name = waha.DefaultName
	}
	session, ok, err := s.resolve(r.Context(), c, in.Name)
	if err != nil {
		return err
	}
	if !ok {
		in.Start = nil
		return s.create(w, r, c, in)
	}
	if err := allow(r.Context(), c, session.Key(), controlCall); err != nil {
		return err
	}
	return s.start(w, r, c, session, "start")
}

func (s *Server) stopByBody(w http.ResponseWriter, r *http.Request, c caller) error {
	var in struct {
		Name   string `json:"name"`
		Logout bool   `json:"logout"`
	}
	if err := input(w, r, &in); err != nil {
		return err
	}
	session, err := s.admit(r, c, controlCall, in.Name)
	if err != nil {
		return err
	}
	if in.Logout {
		return s.logout(w, r, c, session)
	}
	return s.setState(w, r, session, v1alpha1.SessionStopped)
}

func (s *Server) logoutByBody(w http.ResponseWriter, r *http.Request, c caller) error {
	var in struct {
		Name string `json:"name"`
	}
	if err := input(w, r, &in); err != nil {
		return err
	}
	session, err := s.admit(r, c, controlCall, in.Name)
	if err != nil {
		return err
	}
	return s.logout(w, r, c, session)
}
