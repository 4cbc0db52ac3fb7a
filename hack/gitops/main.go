// Command gitops prints the Applications that Argo CD makes of an ApplicationSet with
// lists. Argo CD's own library would need 1,400 packages for that.
//
//	gitops APPLICATIONSET
package main

import (
	"fmt"
	"io"
	"os"

	"sigs.k8s.io/yaml"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: gitops APPLICATIONSET")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Stdout); err != nil {
		fmt.Fprintf(os.Stderr, "gitops: %s: %v\n", os.Args[1], err)
		os.Exit(1)
	}
}

func run(path string, out io.Writer) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var set applicationSet
	if err := yaml.UnmarshalStrict(text, &set); err != nil {
		return err
	}
	applications, err := set.applications()
	if err != nil {
		return err
	}
	for _, application := range applications {
		text, err := yaml.Marshal(application)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "---\n%s", text)
	}
	return nil
}
