// Command wasession-gateway is the fleet's front door: one URL for all sessions. See
// gateway/command.
package main

import (
	"fmt"
	"os"

	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/wasession/wasession/gateway/command"
)

// version is set by the linker.
var version = "dev"

func main() {
	if err := command.Run(ctrl.SetupSignalHandler(), os.Args[1:], version); err != nil {
		fmt.Fprintln(os.Stderr, "wasession-gateway:", err)
		os.Exit(1)
	}
}
