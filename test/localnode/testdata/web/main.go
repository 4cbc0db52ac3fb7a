// web is the container of the tests: it serves its environment and any file,
// and breaks when asked to.
package main

import (
	"encoding/json"
	"flag"
	"io"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"
)

func main() {
	listen := flag.String("listen", "", "address to serve on")
	exit := flag.Int("exit", -1, "exit immediately with this code")
	stubborn := flag.Bool("stubborn", false, "ignore SIGTERM")
	flag.Parse()
	if *exit >= 0 {
		os.Exit(*exit)
	}
	terminated := make(chan os.Signal, 1)
	signal.Notify(terminated, syscall.SIGTERM)
	go func() {
		for range terminated {
			if !*stubborn {
				os.Exit(0)
			}
		}
	}()
	var sick, unready atomic.Bool
	toggle := func(flag *atomic.Bool) http.HandlerFunc {
		return func(_ http.ResponseWriter, request *http.Request) {
			flag.Store(request.URL.Query().Get("on") != "false")
		}
	}
	answer := func(flag *atomic.Bool) http.HandlerFunc {
		return func(response http.ResponseWriter, _ *http.Request) {
			if flag.Load() {
				response.WriteHeader(http.StatusServiceUnavailable)
			}
		}
	}
	http.HandleFunc("/sick", toggle(&sick))
	http.HandleFunc("/unready", toggle(&unready))
	http.HandleFunc("/live", answer(&sick))
	http.HandleFunc("/ready", answer(&unready))
	http.HandleFunc("/env", func(response http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(response).Encode(map[string]any{"env": os.Environ(), "args": os.Args, "pid": os.Getpid()})
	})
	http.HandleFunc("/file", func(response http.ResponseWriter, request *http.Request) {
		path := request.URL.Query().Get("path")
		if request.Method == http.MethodPut {
			body, _ := io.ReadAll(request.Body)
			if err := os.WriteFile(path, body, 0o600); err != nil {
				http.Error(response, err.Error(), http.StatusInternalServerError)
			}
			return
		}
		http.ServeFile(response, request, path)
	})
	http.HandleFunc("/exit", func(_ http.ResponseWriter, request *http.Request) {
		code, _ := strconv.Atoi(request.URL.Query().Get("code"))
		os.Exit(code)
	})
	server := &http.Server{Addr: *listen, ReadHeaderTimeout: time.Second}
	_, _ = os.Stderr.WriteString(server.ListenAndServe().Error() + "\n")
	os.Exit(1)
}
