package main

import (
	"strings"
	"testing"
)

func TestANameThatIsNeitherIsRefused(t *testing.T) {
	if err := run(t.Context(), "wasession-controlplane", nil); err == nil || !strings.Contains(err.Error(), "wasession-operator or wasession-gateway") {
		t.Errorf("answered with %v", err)
	}
}

// The name decides whose flags are read.
func TestTheNameSaysWhichCommandToBe(t *testing.T) {
	if err := run(t.Context(), "wasession-operator", nil); err == nil || !strings.Contains(err.Error(), "--runtime-image is required") {
		t.Errorf("the operator without flags says %v", err)
	}
	if err := run(t.Context(), "wasession-gateway", []string{"--version"}); err != nil {
		t.Error(err)
	}
}
