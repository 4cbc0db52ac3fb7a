// Command bundlecheck validates an OLM bundle as OperatorHub does:
//
//	bundlecheck FOLDER
//
// It fails on errors, and prints warnings.
package main

import (
	"fmt"
	"os"

	"github.com/operator-framework/api/pkg/manifests"
	"github.com/operator-framework/api/pkg/validation"
	"github.com/operator-framework/api/pkg/validation/errors"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: bundlecheck FOLDER")
		os.Exit(2)
	}
	bundle, err := manifests.GetBundleFromDir(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, "bundlecheck:", err)
		os.Exit(1)
	}
	if failed := check(bundle); failed {
		os.Exit(1)
	}
}

// check prints what the validators say, and whether it is an error.
func check(bundle *manifests.Bundle) (failed bool) {
	validators := validation.DefaultBundleValidators.WithValidators(validation.OperatorHubV2Validator, validation.StandardCategoriesValidator)
	for _, result := range validators.Validate(append(bundle.ObjectsToValidate(), bundle)...) {
		for _, found := range append(append([]errors.Error{}, result.Errors...), result.Warnings...) {
			fmt.Fprintf(os.Stderr, "bundlecheck: %s: %s: %s\n", found.Level, result.Name, found.Error())
		}
		failed = failed || len(result.Errors) > 0
	}
	return failed
}
