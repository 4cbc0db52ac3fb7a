package session_test

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/test/simulator/appstate"
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

// An account that was linked before labels were stored has skipped them.
func TestSharedStateIsReadAgainAfterAnUpgrade(t *testing.T) {
	s, _ := withChat(t)
	w := s.w
	if err := w.alice.PushLabel(w.ctx, "6", appstate.Label{Name: "Lead"}); err != nil {
		t.Fatal(err)
	}
	labels := func() []chat.Label {
		labels, err := s.store.Labels(w.ctx)
		if err != nil {
			t.Fatal(err)
		}
		return labels
	}
	s.await("the label", func() bool { return len(labels()) == 1 })
	if err := s.store.Apply(w.ctx, chat.LabelEdited{Label: labels()[0], Deleted: true}); err != nil {
		t.Fatal(err)
	}
	s.close()
	db, err := sql.Open("sqlite", filepath.Join(w.dir, "chats.db"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.ExecContext(w.ctx, `INSERT INTO settings (name, value) VALUES ('app-state-behind', '1')`)
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	s = w.open()
	s.await("the label again", func() bool { return len(labels()) == 1 })
	s.await("nothing left to read", func() bool {
		behind, err := s.store.AppStateBehind(w.ctx)
		return err == nil && !behind
	})
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
