package packaging

import (
	"os/exec"
	"path/filepath"
	"testing"
)

// The committed files match the markers: deepcopy, apply configurations, CRD,
// role, the chart's copies and the reference.
func TestGeneratedFilesAreFresh(t *testing.T) {
	command := exec.Command(filepath.Join(root, "hack", "make", "generate.sh"), "check")
	if out, err := command.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
