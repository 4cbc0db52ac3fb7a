package session_test

import (
	"encoding/hex"
	"testing"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/hack/simulator"
)

func rootKey(srv *simulator.Server) string {
	key := srv.RootKey()
	return hex.EncodeToString(key[:])
}

func TestPairByQR(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	s.pair()

	got := s.Status()
	if got.Reason != v1.ReasonConnected || !got.Paired || !got.Simulated {
		t.Errorf("status = %+v, want connected, paired and simulated", got)
	}
	if got.Me == nil || got.Me.ID != "15550001111@c.us" || got.Me.LID == "" {
		t.Errorf("me = %+v, want Alice with number and LID", got.Me)
	}
}
