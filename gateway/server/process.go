package server

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/wasession/wasession/api/process"
	"github.com/wasession/wasession/gateway/waha"
)

func (s *Server) environment(w http.ResponseWriter, _ *http.Request, _ caller) error {
	return writeJSON(w, http.StatusOK, process.Environment())
}

// stopServer ends this process, which its Deployment then starts again. Other replicas
// go on.
func (s *Server) stopServer(w http.ResponseWriter, r *http.Request, _ caller) error {
	var in struct {
		Force bool `json:"force"`
	}
	if err := input(w, r, &in); err != nil {
		return err
	}
	s.Stop()
	return writeJSON(w, http.StatusCreated, map[string]bool{"stopping": true})
}

// defaultProfile is how long the processor is watched unless the call says, in seconds.
const defaultProfile = 30

func (s *Server) cpuProfile(w http.ResponseWriter, r *http.Request, _ caller) error {
	seconds := defaultProfile
	if given := r.URL.Query().Get("seconds"); given != "" {
		var err error
		most := int(process.MaxProfile / time.Second)
		if seconds, err = strconv.Atoi(given); err != nil || seconds < 1 || seconds > most {
			return waha.BadRequest("seconds must be a number from 1 to " + strconv.Itoa(most))
		}
	}
	profile, err := process.CPU(r.Context(), time.Duration(seconds)*time.Second)
	if errors.Is(err, process.ErrProfiling) {
		return waha.Fail(http.StatusConflict, "A profile is already being made. Try again when it is done")
	}
	if err != nil {
		return err
	}
	return writeProfile(w, profile)
}

func (s *Server) heapProfile(w http.ResponseWriter, _ *http.Request, _ caller) error {
	profile, err := process.Heap()
	if err != nil {
		return err
	}
	return writeProfile(w, profile)
}

// writeProfile sends a profile, for "go tool pprof".
func writeProfile(w http.ResponseWriter, profile []byte) error {
	w.Header().Set("Content-Type", "application/octet-stream")
	_, _ = w.Write(profile) // the client has gone: nobody is there to be told
	return nil
}
