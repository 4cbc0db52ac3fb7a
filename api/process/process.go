// Package process tells of the program that serves an API: its settings and profiles.
package process

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/pprof"
	"time"
)

// shown are the environment variables that are told. Others may hold secrets, such as the
// password in a proxy's URL.
var shown = []string{"GODEBUG", "GOGC", "GOMAXPROCS", "GOMEMLIMIT", "HOSTNAME", "LANG", "TZ"}

// Environment returns those of the variables that are set.
func Environment() map[string]string {
	set := map[string]string{}
	for _, name := range shown {
		if value, ok := os.LookupEnv(name); ok {
			set[name] = value
		}
	}
	return set
}

// MaxProfile is how long a profile of the processor may take.
const MaxProfile = time.Minute

// ErrProfiling means that another profile is being made: a process can make one at a time.
var ErrProfiling = errors.New("a profile is already being made; try again when it is done")

// CPU profiles the processor for d, or until ctx ends, which is an error.
func CPU(ctx context.Context, d time.Duration) ([]byte, error) {
	var profile bytes.Buffer
	if err := pprof.StartCPUProfile(&profile); err != nil {
		return nil, ErrProfiling // the only reason
	}
	var err error
	select {
	case <-time.After(d):
	case <-ctx.Done():
		err = ctx.Err()
	}
	pprof.StopCPUProfile() // once: a second time could stop the profile of somebody else
	return profile.Bytes(), err
}

// Heap profiles the memory in use. It has the places of allocations, and nothing of what
// is in them.
func Heap() ([]byte, error) {
	var profile bytes.Buffer
	if err := pprof.Lookup("heap").WriteTo(&profile, 0); err != nil {
		return nil, fmt.Errorf("profiling memory: %w", err)
	}
	return profile.Bytes(), nil
}
