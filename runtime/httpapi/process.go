package httpapi

import (
	"errors"
	"net/http"
	"time"

	"github.com/wasession/wasession/api/process"
	"github.com/wasession/wasession/runtime/wire"
)

type environmentIn struct {
	All bool `query:"all" default:"false" doc:"Accepted, and changes nothing: variables that may hold secrets are never told"`
}

func (a *API) environment(*http.Request, environmentIn) (map[string]string, error) {
	return process.Environment(), nil
}

type stopIn struct {
	Body struct {
		Force bool `json:"force" doc:"Accepted, and changes nothing: data is always closed in order, which takes seconds at most"`
	} `body:"json"`
}

// stopServer ends the process; in a pod it is then started again.
func (a *API) stopServer(*http.Request, stopIn) (wire.Stopping, error) {
	a.Stop()
	return wire.Stopping{Stopping: true}, nil
}

type cpuProfileIn struct {
	Seconds int `query:"seconds" default:"30" min:"1" max:"60" doc:"How long to watch the processor"`
}

// profileType is the type of profiles, for "go tool pprof".
const profileType = "application/octet-stream"

func (a *API) cpuProfile(r *http.Request, in cpuProfileIn) (content, error) {
	profile, err := process.CPU(r.Context(), time.Duration(in.Seconds)*time.Second)
	if errors.Is(err, process.ErrProfiling) {
		return content{}, textFailure(http.StatusConflict, sentence(err))
	}
	return content{profileType, profile}, err
}

func (a *API) heapProfile(*http.Request, noInput) (content, error) {
	profile, err := process.Heap()
	return content{profileType, profile}, err
}
