package app

import (
	"cmp"
	"errors"
	"log/slog"
	"net"
	"time"

	"k8s.io/client-go/rest"

	"github.com/wasession/wasession/gateway/forward"
)

// Options configure a gateway.
type Options struct {
	// Config is how to reach the API server.
	Config *rest.Config
	// Namespaces are those whose sessions the gateway serves. None means all.
	Namespaces []string
	// OwnNamespace has the API keys, and the key that signs tokens for pods.
	OwnNamespace string
	// DefaultNamespace is where sessions are created whose namespace neither their name
	// nor the caller's key says. Such calls are refused if it is empty.
	DefaultNamespace string
	// GitState lets calls start, stop and log out sessions that are kept in Git.
	GitState bool
	// AllowedOrigins are the origins whose web pages may call the API, "*" for all.
	AllowedOrigins []string
	// RequestsPerSecond is how many calls a second a caller may make, and twice as many
	// at once; 0 means any.
	RequestsPerSecond int
	// WrongKeysPerMinute is how many wrong keys an address may send at once, and how many
	// more in a minute; 0 means any.
	WrongKeysPerMinute int
	// TrustedProxies are the addresses and networks of proxies that are believed when
	// they say in X-Forwarded-For who the client is.
	TrustedProxies []string
	// Listener is where the API is served. The app closes it.
	Listener net.Listener
	// SpoolDir is the folder for large bodies whose session's name stands last, and
	// SpoolLimit how much they may take, in bytes. The limit defaults to 1 GiB.
	SpoolDir   string
	SpoolLimit int64
	// MaxBody limits a request's body, in bytes. Defaults to 192 MiB.
	MaxBody int64
	// Websockets is how many websockets there may be, and WebsocketsPerCaller how many
	// of one caller. They default to 1,000 and 100.
	Websockets, WebsocketsPerCaller int
	// WebsocketTimeout is how long a websocket's client may take nothing. Defaults to
	// 10 s.
	WebsocketTimeout time.Duration
	// HistoryInterval is how often the sessions' counters are read for the dashboard's
	// history; 0 means never.
	HistoryInterval time.Duration
	// Forward limits what goes on to pods. Its Log and Sign are set by the app.
	Forward forward.Options
	// DrainTime is how long calls may take to end after the gateway was told to stop.
	// Defaults to 25 s.
	DrainTime time.Duration
	// DrainDelay is how long the gateway goes on taking calls after that, until nobody
	// sends it any. Defaults to 0.
	DrainDelay time.Duration
	// Version is the version of this build.
	Version string
	// Log receives what the gateway does.
	Log *slog.Logger
}

func (o Options) withDefaults() (Options, error) {
	if o.OwnNamespace == "" {
		return o, errors.New("the gateway's own namespace is not known: name it")
	}
	o.SpoolLimit = cmp.Or(o.SpoolLimit, 1<<30)
	o.MaxBody = cmp.Or(o.MaxBody, 192<<20)
	o.DrainTime = cmp.Or(o.DrainTime, 25*time.Second)
	o.Forward.Log = o.Log
	return o, nil
}
