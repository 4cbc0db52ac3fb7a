// Command render prints what kustomize and Helm would apply, without needing
// those commands: it links their libraries, which build in a fraction of the
// time. It also prints the reference pages of the API.
//
//	render kustomize FOLDER
//	render helm CHART [-release NAME] [-namespace NAME] [-values FILE]... [-set KEY=VALUE]... [-crds] [-notes] [-upgrade]
//	render reference CRD
//	render constants GOFILE...
package main

import (
	"fmt"
	"io"
	"os"
)

// commands are the subcommands, each a function of its arguments.
var commands = map[string]func(args []string, out io.Writer) error{
	"kustomize": kustomize,
	"helm":      helm,
	"reference": reference,
	"constants": constants,
}

func main() {
	if len(os.Args) < 2 || commands[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: render kustomize FOLDER | helm CHART [flags] | reference CRD | constants GOFILE...")
		os.Exit(2)
	}
	if err := commands[os.Args[1]](os.Args[2:], os.Stdout); err != nil {
		fmt.Fprintf(os.Stderr, "render %s: %v\n", os.Args[1], err)
		os.Exit(1)
	}
}
