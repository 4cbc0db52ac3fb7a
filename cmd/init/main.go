// Command wasession-init runs a program as the first process of a container, and starts
// it again if it crashes. kubelet would do that too, but lets a second crash wait for ten
// seconds. After a few crashes in a short time it leaves the program to kubelet, which
// then backs off.
//
//	wasession-init PROGRAM [ARGUMENT...]
package main

import (
	"fmt"
	"log/slog"
	"os"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: wasession-init PROGRAM [ARGUMENT...]")
		os.Exit(2)
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	code, err := supervise(os.Args[1:], log)
	if err != nil {
		fmt.Fprintln(os.Stderr, "wasession-init:", err)
	}
	os.Exit(code)
}
