package main

import (
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/app"
	"github.com/wasession/wasession/runtime/redact"
	"github.com/wasession/wasession/runtime/whatsapp"
)

// options are the flags and the environment variables.
type options struct {
	app.Options
	listen        string
	metricsListen string
	logFormat     string
	printsVersion bool
}

// parse reads flags and environment. Its errors are for users.
func parse(args []string, getenv func(string) string) (options, error) {
	o := options{Options: app.Options{
		Keys: app.Keys{Secret: getenv(v1.EnvAPIKey), SecretFile: getenv(v1.EnvAPIKeyFile)}, PodUID: getenv(v1.EnvPodUID), Version: version,
		CABundle: getenv(v1.EnvCABundle),
	}}
	f := flag.NewFlagSet("wasession-runtime", flag.ContinueOnError)
	f.StringVar(&o.Data, "data", "", "data `directory` of the session (required)")
	f.StringVar(&o.Session, "session", "", "`name` of the session on the HTTP API (default: the name in the configuration, or \"default\")")
	f.StringVar(&o.listen, "listen", fmt.Sprintf("127.0.0.1:%d", v1.Port), "`address` to serve the HTTP API on")
	f.StringVar(&o.metricsListen, "metrics-listen", getenv(v1.EnvMetricsAddress), "`address` to serve the metrics on without an API key (default: "+v1.EnvMetricsAddress+", or nowhere)")
	f.StringVar(&o.ConfigFile, "config", "", "configuration `file`, reloaded when it changes")
	f.StringVar(&o.Keys.Dir, "keys-dir", "", "`directory` with the API keys, reloaded when they change (default: the key in "+v1.EnvAPIKey+" or "+v1.EnvAPIKeyFile+")")
	f.StringVar(&o.logFormat, "log-format", "text", "log `format`: text or json")
	egressFlags(f, &o.Egress)
	f.BoolVar(&o.printsVersion, "version", false, "print the version and exit")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	if o.printsVersion {
		return o, nil
	}
	if f.NArg() > 0 {
		return o, fmt.Errorf("unexpected argument %q", f.Arg(0))
	}
	if o.Data == "" {
		return o, errors.New("--data is required: the data directory of the session")
	}
	if o.logFormat != "text" && o.logFormat != "json" {
		return o, errors.New("--log-format must be text or json")
	}
	err := egressFromEnv(f, &o.Egress, getenv)
	if err != nil {
		return o, err
	}
	if o.Endpoint, err = whatsapp.EndpointFromEnv(getenv); err != nil {
		return o, err
	}
	o.CrashedAt, err = crashedAt(getenv(v1.EnvCrashedAt))
	return o, err
}

// crashedAt is when this process last crashed, as wasession-init says it.
func crashedAt(text string) (*time.Time, error) {
	if text == "" {
		return nil, nil
	}
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return nil, fmt.Errorf("%s must be a time in RFC 3339: %w", v1.EnvCrashedAt, err)
	}
	return &at, nil
}

// logger returns a logger to stderr whose level can be changed.
func (o options) logger(level slog.Leveler) *slog.Logger {
	h := &slog.HandlerOptions{Level: level}
	if o.logFormat == "json" {
		return slog.New(redact.Handler(slog.NewJSONHandler(os.Stderr, h)))
	}
	return slog.New(redact.Handler(slog.NewTextHandler(os.Stderr, h)))
}
