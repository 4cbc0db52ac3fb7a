package simulator

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/coder/websocket"
	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"

	"github.com/wasession/wasession/test/simulator/noise"
	"github.com/wasession/wasession/test/simulator/stanza"
)

const (
	handshakeTimeout = 20 * time.Second
	writeTimeout     = 30 * time.Second
	// closeGrace is the pause between the client reading a stream error and the
	// end of the connection. whatsmeow handles the two on different goroutines,
	// and acts on the wrong one if they arrive together.
	closeGrace = 400 * time.Millisecond
	// readTimeout bounds the wait for a client to read what it was last sent.
	readTimeout = 10 * time.Second
)

// conn is one websocket connection.
type conn struct {
	srv    *Server
	ws     *websocket.Conn
	ctx    context.Context
	cancel context.CancelFunc

	cipher *noise.Cipher
	static [32]byte // the client's Noise key

	// user and companion are set by the reader at login, before it handles
	// the first stanza, and not changed after.
	user      *User
	companion *Companion
	pairing   *pairingRequest
	offline   int // how many stanzas the client had missed at login

	mu      sync.Mutex
	out     []outgoing
	wake    chan struct{}
	waiters map[string]chan *waBinary.Node
}

type outgoing struct {
	payload []byte
	due     time.Time
	// last marks the end of the connection, once the client has read everything
	// before it; there is no payload.
	last bool
}

// serveChat is the websocket endpoint.
func (s *Server) serveChat(w http.ResponseWriter, r *http.Request) {
	if s.faults.rejectUpgrade(w) {
		return
	}
	// The client's Origin is web.whatsapp.com, whatever host it connects to.
	ws, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
	if err != nil {
		s.log.Warn("WebSocket upgrade failed", "error", err)
		return
	}
	ws.SetReadLimit(noise.MaxFrame)
	c := &conn{srv: s, ws: ws, wake: make(chan struct{}, 1), waiters: make(map[string]chan *waBinary.Node)}
	if !s.all.enter() {
		_ = ws.CloseNow()
		return
	}
	defer s.all.wg.Done()
	c.ctx, c.cancel = context.WithCancel(s.ctx)
	s.mu.Lock()
	s.conns[c] = struct{}{}
	s.mu.Unlock()
	defer c.cleanup()
	err = c.run()
	switch {
	case errors.Is(err, noise.ErrDictionary):
		s.log.Warn("Client refused", "error", err)
		_ = ws.Close(websocket.StatusPolicyViolation, err.Error())
	case c.ctx.Err() == nil:
		s.log.Debug("Connection ended", "error", err)
	}
}

func (c *conn) run() error {
	var frames noise.Frames
	finished, rest, err := c.handshake(&frames)
	if err != nil {
		return err
	}
	c.cipher, c.static = finished.Cipher, finished.ClientStatic
	if !c.srv.all.start(c.writeLoop) {
		return ErrClosed
	}
	if err = c.open(finished.Payload); err != nil {
		return err
	}
	for {
		for _, frame := range rest {
			if err = c.receive(frame); err != nil {
				return err
			}
		}
		if rest, err = c.read(c.ctx, &frames); err != nil {
			return err
		}
	}
}

func (c *conn) handshake(frames *noise.Frames) (*noise.Finished, [][]byte, error) {
	ctx, cancel := context.WithTimeout(c.ctx, handshakeTimeout)
	defer cancel()
	var pending [][]byte
	next := func() ([]byte, error) {
		for len(pending) == 0 {
			var err error
			if pending, err = c.read(ctx, frames); err != nil {
				return nil, err
			}
		}
		frame := pending[0]
		pending = pending[1:]
		return frame, nil
	}
	first, err := next()
	if err != nil {
		return nil, nil, err
	}
	hs, err := noise.NewHandshake(c.srv.keys, frames.Prologue())
	if err != nil {
		return nil, nil, err
	}
	hello, err := hs.Hello(first, time.Now())
	if err != nil {
		return nil, nil, err
	}
	if err = c.write(ctx, hello); err != nil {
		return nil, nil, err
	}
	second, err := next()
	if err != nil {
		return nil, nil, err
	}
	finished, err := hs.Finish(second)
	return finished, pending, err
}

func (c *conn) read(ctx context.Context, frames *noise.Frames) ([][]byte, error) {
	typ, message, err := c.ws.Read(ctx)
	if err != nil {
		return nil, err
	}
	if typ != websocket.MessageBinary {
		return nil, errors.New("text message on the websocket")
	}
	return frames.Add(message)
}

func (c *conn) write(ctx context.Context, payload []byte) error {
	frame, err := noise.Frame(payload)
	if err != nil {
		return err
	}
	return c.ws.Write(ctx, websocket.MessageBinary, frame)
}

// receive decrypts a frame and dispatches the stanza in it.
func (c *conn) receive(frame []byte) error {
	plain, err := c.cipher.Open(frame)
	if err != nil {
		return err
	}
	raw, err := waBinary.Unpack(plain)
	if err != nil {
		return err
	}
	node, err := waBinary.Unmarshal(raw)
	if err != nil {
		return err
	}
	drop, delay := c.srv.faults.judge(c.stanza(FromClient, node))
	if drop {
		return nil
	}
	if delay > 0 {
		select {
		case <-time.After(delay):
		case <-c.ctx.Done():
			return c.ctx.Err()
		}
	}
	c.dispatch(node)
	return nil
}

func (c *conn) stanza(d Direction, n *waBinary.Node) Stanza {
	st := Stanza{Direction: d, User: c.user, Node: n}
	if c.companion != nil {
		st.Device = c.companion.device
	}
	return st
}

// send queues a stanza for the client. It never blocks.
func (c *conn) send(n waBinary.Node) {
	drop, delay := c.srv.faults.judge(c.stanza(ToClient, &n))
	if drop {
		return
	}
	payload, err := waBinary.Marshal(n)
	if err != nil {
		c.srv.log.Error("Failed to marshal a stanza", "tag", n.Tag, "error", err)
		return
	}
	item := outgoing{payload: payload}
	if delay > 0 {
		item.due = time.Now().Add(delay)
	}
	c.queue(item)
}

func (c *conn) queue(item outgoing) {
	c.mu.Lock()
	c.out = append(c.out, item)
	c.mu.Unlock()
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// closeAfterRead drops the connection once the client has read everything sent
// until now, and had time to handle it.
func (c *conn) closeAfterRead() { c.queue(outgoing{last: true}) }

func (c *conn) writeLoop() {
	defer c.cancel()
	for {
		c.mu.Lock()
		batch := c.out
		c.out = nil
		c.mu.Unlock()
		for _, item := range batch {
			if item.last {
				c.srv.all.start(func() {
					ctx, cancel := context.WithTimeout(c.ctx, readTimeout)
					defer cancel()
					_ = c.ws.Ping(ctx) // answered once everything before it was read
					c.closeLater(closeGrace)
				})
				continue
			}
			if wait := time.Until(item.due); wait > 0 {
				select {
				case <-time.After(wait):
				case <-c.ctx.Done():
					return
				}
			}
			ctx, cancel := context.WithTimeout(c.ctx, writeTimeout)
			err := c.write(ctx, c.cipher.Seal(item.payload))
			cancel()
			if err != nil {
				return
			}
		}
		if len(batch) > 0 {
			continue
		}
		select {
		case <-c.wake:
		case <-c.ctx.Done():
			return
		}
	}
}

// notify sends a notification to a client that is not logged in: if it is lost,
// so is the link.
func (c *conn) notify(typ string, child waBinary.Node) {
	c.send(stanza.Notification(newID(), typ, types.ServerJID, time.Now(), child))
}

// ask sends an info query to the client and waits for the answer.
func (c *conn) ask(ctx context.Context, n waBinary.Node) (*waBinary.Node, error) {
	id := newID()
	n.Attrs["id"], n.Attrs["from"] = id, types.ServerJID
	answer := make(chan *waBinary.Node, 1)
	c.mu.Lock()
	c.waiters[id] = answer
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		delete(c.waiters, id)
		c.mu.Unlock()
	}()
	c.send(n)
	return await(ctx, c, answer)
}

// await waits for what the client sends next. It returns ErrCodeUnknown if the
// connection ends first: its codes are then invalid.
func await[T any](ctx context.Context, c *conn, ch <-chan T) (T, error) {
	var none T
	select {
	case v := <-ch:
		return v, nil
	case <-ctx.Done():
		return none, fmt.Errorf("wait for the client: %w", ctx.Err())
	case <-c.ctx.Done():
	}
	select {
	case v := <-ch: // sent just before the connection ended
		return v, nil
	default:
		return none, fmt.Errorf("%w: the client's connection has ended", ErrCodeUnknown)
	}
}

// answer passes the client's answer to ask.
func (c *conn) answer(n *waBinary.Node) {
	c.mu.Lock()
	ch := c.waiters[jidText(n.Attrs["id"])]
	c.mu.Unlock()
	if ch != nil {
		select {
		case ch <- n:
		default: // a second answer to the same query
		}
	}
}

// close drops the connection like a network failure.
func (c *conn) close() {
	c.cancel()
	_ = c.ws.CloseNow()
}

// closeLater drops the connection after a delay.
func (c *conn) closeLater(after time.Duration) {
	c.srv.all.start(func() {
		select {
		case <-time.After(after):
			c.close()
		case <-c.ctx.Done():
		}
	})
}

func (c *conn) cleanup() {
	c.close()
	c.srv.mu.Lock()
	delete(c.srv.conns, c)
	if c.pairing != nil {
		for _, ref := range c.pairing.refs {
			delete(c.srv.refs, ref)
		}
	}
	c.srv.mu.Unlock()
	if c.companion != nil {
		c.logout()
	}
}
