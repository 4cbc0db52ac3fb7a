// Command wasession-controlplane is the operator and the gateway in one program: the
// image has it under both names, because they are made of nearly the same.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	ctrl "sigs.k8s.io/controller-runtime"

	operator "github.com/wasession/wasession/controllers/command"
	gateway "github.com/wasession/wasession/gateway/command"
)

// version is set by the linker.
var version = "dev"

func main() {
	name := filepath.Base(os.Args[0])
	if err := run(ctrl.SetupSignalHandler(), name, os.Args[1:]); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		os.Exit(1)
	}
}

// run runs the command of that name.
func run(ctx context.Context, name string, args []string) error {
	switch name {
	case "wasession-operator":
		return operator.Run(ctx, args)
	case "wasession-gateway":
		return gateway.Run(ctx, args, version)
	}
	return errors.New("call it by a link named wasession-operator or wasession-gateway: the name says which of them to be")
}
