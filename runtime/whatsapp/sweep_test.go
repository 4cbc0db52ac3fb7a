package whatsapp

import (
	"os"
	"path/filepath"
	"testing"
)

func TestWhatAKillLeavesHalfWrittenIsRemoved(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{".download-1", ".upload-2", ".tmp-3", "history", "device.db", "x.partial"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := sweep(dir); err != nil {
		t.Fatal(err)
	}
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	hidden, _ := filepath.Glob(filepath.Join(dir, ".*"))
	if err != nil || len(left) != 3 || len(hidden) != 0 {
		t.Errorf("left are %v and %v, %v", left, hidden, err)
	}
}
