package simulator_test

import (
	"os"
	"testing"
	"time"

	"go.mau.fi/whatsmeow"
)

// TestMain makes the clients' keepalives fast enough for tests. The variables
// are global and unguarded: they must be set before any client exists.
func TestMain(m *testing.M) {
	whatsmeow.KeepAliveIntervalMin = 300 * time.Millisecond
	whatsmeow.KeepAliveIntervalMax = 500 * time.Millisecond
	whatsmeow.KeepAliveResponseDeadline = 2 * time.Second
	whatsmeow.KeepAliveMaxFailTime = 3 * time.Second
	os.Exit(m.Run())
}
