package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/coder/websocket"

	"github.com/farbench/farbench/agent/session"
	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
)

// Bulk is a connection for sessions. When it breaks, all of them have failed.
type Bulk struct {
	conn   *websocket.Conn
	ctx    context.Context // ends with the connection
	cancel context.CancelFunc
	reads  sync.WaitGroup

	mu      sync.Mutex // guards what follows
	last    int64      // number of the newest question, and of the newest stream
	asked   map[int64]chan api.Frame
	streams map[uint64]*session.Stream
	lost    *wire.Fault // why the connection is at its end
}

const (
	bulkDial = 10 * time.Second
	// bulkSilence is how long a relay may say nothing; it pings every 10 s.
	bulkSilence = 30 * time.Second
	bulkWrite   = 30 * time.Second
	bulkText    = 1 << 20 // of a text frame; binary ones are smaller
)

// Bulk connects for sessions.
func (c *Client) Bulk(ctx context.Context) (*Bulk, error) {
	dialing, done := context.WithTimeout(ctx, bulkDial)
	defer done()
	address := *c.base
	address.Scheme = map[string]string{"http": "ws", "https": "wss"}[address.Scheme]
	conn, response, err := websocket.Dial(dialing, address.String()+"/ws/bulk", &websocket.DialOptions{HTTPClient: c.http})
	if err != nil {
		if response != nil && response.StatusCode/100 != 1 && response.StatusCode/100 != 2 {
			return nil, problem(response)
		}
		return nil, unreachable(c.base, err)
	}
	conn.SetReadLimit(bulkText)
	b := &Bulk{conn: conn, asked: map[int64]chan api.Frame{}, streams: map[uint64]*session.Stream{}}
	b.ctx, b.cancel = context.WithCancel(context.WithoutCancel(ctx))
	if err := b.greet(dialing, c.config.Token); err != nil {
		b.cancel()
		_ = conn.CloseNow()
		return nil, err
	}
	b.reads.Go(b.read)
	return b, nil
}

// greet says hello and awaits the welcome.
func (b *Bulk) greet(ctx context.Context, token string) error {
	if err := b.say(ctx, api.Frame{T: "hello", V: wire.Version, Token: token}); err != nil {
		return fmt.Errorf("saying hello: %w", err)
	}
	_, text, err := b.conn.Read(ctx)
	if err != nil {
		return fmt.Errorf("awaiting the relay's welcome: %w", err)
	}
	text, _, _ = bytes.Cut(text, []byte("\n"))
	var f api.Frame
	if err := json.Unmarshal(text, &f); err != nil {
		return fmt.Errorf("reading the relay's welcome: %w", err)
	}
	if f.T != "welcome" {
		return byeFault(f)
	}
	return nil
}

func byeFault(f api.Frame) *wire.Fault {
	fault := &wire.Fault{Code: wire.Unavailable, Message: f.Reason, Hint: "try again in a moment", Retry: true}
	if f.Code == 4501 || f.Code == 4504 {
		fault = &wire.Fault{Code: wire.Unauthorized, Message: f.Reason, Hint: "set FARBENCH_TOKEN"}
	}
	if fault.Message == "" {
		fault.Message = "the relay closed the connection"
	}
	return fault
}

// Open opens a session. Its stream is the caller's until it is closed; when ctx
// ends, the session is given up.
func (b *Bulk) Open(ctx context.Context, q api.SessionRequest) (*session.Stream, error) {
	b.mu.Lock()
	if b.lost != nil {
		defer b.mu.Unlock()
		return nil, b.lost
	}
	b.last++
	i := b.last
	q.Stream = uint64(i)
	answer := make(chan api.Frame, 1) // answered once
	stream := session.New(q.Stream, b.write)
	b.asked[i], b.streams[q.Stream] = answer, stream
	b.mu.Unlock()
	fail := func(err error) (*session.Stream, error) {
		b.forget(i)
		return nil, err
	}
	body, err := json.Marshal(q)
	if err != nil {
		return fail(err)
	}
	if err := b.say(ctx, api.Frame{T: "req", I: &i, M: "session.open", D: body}); err != nil {
		return fail(fmt.Errorf("asking for a session: %w", err))
	}
	late := time.NewTimer(answerWithin)
	defer late.Stop()
	select {
	case f := <-answer:
		if f.Error != nil {
			return fail(f.Error)
		}
	case <-b.ctx.Done():
		b.mu.Lock()
		defer b.mu.Unlock()
		return nil, b.lost
	case <-late.C:
		return fail(&wire.Fault{Code: wire.Unavailable, Message: "the relay did not answer in time", Hint: "try again", Retry: true})
	case <-ctx.Done():
		return fail(ctx.Err())
	}
	stream.Begin()
	return stream, nil
}

// forget forgets a session that was not opened.
func (b *Bulk) forget(i int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.asked, i)
	delete(b.streams, uint64(i))
}

// Close ends the connection and all of its sessions.
func (b *Bulk) Close() {
	b.end(&wire.Fault{Code: wire.Cancelling, Message: "the connection was closed"})
	_ = b.conn.CloseNow()
	b.reads.Wait()
}

// end fails what goes on; the first reason holds.
func (b *Bulk) end(why *wire.Fault) {
	b.mu.Lock()
	if b.lost == nil {
		b.lost = why
	}
	why = b.lost
	streams := b.streams
	b.streams = map[uint64]*session.Stream{}
	b.mu.Unlock()
	for _, s := range streams {
		s.Abort(why)
	}
	b.cancel()
}

func (b *Bulk) say(ctx context.Context, f api.Frame) error {
	text, err := json.Marshal(f)
	if err != nil {
		return err
	}
	return b.conn.Write(ctx, websocket.MessageText, text)
}

// write sends a session's frame.
func (b *Bulk) write(frame []byte) error {
	ctx, cancel := context.WithTimeout(b.ctx, bulkWrite)
	defer cancel()
	return b.conn.Write(ctx, websocket.MessageBinary, frame)
}

// read takes what the relay sends, until the connection ends.
func (b *Bulk) read() {
	silence := time.AfterFunc(bulkSilence, func() { _ = b.conn.CloseNow() })
	defer silence.Stop()
	for {
		kind, in, err := b.conn.Reader(b.ctx)
		if err == nil {
			silence.Reset(bulkSilence)
			err = b.take(kind, in)
		}
		if err == nil {
			continue
		}
		var fault *wire.Fault
		if !errors.As(err, &fault) {
			fault = &wire.Fault{Code: wire.LinkLost, Message: "the connection to the relay was lost: " + err.Error(), Hint: "try again"}
		}
		b.end(fault)
		return
	}
}

func (b *Bulk) take(kind websocket.MessageType, in io.Reader) error {
	if kind == websocket.MessageText {
		text, err := io.ReadAll(in)
		if err != nil {
			return err
		}
		for line := range bytes.SplitSeq(text, []byte("\n")) {
			var f api.Frame
			if err := json.Unmarshal(line, &f); err != nil {
				return fmt.Errorf("reading a message: %w", err)
			}
			if err := b.message(f); err != nil {
				return err
			}
		}
		return nil
	}
	buf := make([]byte, wire.MaxFrame+1) // the stream keeps it
	n, err := io.ReadFull(in, buf)
	if err != io.ErrUnexpectedEOF {
		return errors.Join(errors.New("a frame too long"), err)
	}
	f, err := wire.ParseFrame(buf[:n])
	if err != nil {
		return err
	}
	b.mu.Lock()
	s := b.streams[f.Stream]
	b.mu.Unlock()
	if s != nil && s.Take(f) != nil || f.Type == wire.FrameClose {
		// Its number is not used again. The answer to who opened it may still come.
		b.mu.Lock()
		delete(b.streams, f.Stream)
		b.mu.Unlock()
	}
	return nil
}

func (b *Bulk) message(f api.Frame) error {
	switch f.T {
	case "ping":
		return b.say(b.ctx, api.Frame{T: "pong", I: f.I})
	case "bye":
		fault := byeFault(f)
		fault.Code = wire.LinkLost
		return fault
	case "res":
		if f.I == nil {
			return nil
		}
		b.mu.Lock()
		answer := b.asked[*f.I]
		delete(b.asked, *f.I)
		b.mu.Unlock()
		if answer != nil {
			answer <- f
		}
	}
	return nil
}
