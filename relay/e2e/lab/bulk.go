package lab

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/fasthttp/websocket"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
)

// Bye is the relay's goodbye.
type Bye struct {
	Code   int
	Reason string
}

func (b *Bye) Error() string { return fmt.Sprintf("bye: %d %s", b.Code, b.Reason) }

// DialBulk opens a socket for sessions and says hello.
func DialBulk(ctx context.Context, base, token string) (*Socket, error) {
	return dial(ctx, "ws"+base[len("http"):]+"/ws/bulk", token)
}

// Rudely opens the session that body asks for, sends frames of whatever bytes
// and gives the session's last word.
func (s *Socket) Rudely(body []byte, frames [][]byte) (end wire.SessionEnd, err error) {
	one := int64(1)
	if err := s.Send(api.Frame{T: "req", I: &one, M: "session.open", D: body}); err != nil {
		return end, err
	}
	isOpen := false
	for {
		_ = s.conn.SetReadDeadline(time.Now().Add(60 * time.Second))
		kind, data, err := s.conn.ReadMessage()
		if err != nil {
			return end, err
		}
		if kind == websocket.BinaryMessage {
			f, err := wire.ParseFrame(data)
			if err != nil {
				return end, err
			}
			if f.Type == wire.FrameClose {
				return end, json.Unmarshal(f.Payload, &end)
			}
			continue
		}
		var f api.Frame
		if err := json.Unmarshal(data, &f); err != nil {
			return end, err
		}
		switch {
		case f.T == "bye":
			return end, &Bye{f.Code, f.Reason}
		case f.T != "res" || isOpen:
		case f.Error != nil:
			return end, f.Error
		default:
			isOpen = true
			for _, frame := range frames {
				s.write.Lock()
				err := s.conn.WriteMessage(websocket.BinaryMessage, frame)
				s.write.Unlock()
				if err != nil {
					break // the reason comes in reading
				}
			}
		}
	}
}
