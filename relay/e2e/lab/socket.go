package lab

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/fasthttp/websocket"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
)

// Socket is a farbench.v1 connection, one frame at a time.
type Socket struct {
	conn  *websocket.Conn
	queue []api.Frame
	write sync.Mutex // one writer at a time
}

// Dial opens a socket and says hello.
func Dial(ctx context.Context, base, token string) (*Socket, error) {
	return dial(ctx, "ws"+base[len("http"):]+"/ws", token)
}

func dial(ctx context.Context, url, token string) (*Socket, error) {
	return dialWith(ctx, url, token, 128<<10) // small reads would measure the client
}

func dialWith(ctx context.Context, url, token string, buffer int) (*Socket, error) {
	dialer := websocket.Dialer{HandshakeTimeout: 10 * time.Second, ReadBufferSize: buffer, WriteBufferSize: 1 << 10}
	conn, _, err := dialer.DialContext(ctx, url, nil)
	if err != nil {
		return nil, err
	}
	s := &Socket{conn: conn}
	if err := s.Send(api.Frame{T: "hello", V: wire.Version, Token: token}); err != nil {
		conn.Close()
		return nil, err
	}
	f, err := s.Next()
	if err == nil && f.T != "welcome" {
		err = fmt.Errorf("%s %d %s in place of a welcome", f.T, f.Code, f.Reason)
	}
	if err != nil {
		conn.Close()
		return nil, err
	}
	return s, nil
}

// Join says hello and joins the room lab on a bare connection, for a reader
// that costs less than the library's.
func Join(ctx context.Context, url string) (net.Conn, error) {
	dialer := websocket.Dialer{HandshakeTimeout: 10 * time.Second}
	ws, _, err := dialer.DialContext(ctx, url, nil)
	if err != nil {
		return nil, err
	}
	one := int64(1)
	for _, m := range []api.Frame{{T: "hello", V: wire.Version, Token: Token}, {T: "sub", I: &one, Room: "lab"}} {
		err := ws.WriteJSON(m)
		if err == nil {
			_, _, err = ws.ReadMessage()
		}
		if err != nil {
			ws.Close()
			return nil, err
		}
	}
	return ws.NetConn(), nil
}

// Send writes one frame.
func (s *Socket) Send(f api.Frame) error {
	data, err := json.Marshal(f)
	if err != nil {
		return err
	}
	s.write.Lock()
	defer s.write.Unlock()
	return s.conn.WriteMessage(websocket.TextMessage, data)
}

// Next reads the next frame, answering pings on the way.
func (s *Socket) Next() (api.Frame, error) {
	for {
		for len(s.queue) == 0 {
			_ = s.conn.SetReadDeadline(time.Now().Add(60 * time.Second))
			_, data, err := s.conn.ReadMessage()
			if err != nil {
				return api.Frame{}, err
			}
			for part := range bytes.SplitSeq(data, []byte("\n")) {
				if len(part) == 0 {
					continue
				}
				var f api.Frame
				if err := json.Unmarshal(part, &f); err != nil {
					return api.Frame{}, fmt.Errorf("reading a frame: %w: %.200s", err, part)
				}
				s.queue = append(s.queue, f)
			}
		}
		f := s.queue[0]
		s.queue = s.queue[1:]
		if f.T == "ping" {
			if err := s.Send(api.Frame{T: "pong", I: f.I}); err != nil {
				return f, err
			}
			continue
		}
		return f, nil
	}
}

// Close ends the connection.
func (s *Socket) Close() { s.conn.Close() }

// WatchSocket follows a run in its room until the end, over as many
// connections as it takes: each of them resumes with the last offset.
func WatchSocket(ctx context.Context, l *Ledger, base, token, run string) {
	var offset string
	for ctx.Err() == nil {
		if err := watchOnce(ctx, l, base, token, run, &offset); err == nil {
			return
		}
		pause(ctx, 100*time.Millisecond)
	}
}

func watchOnce(ctx context.Context, l *Ledger, base, token, run string, offset *string) error {
	s, err := Dial(ctx, base, token)
	if err != nil {
		return err
	}
	defer s.Close()
	stop := context.AfterFunc(ctx, s.Close)
	defer stop()
	room := "run:" + run
	one := int64(1)
	if err := s.Send(api.Frame{T: "sub", I: &one, Room: room, O: *offset}); err != nil {
		return err
	}
	for {
		f, err := s.Next()
		switch {
		case err != nil:
			return err
		case f.T == "bye":
			return fmt.Errorf("bye: %d %s", f.Code, f.Reason)
		case f.T == "res" && f.Error != nil:
			return f.Error
		case f.T == "pub" && f.Ev == "block":
			var b wire.Block
			if err := json.Unmarshal(f.D, &b); err != nil {
				return err
			}
			if err := b.Check(); err != nil {
				return err
			}
			l.block(&b)
			*offset = f.O
		case f.T == "pub" && f.Ev == "end":
			var r api.Run
			if err := json.Unmarshal(f.D, &r); err != nil {
				return err
			}
			l.finish(api.End{Outcome: r.Outcome, ExitCode: r.ExitCode, Fault: r.Fault})
			return nil
		}
	}
}

// pause waits, or less where ctx ends.
func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
