package socket

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/coder/websocket"

	"github.com/wasession/wasession/gateway/access"
	"github.com/wasession/wasession/gateway/fleet"
	"github.com/wasession/wasession/gateway/waha"
)

const (
	// pingEvery keeps idle websockets open through proxies, and detects dead ones.
	pingEvery = 30 * time.Second
	// openWait is how long a client may wait for the streams of its sessions, so that it
	// gets every event after it is connected.
	openWait = 3 * time.Second
)

// Visitor is who opens a websocket.
type Visitor struct {
	// Again finds out who the caller is now. The error is waha.Unauthorized if it is
	// nobody any more.
	Again func(ctx context.Context) (access.Caller, error)
	// Changed returns a channel that is closed at the next change of the keys.
	Changed func() <-chan struct{}
	// Resolve finds the session that the caller means by a name.
	Resolve func(ctx context.Context, caller access.Caller, name string) (fleet.Session, bool, error)
}

// Serve serves a websocket until either side closes it. Errors other than ErrRefused
// come before it is opened. What is wrong with the query or the key is told by closing it with 1008, as
// clients of WAHA expect.
func (h *Hub) Serve(w http.ResponseWriter, r *http.Request, v Visitor) error {
	changed := v.Changed() // before the first judgement, so that no change is missed
	caller, err := v.Again(r.Context())
	if err != nil {
		return h.refuse(w, r, err)
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	c := h.newClient(ctx, caller, v)
	if err := h.enter(c); err != nil {
		return err
	}
	leave := sync.OnceFunc(func() {
		cancel()
		c.end()
		h.leave(c)
	})
	defer leave()
	if err := c.begin(ctx, r); err != nil {
		leave() // it takes no place from others
		return h.refuse(w, r, err)
	}
	// Any origin may connect: clients have a key, and no cookies.
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
	if err != nil {
		return nil // answered by Accept
	}
	defer conn.CloseNow()
	end := c.serve(conn.CloseRead(r.Context()), conn, changed) // clients send nothing
	cancel()
	c.end() // the client may take its time to close
	closeWith(conn, end)
	return nil
}

// begin reads what the client wants, and opens the streams for it.
func (c *client) begin(ctx context.Context, r *http.Request) (err error) {
	if c.wish, err = parse(r.URL.Query()); err != nil {
		return waha.BadRequest(err.Error())
	}
	if err := c.resolve(ctx); err != nil {
		return err
	}
	sessions, err := c.reach(ctx)
	if err != nil {
		return err
	}
	if err := c.wish.ambiguous(sessions); err != nil {
		return waha.BadRequest(err.Error())
	}
	c.followOnly(sessions)
	wait, cancel := context.WithTimeout(ctx, openWait)
	defer cancel()
	c.opened(wait.Done())
	return nil
}

// serve writes events until the websocket ends, or ctx, and returns how to close it.
func (c *client) serve(ctx context.Context, conn *websocket.Conn, changed <-chan struct{}) closing {
	judging, stop := context.WithCancel(ctx)
	judged := make(chan closing, 1)
	var judge sync.WaitGroup
	judge.Go(func() { judged <- c.judge(judging, changed) })
	defer judge.Wait()
	defer stop()
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	for {
		select { // what ends the websocket comes before what waits for it
		case end := <-judged:
			return end
		case <-c.retired:
			return restarting
		default:
		}
		if i, ok := c.queue.take(); ok {
			err := c.within(ctx, func(ctx context.Context) error { return conn.Write(ctx, websocket.MessageText, i.body) })
			if err != nil {
				return c.lost(ctx, err)
			}
			continue
		}
		select {
		case <-ctx.Done():
			return gone
		case end := <-judged:
			return end
		case <-c.retired:
			return restarting
		case <-c.queue.ready:
		case <-ping.C:
			if err := c.within(ctx, conn.Ping); err != nil {
				return c.lost(ctx, err)
			}
		}
	}
}

// lost is how a websocket is closed to which nothing could be written.
func (c *client) lost(ctx context.Context, err error) closing {
	if ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded) {
		return gone
	}
	c.hub.metrics.tooSlow.Inc()
	c.hub.Log.Info("Websocket closed because the client is too slow", "caller", c.countedAs)
	return tooSlow
}

func (c *client) within(ctx context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, c.hub.WriteTimeout)
	defer cancel()
	return do(ctx)
}

// refuse opens a websocket to close it with a reason, as clients expect. An error that
// clients are not told is returned.
func (h *Hub) refuse(w http.ResponseWriter, r *http.Request, err error) error {
	end, told := reasonOf(err)
	if !told {
		return err
	}
	conn, failed := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
	if failed != nil {
		return nil // answered by Accept
	}
	defer conn.CloseNow()
	closeWith(conn, end)
	if isRight(err) {
		return ErrRefused
	}
	return nil
}

// closeWith closes a websocket. It does not matter if the other side has gone.
func closeWith(conn *websocket.Conn, end closing) { _ = conn.Close(end.status, end.reason) }
