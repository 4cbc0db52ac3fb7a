package command

import (
	"flag"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/wasession/wasession/gateway/app"
	"github.com/wasession/wasession/gateway/forward"
)

// options are the command's flags.
type options struct {
	logLevel      slog.Level
	printsVersion bool
	listenAddress string
	namespaces    string
	ownNamespace  string

	defaultNamespace string
	gitState         bool

	allowedOrigins    string
	requestsPerSecond int

	spoolDir   string
	spoolLimit int64
	maxBody    int64

	answerTimeout, stallTimeout time.Duration
	callsPerPod                 int
	websockets, perCaller       int
	wrongKeysPerMinute          int
	trustedProxies              string
	historyInterval             time.Duration
	drainDelay, drainTime       time.Duration
}

func newOptions(flags *flag.FlagSet) *options {
	o := &options{}
	flags.TextVar(&o.logLevel, "log-level", slog.LevelInfo, "The log level: DEBUG, INFO, WARN or ERROR. Logs are JSON on standard error.")
	flags.BoolVar(&o.printsVersion, "version", false, "Print the version and exit.")
	flags.StringVar(&o.listenAddress, "listen-address", ":3000", "The address that serves the API.")
	flags.StringVar(&o.namespaces, "watch-namespaces", "", "The namespaces whose sessions are served, separated by commas. Defaults to all.")
	flags.StringVar(&o.ownNamespace, "namespace", "", "The gateway's namespace, which has the API keys. Defaults to the pod's.")
	flags.StringVar(&o.defaultNamespace, "default-namespace", "", "Where sessions are created whose namespace neither their name nor the key says. Defaults to none: the call is refused.")
	flags.BoolVar(&o.gitState, "allow-state-of-git", false, "Let calls start, stop and log out sessions that Argo CD, Flux or Helm manages.")
	flags.StringVar(&o.allowedOrigins, "allowed-origins", "*", "The origins whose web pages may call the API, separated by commas; * for all, empty for none.")
	flags.IntVar(&o.requestsPerSecond, "requests-per-second", 500, "The most calls of one caller in a second, and twice as many at once. Calls beyond it get 429. 0 for any.")
	flags.StringVar(&o.spoolDir, "spool-dir", "", "The folder for large bodies whose session's name stands last. Defaults to the system's folder for temporary files.")
	flags.Int64Var(&o.spoolLimit, "spool-limit", 1<<30, "How much large bodies may take in the folder, in bytes. Calls beyond it get 503.")
	flags.Int64Var(&o.maxBody, "max-body", 192<<20, "The largest body of a request, in bytes.")
	flags.DurationVar(&o.answerTimeout, "answer-timeout", 2*time.Minute, "How long a pod may take to begin its answer.")
	flags.DurationVar(&o.stallTimeout, "stall-timeout", 30*time.Second, "How long a pod may take nothing of a request, or a client nothing of an answer.")
	flags.IntVar(&o.callsPerPod, "calls-per-pod", 64, "The most calls that are with one pod at a time. Calls beyond it get 503.")
	flags.IntVar(&o.wrongKeysPerMinute, "wrong-keys-per-minute", 60, "The most wrong keys and tokens from one address at once, and how many more in a minute. Others get 429. 0 for any.")
	flags.StringVar(&o.trustedProxies, "trusted-proxies", "", "The addresses and networks of proxies that are believed when they say in X-Forwarded-For who the client is, separated by commas.")
	flags.IntVar(&o.websockets, "websockets", 1000, "The most websockets at a time. Others get 503.")
	flags.IntVar(&o.perCaller, "websockets-per-caller", 100, "The most websockets of one caller at a time. Others get 429.")
	flags.DurationVar(&o.historyInterval, "history-interval", time.Minute, "How often the sessions' counters are read for the dashboard's history of 120 points, which is in memory. 0 for never.")
	flags.DurationVar(&o.drainDelay, "drain-delay", 5*time.Second, "How long calls are still taken after SIGTERM, until the Service sends no more.")
	flags.DurationVar(&o.drainTime, "drain-time", 25*time.Second, "How long calls may take to end after that.")
	return o
}

// app are the options of the app that the flags determine.
func (o *options) app() app.Options {
	a := app.Options{
		OwnNamespace: o.ownNamespace, DefaultNamespace: o.defaultNamespace, GitState: o.gitState,
		SpoolDir: o.spoolDir, SpoolLimit: o.spoolLimit, MaxBody: o.maxBody,
		Forward:    forward.Options{AnswerTimeout: o.answerTimeout, StallTimeout: o.stallTimeout, PerPod: o.callsPerPod},
		Websockets: o.websockets, WebsocketsPerCaller: o.perCaller,
		HistoryInterval: o.historyInterval,
		DrainTime:       o.drainTime, DrainDelay: o.drainDelay,
	}
	a.Namespaces, a.AllowedOrigins = list(o.namespaces), list(o.allowedOrigins)
	a.RequestsPerSecond, a.WrongKeysPerMinute, a.TrustedProxies = o.requestsPerSecond, o.wrongKeysPerMinute, list(o.trustedProxies)
	if a.OwnNamespace == "" {
		a.OwnNamespace = podNamespace()
	}
	return a
}

func list(text string) (items []string) {
	for item := range strings.SplitSeq(text, ",") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}

// namespaceFile is where a pod finds the name of its namespace.
const namespaceFile = "/var/run/secrets/kubernetes.io/serviceaccount/namespace"

func podNamespace() string {
	if name, err := os.ReadFile(namespaceFile); err == nil {
		return strings.TrimSpace(string(name))
	}
	return "wasession-system"
}
