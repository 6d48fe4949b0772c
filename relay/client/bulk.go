package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"github.com/farbench/farbench/agent/session"
	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
)

// Bulk is a connection for sessions. When it breaks, all of them have failed.
type Bulk struct {
	conn  *websocket.Conn
	user  api.User      // who speaks on it
	gone  chan struct{} // closed at the connection's end
	reads sync.WaitGroup
	// hear takes what is no answer to a question, in order; nil: nobody does. Its
	// error ends the connection.
	hear func(api.Frame) error

	writing sync.Mutex // one frame at a time
	rooms   sync.Pool  // *[]byte, for a frame each

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
func (c *Client) Bulk(ctx context.Context) (*Bulk, error) { return c.dial(ctx, "/ws/bulk", nil) }

func (c *Client) dial(ctx context.Context, path string, hear func(api.Frame) error) (*Bulk, error) {
	dialing, done := context.WithTimeout(ctx, bulkDial)
	defer done()
	address := *c.base
	address.Scheme = map[string]string{"http": "ws", "https": "wss"}[address.Scheme]
	// A frame goes out in one write.
	dialer := websocket.Dialer{Proxy: http.ProxyFromEnvironment, WriteBufferSize: wire.MaxFrame + 64, ReadBufferSize: 4 << 10}
	header := http.Header{}
	c.identify(header)
	conn, response, err := dialer.DialContext(dialing, address.String()+path, header)
	if err != nil {
		if response != nil && response.StatusCode/100 != 1 && response.StatusCode/100 != 2 {
			return nil, c.refused(problem(response))
		}
		return nil, unreachable(c.base, err)
	}
	conn.SetReadLimit(bulkText)
	b := &Bulk{conn: conn, hear: hear, gone: make(chan struct{}), asked: map[int64]chan api.Frame{}, streams: map[uint64]*session.Stream{}}
	stop := context.AfterFunc(dialing, func() { _ = conn.Close() })
	err = b.greet(c.config)
	if !stop() && err == nil {
		err = dialing.Err()
	}
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	b.reads.Go(b.read)
	return b, nil
}

// greet says hello and awaits the welcome.
func (b *Bulk) greet(as Config) error {
	hello := api.Frame{T: "hello", V: wire.Version}
	if as.Cookie == "" {
		hello.Token, hello.Name = as.Token, as.Name
	}
	if err := b.say(hello); err != nil {
		return fmt.Errorf("saying hello: %w", err)
	}
	_, text, err := b.conn.ReadMessage()
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
	if f.User != nil {
		b.user = *f.User
	}
	return nil
}

func byeFault(f api.Frame) *wire.Fault {
	fault := &wire.Fault{Code: wire.Unavailable, Message: f.Reason, Hint: "try again in a moment", Retry: true}
	switch f.Code {
	case 4501:
		fault = &wire.Fault{Code: wire.Unauthorized, Message: f.Reason, Hint: "set FARBENCH_TOKEN"}
		// A refusal with a code of its own says what to do itself.
		if code, said, ok := strings.Cut(f.Reason, ": "); ok && !strings.Contains(code, " ") {
			message, hint, _ := strings.Cut(said, "; ")
			fault = &wire.Fault{Code: wire.Code(code), Message: message, Hint: hint}
		}
	case 4504:
		fault = &wire.Fault{Code: wire.Unauthorized, Message: f.Reason, Hint: "sign in: farbench sign-in LINK, with a link from the dashboard (Use another device)"}
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
	if _, err := b.await(ctx, api.Frame{T: "req", I: &i, M: "session.open", D: body}, answer); err != nil {
		return fail(err)
	}
	stream.Begin()
	return stream, nil
}

// await asks and waits for the answer; a refusal is a *wire.Fault.
func (b *Bulk) await(ctx context.Context, question api.Frame, answer <-chan api.Frame) (json.RawMessage, error) {
	if err := b.say(question); err != nil {
		return nil, fmt.Errorf("asking the relay: %w", err)
	}
	late := time.NewTimer(answerWithin)
	defer late.Stop()
	select {
	case f := <-answer:
		if f.Error != nil {
			return nil, f.Error
		}
		return f.D, nil
	case <-b.gone:
		b.mu.Lock()
		defer b.mu.Unlock()
		return nil, &lostAnswer{b.lost}
	case <-late.C:
		return nil, &lostAnswer{&wire.Fault{Code: wire.Unavailable, Message: "the relay did not answer in time", Hint: "try again", Retry: true}}
	case <-ctx.Done():
		return nil, ctx.Err()
	}
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
	b.reads.Wait()
}

// end fails what goes on; the first reason holds.
func (b *Bulk) end(why *wire.Fault) {
	b.mu.Lock()
	if b.lost == nil {
		b.lost = why
		close(b.gone)
	}
	why = b.lost
	streams := b.streams
	b.streams = map[uint64]*session.Stream{}
	b.mu.Unlock()
	for _, s := range streams {
		s.Abort(why)
	}
	_ = b.conn.Close() // ends the reading
}

func (b *Bulk) say(f api.Frame) error {
	text, err := json.Marshal(f)
	if err != nil {
		return err
	}
	return b.send(websocket.TextMessage, text)
}

// write sends a session's frame.
func (b *Bulk) write(frame []byte) error { return b.send(websocket.BinaryMessage, frame) }

func (b *Bulk) send(kind int, data []byte) error {
	b.writing.Lock()
	defer b.writing.Unlock()
	if err := b.conn.SetWriteDeadline(time.Now().Add(bulkWrite)); err != nil {
		return err
	}
	return b.conn.WriteMessage(kind, data)
}

// read takes what the relay sends, until the connection ends.
func (b *Bulk) read() {
	for {
		err := b.conn.SetReadDeadline(time.Now().Add(bulkSilence))
		if err == nil {
			err = b.next()
		}
		if err == nil {
			continue
		}
		b.end(lostBy(err))
		return
	}
}

// lostBy says why a connection has ended.
func lostBy(err error) *wire.Fault {
	var fault *wire.Fault
	var closed *websocket.CloseError
	why := "its connection was cut"
	switch {
	case errors.As(err, &fault):
		return fault
	case errors.Is(err, os.ErrDeadlineExceeded):
		why = fmt.Sprintf("it has said nothing for %v", bulkSilence)
	case errors.As(err, &closed) && closed.Text != "":
		why = closed.Text
	}
	return &wire.Fault{Code: wire.LinkLost, Message: "the relay is gone: " + why, Hint: "try again"}
}

// next takes a message.
func (b *Bulk) next() error {
	kind, in, err := b.conn.NextReader()
	if err != nil {
		return err
	}
	if kind == websocket.TextMessage {
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
	room, _ := b.rooms.Get().(*[]byte)
	if room == nil {
		fresh := make([]byte, wire.MaxFrame+1)
		room = &fresh
	}
	buf := *room
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
	if s != nil && s.TakeAndFree(f, func() { b.rooms.Put(room) }) != nil || f.Type == wire.FrameClose {
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
		return b.say(api.Frame{T: "pong", I: f.I})
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
			return nil
		}
	}
	if b.hear != nil {
		return b.hear(f)
	}
	return nil
}
