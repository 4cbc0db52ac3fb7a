// Command wasession-operator reconciles WhatsAppSession resources. See
// controllers/command.
package main

import (
	"fmt"
	"os"

	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/wasession/wasession/controllers/command"
)

func main() {
	if err := command.Run(ctrl.SetupSignalHandler(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "wasession-operator:", err)
		os.Exit(1)
	}
}
