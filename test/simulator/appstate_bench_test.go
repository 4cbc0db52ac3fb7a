package simulator_test

import (
	"fmt"
	"testing"
	"time"

	waAppState "go.mau.fi/whatsmeow/appstate"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"github.com/wasession/wasession/test/simulator/simclient"
)

// BenchmarkArchive measures how fast one client archives chats, one by one.
func BenchmarkArchive(b *testing.B) {
	ctx, client, comp, _ := benchWorld(b)
	_, err := simclient.Wait(ctx, client.Events, func(e *events.AppStateSyncComplete) bool {
		return e.Name == waAppState.WAPatchRegularLow
	})
	if err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	for i := range b.N {
		chat := types.NewJID(fmt.Sprintf("1555%07d", i), types.DefaultUserServer)
		if err := client.SendAppState(ctx, waAppState.BuildArchive(chat, true, time.Time{}, nil)); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "chats/s")
	if got := comp.User().PatchCount(); got < b.N {
		b.Errorf("the phone saw %d of %d patches", got, b.N)
	}
}
