package session_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/wasession/wasession/runtime/chat"
)

// TestSharedStateIsReadAgainAfterACrash stands for a process that was killed
// after whatsmeow had counted a change as seen and before it was written down.
func TestSharedStateIsReadAgainAfterACrash(t *testing.T) {
	s, _ := withChat(t)
	w := s.w
	if err := w.alice.PushArchive(w.ctx, w.bob.PN(), true); err != nil {
		t.Fatal(err)
	}
	s.await("archived", func() bool { return s.chatOf(bobID).Archived })
	if err := s.store.Apply(w.ctx, chat.Archived{Chat: bobID, Archived: false}); err != nil {
		t.Fatal(err)
	}
	s.close()
	if err := os.WriteFile(filepath.Join(w.dir, "running"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s = w.open()
	s.await("archived again", func() bool { return s.chatOf(bobID).Archived })
}

func TestAnOrderlyEndLeavesNoMark(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	mark := filepath.Join(w.dir, "running")
	if _, err := os.Stat(mark); err != nil {
		t.Errorf("while running: %v", err)
	}
	s.close()
	if _, err := os.Stat(mark); !os.IsNotExist(err) {
		t.Errorf("after the end: %v", err)
	}
}
