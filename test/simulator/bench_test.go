package simulator_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/wasession/wasession/test/simulator"
	"github.com/wasession/wasession/test/simulator/simclient"
)

// benchWorld returns a linked client, and a contact with an established
// session.
func benchWorld(b *testing.B) (context.Context, *simclient.Client, *simulator.Companion, *simulator.User) {
	b.Helper()
	ctx := context.Background()
	must := func(err error) {
		b.Helper()
		if err != nil {
			b.Fatal(err)
		}
	}
	srv, err := simulator.New(simulator.Options{})
	must(err)
	b.Cleanup(func() { must(srv.Close()) })
	alice, bob := srv.AddUser("15550001111", "", "Alice"), srv.AddUser("15550002222", "", "Bob")
	c, err := simclient.New(ctx, srv, simclient.Options{Dir: b.TempDir()})
	must(err)
	b.Cleanup(func() { must(c.Close()) })
	comp, err := c.Link(ctx, alice)
	must(err)
	id, err := bob.SendText(ctx, alice, "warm up")
	must(err)
	must(comp.WaitAcked(ctx, id))
	_, err = c.SendMessage(ctx, bob.LID(), simulator.TextMessage("warm up"))
	must(err)
	return ctx, c, comp, bob
}

// BenchmarkIncoming measures how fast one client receives messages.
func BenchmarkIncoming(b *testing.B) {
	ctx, _, comp, bob := benchWorld(b)
	texts := make([]string, b.N)
	for i := range texts {
		texts[i] = fmt.Sprint("message ", i)
	}
	b.ResetTimer()
	ids, err := bob.SendMany(ctx, comp.User(), texts)
	if err != nil {
		b.Fatal(err)
	}
	if err = comp.WaitAcked(ctx, ids...); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
}

// BenchmarkOutgoing measures how fast one client sends messages, one by one.
func BenchmarkOutgoing(b *testing.B) {
	ctx, c, _, bob := benchWorld(b)
	b.ResetTimer()
	for i := range b.N {
		if _, err := c.SendMessage(ctx, bob.LID(), simulator.TextMessage(fmt.Sprint("message ", i))); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
}

// BenchmarkEncrypting measures how fast the simulator alone sends: the client
// is disconnected.
func BenchmarkEncrypting(b *testing.B) {
	ctx, c, comp, bob := benchWorld(b)
	c.Disconnect()
	if err := comp.WaitDisconnected(ctx); err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	for i := range b.N {
		if _, err := bob.SendText(ctx, comp.User(), fmt.Sprint("message ", i)); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
}

// BenchmarkLinking measures how long a new client takes from its QR code to its
// login.
func BenchmarkLinking(b *testing.B) {
	ctx := context.Background()
	srv, err := simulator.New(simulator.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = srv.Close() }()
	for i := range b.N {
		c, err := simclient.New(ctx, srv, simclient.Options{Dir: b.TempDir()})
		if err != nil {
			b.Fatal(err)
		}
		if _, err = c.Link(ctx, srv.AddUser(fmt.Sprint(15550000000+i), "", "Someone")); err != nil {
			b.Fatal(err)
		}
		if err = c.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
