package simulator_test

import (
	"testing"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types/events"

	"github.com/wasession/wasession/test/simulator"
	"github.com/wasession/wasession/test/simulator/history"
	"github.com/wasession/wasession/test/simulator/simclient"
)

// BenchmarkLargeHistory measures how long 10,000 chats with 1,000,000 messages
// take from the first login to the last payload, downloaded and decoded by the
// client.
func BenchmarkLargeHistory(b *testing.B) {
	messages := 0
	for b.Loop() {
		messages += downloadAll(b, history.NewAccount(history.LargeSpec(time.Now())))
	}
	b.ReportMetric(float64(messages)/b.Elapsed().Seconds(), "messages/s")
}

// downloadAll links a client to a phone with a history and returns how many messages the
// client got.
func downloadAll(b *testing.B, account *history.Account) (messages int) {
	b.Helper()
	ctx := b.Context()
	must := func(err error) {
		b.Helper()
		if err != nil {
			b.Fatal(err)
		}
	}
	srv, err := simulator.New(simulator.Options{MediaDir: b.TempDir()})
	must(err)
	defer srv.Close()
	alice := srv.AddUser("15550001111", "", "Alice")
	must(alice.SetHistory(ctx, account))
	notifications := make(chan *waE2E.HistorySyncNotification, 100)
	client, err := simclient.New(ctx, srv, simclient.Options{Dir: b.TempDir(), Setup: func(c *whatsmeow.Client) {
		c.ManualHistorySyncDownload = true
		c.AddEventHandler(func(event any) {
			if message, ok := event.(*events.Message); ok {
				if notification := message.Message.GetProtocolMessage().GetHistorySyncNotification(); notification != nil {
					notifications <- notification
				}
			}
		})
	}})
	must(err)
	defer client.Close()
	_, err = client.Link(ctx, alice)
	must(err)
	for notification := range notifications {
		data, err := client.DownloadHistorySync(ctx, notification, true)
		must(err)
		for _, chat := range data.GetConversations() {
			messages += len(chat.GetMessages())
		}
		if notification.GetProgress() == 100 {
			return messages
		}
	}
	return messages
}
