package lab

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
)

// Bare is a farbench.v1 connection that costs its process next to nothing: frames
// are looked at where they lie. It answers pings. One goroutine reads, one
// writes.
type Bare struct {
	conn net.Conn
	r    *bufio.Reader
}

// DialBare connects, says hello under a name ("": the token's own) and joins
// rooms; it returns once the last of them has answered.
func DialBare(ctx context.Context, base, name string, rooms ...string) (*Bare, error) {
	host := strings.TrimPrefix(base, "http://")
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", host)
	if err != nil {
		return nil, err
	}
	b := &Bare{conn: conn, r: bufio.NewReaderSize(conn, 4<<10)}
	if err := b.begin(host, name, rooms); err != nil {
		conn.Close()
		return nil, err
	}
	return b, nil
}

func (b *Bare) begin(host, name string, rooms []string) error {
	_, err := fmt.Fprintf(b.conn, "GET /ws HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n", host)
	if err != nil {
		return err
	}
	answer, err := http.ReadResponse(b.r, nil)
	if err != nil {
		return err
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusSwitchingProtocols {
		return fmt.Errorf("the relay answered %s", answer.Status)
	}
	if err := b.Send(api.Frame{T: "hello", V: wire.Version, Token: Token, Name: name}); err != nil {
		return err
	}
	join := func(i int) error {
		number := int64(i)
		return b.Send(api.Frame{T: "sub", I: &number, Room: rooms[i]})
	}
	for i := range rooms {
		if err := join(i); err != nil {
			return err
		}
	}
	for answered := -1; answered < len(rooms); {
		kind, frame, err := b.Next()
		switch {
		case err != nil:
			return err
		case kind == "bye":
			return fmt.Errorf("the relay said %.300s", frame)
		case kind == "res" && bytes.Contains(frame, []byte(`"error":{`)):
			var f api.Frame
			if json.Unmarshal(frame, &f) != nil || f.Error == nil || !f.Error.Retry {
				return fmt.Errorf("the relay said %.300s", frame)
			}
			time.Sleep(20 * time.Millisecond) // it has just begun
			if err := join(int(*f.I)); err != nil {
				return err
			}
		case kind == "welcome", kind == "res":
			answered++
		}
	}
	return nil
}

// Send writes one frame.
func (b *Bare) Send(f api.Frame) error {
	data, err := json.Marshal(f)
	if err != nil {
		return err
	}
	head := []byte{0x81}
	switch n := len(data); {
	case n < 126:
		head = append(head, 0x80|byte(n))
	case n < 1<<16:
		head = binary.BigEndian.AppendUint16(append(head, 0x80|126), uint16(n))
	default:
		head = binary.BigEndian.AppendUint64(append(head, 0x80|127), uint64(n))
	}
	_, err = b.conn.Write(append(append(head, 0, 0, 0, 0), data...)) // a mask of zeros changes nothing
	return err
}

// Next gives a frame's kind and its beginning, up to 4 KiB of it, until the next
// call.
func (b *Bare) Next() (kind string, frame []byte, err error) {
	for {
		kind, frame, err = b.next()
		if err != nil || kind != "ping" {
			return kind, frame, err
		}
		var ping struct{ I *int64 }
		if err := json.Unmarshal(frame, &ping); err != nil {
			return kind, frame, err
		}
		if err := b.Send(api.Frame{T: "pong", I: ping.I}); err != nil {
			return kind, frame, err
		}
	}
}

func (b *Bare) next() (string, []byte, error) {
	head, err := b.r.Peek(2)
	if err != nil {
		return "", nil, err
	}
	op, size, skip := head[0]&0xf, int(head[1]&0x7f), 2
	if size == 126 {
		skip = 4
	} else if size == 127 {
		skip = 10
	}
	if head, err = b.r.Peek(skip); err != nil {
		return "", nil, err
	}
	switch skip {
	case 4:
		size = int(binary.BigEndian.Uint16(head[2:]))
	case 10:
		size = int(binary.BigEndian.Uint64(head[2:]))
	}
	if _, err := b.r.Discard(skip); err != nil {
		return "", nil, err
	}
	var frame []byte
	if size <= b.r.Size() {
		peeked, err := b.r.Peek(size)
		if err != nil {
			return "", nil, err
		}
		frame = peeked
	} else {
		frame = make([]byte, b.r.Size())
		if _, err := io.ReadFull(b.r, frame); err != nil {
			return "", nil, err
		}
		size -= len(frame)
	}
	if _, err := b.r.Discard(size); err != nil { // the bytes stay until the next read
		return "", nil, err
	}
	if op == 8 {
		return "bye", frame, io.EOF
	}
	_, rest, _ := bytes.Cut(frame[:min(len(frame), 40)], []byte(`"t":"`))
	kind, _, _ := bytes.Cut(rest, []byte(`"`))
	return string(kind), frame, nil
}

// Close ends the connection.
func (b *Bare) Close() { b.conn.Close() }
