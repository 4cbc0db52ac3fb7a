package socket

import (
	"errors"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wasession/wasession/gateway/access"
)

// expect reads the events of one session, which must be these, each once and in order.
func (c *client) expect(t *testing.T, from, to int) {
	t.Helper()
	for n := from; n < to; n++ {
		if got := c.next(t); got.id != idOf(n) {
			t.Fatalf("got %s, want %s", got.id, idOf(n))
		}
	}
}

func TestClientsShareTheStreamsOfPods(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, p := begin(t), newPod()
		w.set("crm", "a", p)
		one, stopOne := w.visit(t, "crm", nil)
		two, stopTwo := w.visit(t, "crm", nil)
		other, _ := w.visit(t, "ops", nil)
		p.emit(100)
		one.expect(t, 0, 100)
		two.expect(t, 0, 100)
		if streams, opened := p.counts(); streams != 1 || opened != 1 {
			t.Errorf("%d streams are open, %d were opened", streams, opened)
		}
		stopOne()
		p.emit(1)
		two.expect(t, 100, 101)
		stopTwo()
		synctest.Wait()
		if streams, _ := p.counts(); streams != 0 {
			t.Errorf("%d streams are open that nobody needs", streams)
		}
		if i, ok := other.queue.take(); ok {
			t.Errorf("the client of another namespace got %s", i.id)
		}
	})
}

func TestAClientGoesOnWhereItWas(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, p := begin(t), newPod()
		w.set("crm", "a", p)
		p.emit(50)
		for _, c := range []struct {
			since   map[string]string
			from    int
			private bool
		}{
			{map[string]string{"a": idOf(29)}, 30, true},
			{map[string]string{"crm.a": idOf(49)}, 50, false},
			{map[string]string{"a": "evt_"}, 0, true},
			{map[string]string{"b": idOf(29)}, 50, false},
		} {
			_, before := p.counts()
			client, stop := w.visit(t, "crm", c.since)
			p.emit(1)
			client.expect(t, c.from, p.said())
			synctest.Wait()
			streams, opened := p.counts()
			if streams != 1 || opened-before != 1 && !c.private {
				t.Errorf("%v: %d streams are open, %d were opened", c.since, streams, opened-before)
			}
			p.emit(1)
			client.expect(t, p.said()-1, p.said())
			stop()
			synctest.Wait()
			p.forget(50)
		}
	})
}

// While the stream breaks again and again and the pod is down at times, each client
// gets each event once, in order.
func TestNothingIsLostOrDoubledWhenStreamsBreak(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, p := begin(t), newPod()
		p.stutters = true
		w.set("crm", "a", p)
		const total = 3000
		p.emit(100)
		live, _ := w.visit(t, "crm", nil)
		behind, _ := w.visit(t, "crm", map[string]string{"a": idOf(9)})
		done := make(chan struct{})
		go func() {
			defer close(done)
			for p.said() < total {
				p.emit(rand.IntN(20))
				time.Sleep(time.Duration(rand.IntN(100)) * time.Millisecond)
				switch rand.IntN(10) {
				case 0:
					p.cut(true)
				case 1, 2:
					p.cut(false)
				}
			}
			p.cut(false)
		}()
		slow := make(chan struct{})
		go func() {
			defer close(slow)
			for n := 10; n < total; n++ {
				if got := behind.next(t); got.id != idOf(n) {
					t.Errorf("the slow one got %s, want %s", got.id, idOf(n))
					return
				}
				if n%100 == 0 {
					time.Sleep(3 * time.Second)
				}
			}
		}()
		live.expect(t, 100, total)
		<-done
		<-slow
	})
}

// A client can be ahead of the shared stream: it was with another replica.
func TestAClientThatIsAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, p := begin(t), newPod()
		w.set("crm", "a", p)
		first, _ := w.visit(t, "crm", nil)
		p.emit(50)
		first.expect(t, 0, 50)
		p.cut(true)
		synctest.Wait()
		p.emit(10)
		ahead, _ := w.visit(t, "crm", map[string]string{"a": idOf(54)})
		p.cut(false)
		ahead.expect(t, 55, 60)
		first.expect(t, 50, 60)
	})
}

// Nothing is left of what a client has missed: it shares the stream at once.
func TestAClientOfASessionThatHasForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, p := begin(t), newPod()
		w.set("crm", "a", p)
		p.emit(50)
		w.visit(t, "crm", nil)
		p.prune()
		c, _ := w.visit(t, "crm", map[string]string{"a": idOf(30)})
		synctest.Wait()
		if streams, _ := p.counts(); streams != 1 {
			t.Errorf("%d streams are open", streams)
		}
		p.emit(1)
		c.expect(t, 50, 51)
	})
}

// A session that has lost its volume begins anew, and its clients hear of it.
func TestASessionThatBeginsAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, p := begin(t), newPod()
		w.set("crm", "a", p)
		c, _ := w.visit(t, "crm", nil)
		p.emit(50)
		c.expect(t, 0, 50)
		p.cut(true)
		p.forget(10)
		p.cut(false)
		time.Sleep(restMost)
		p.emit(5)
		c.expect(t, 10, 15)
	})
}

// A client that takes nothing delays nobody, holds a bounded amount, and gets
// everything once it takes it.
func TestASlowClientDelaysNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, p, q := begin(t), newPod(), newPod()
		w.set("crm", "a", p)
		slow, _ := w.visit(t, "crm", nil)
		fast, _ := w.visit(t, "crm", nil)
		const total = 2000
		began := time.Now()
		for n := range total {
			p.emit(1)
			fast.expect(t, n, n+1)
		}
		if took := time.Since(began); took > 0 {
			t.Errorf("the fast client waited for %v", took)
		}
		if slow.queue.waiting() > mostQueued {
			t.Errorf("%d bytes wait for the slow client", slow.queue.waiting())
		}
		w.set("crm", "b", q) // another session of the slow client
		slow.expect(t, 0, total)
		synctest.Wait()
		p.emit(1)
		slow.expect(t, total, total+1)
		q.emit(1)
		slow.expect(t, 0, 1)
		time.Sleep(turnTime)
		synctest.Wait()
		if streams, _ := p.counts(); streams != 1 {
			t.Errorf("%d streams are open after the slow client has caught up", streams)
		}
	})
}

func TestSessionsThatComeAndGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, a, b := begin(t), newPod(), newPod()
		c, _ := w.visit(t, "crm", map[string]string{"b": idOf(1)})
		w.set("crm", "a", a)
		b.emit(4)
		w.set("crm", "b", b)
		synctest.Wait()
		c.expect(t, 2, 4)
		a.emit(1)
		c.expect(t, 0, 1)
		a.emit(1)
		synctest.Wait() // it waits for the client
		w.set("crm", "a", nil)
		synctest.Wait()
		if i, ok := c.queue.take(); ok {
			t.Errorf("got %s of a session that has gone", i.id)
		}
		if streams, _ := a.counts(); streams != 0 {
			t.Errorf("%d streams of a session that has gone", streams)
		}
	})
}

// More clients than may catch up at a time have their turns.
func TestManyClientsCatchUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, p := begin(t), newPod()
		w.set("crm", "a", p)
		p.emit(1000)
		var clients []*client
		for range 3 * mostTurns {
			c, _ := w.visit(t, "crm", map[string]string{"a": idOf(0)})
			clients = append(clients, c)
		}
		synctest.Wait()
		if streams, _ := p.counts(); streams > 1+mostTurns {
			t.Errorf("%d streams from one pod", streams)
		}
		for _, c := range clients {
			c.expect(t, 1, 1000)
		}
	})
}

func TestAHubLimitsItsClients(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := begin(t)
		w.hub.Most, w.hub.MostPerCaller = 3, 2
		visit := func(caller string) (*client, error) {
			c := w.hub.newClient(t.Context(), access.Key{ID: caller}, Visitor{})
			return c, w.hub.enter(c)
		}
		first, _ := visit("x")
		if _, err := visit("x"); err != nil {
			t.Error(err)
		}
		if _, err := visit("x"); !errors.Is(err, ErrManyOfCaller) {
			t.Errorf("a third one of a caller: %v", err)
		}
		if _, err := visit("y"); err != nil {
			t.Error(err)
		}
		if _, err := visit("z"); !errors.Is(err, ErrMany) {
			t.Errorf("a fourth one: %v", err)
		}
		w.hub.leave(first)
		if _, err := visit("x"); err != nil {
			t.Errorf("after one has gone: %v", err)
		}
	})
}
