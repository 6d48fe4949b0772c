package hub

import "encoding/binary"

// Frame is a WebSocket frame as it goes to the socket, header included. It is
// shared by all who get it: nobody changes it.
type Frame []byte

const (
	opText  = 0x80 | 1
	opBin   = 0x80 | 2
	opClose = 0x80 | 8
	opPing  = 0x80 | 9
	opPong  = 0x80 | 10
)

// Text frames a message. A server's frames are unmasked, so the same bytes
// serve every connection.
func Text(payload []byte) Frame { return frame(opText, payload) }

// Binary frames a piece of a session, which is not copied: head and payload are
// one frame in two parts. payload has at least one byte, and nobody changes it
// any more.
func Binary(payload []byte) (head, whole Frame) {
	return appendHeader(make(Frame, 0, maxHeader), opBin, len(payload)), payload
}

// isHead says whether a frame's payload is another part.
func (f Frame) isHead() bool {
	if len(f) < 2 || len(f) > maxHeader || f[0] != opBin {
		return false
	}
	_, n := headed(f)
	return len(f) < n
}

// TextOf frames the parts as one message, without joining them before.
func TextOf(parts ...[]byte) Frame {
	n := 0
	for _, p := range parts {
		n += len(p)
	}
	f := header(opText, n)
	for _, p := range parts {
		f = append(f, p...)
	}
	return f
}

// Pong answers WebSocket's own ping.
func Pong(payload []byte) Frame { return frame(opPong, payload) }

// beat shows that a connection lives on which nothing is answered.
func beat() Frame { return frame(opPing, nil) }

// CloseFrame closes with a code and a reason, cut to what a control frame holds.
func CloseFrame(code int, reason string) Frame {
	if code == 1005 || code == Vanished { // not allowed on the wire
		return frame(opClose, nil)
	}
	payload := binary.BigEndian.AppendUint16(nil, uint16(code))
	if len(reason) > 123 {
		reason = reason[:123]
	}
	return frame(opClose, append(payload, reason...))
}

func frame(op byte, payload []byte) Frame { return append(header(op, len(payload)), payload...) }

// header begins a frame, with room for its payload.
func header(op byte, n int) Frame { return appendHeader(make(Frame, 0, maxHeader+n), op, n) }

// maxHeader is the longest of a frame that is not masked.
const maxHeader = 10

func appendHeader(f Frame, op byte, n int) Frame {
	switch {
	case n < 126:
		return append(f, op, byte(n))
	case n < 1<<16:
		return binary.BigEndian.AppendUint16(append(f, op, 126), uint16(n))
	default:
		return binary.BigEndian.AppendUint64(append(f, op, 127), uint64(n))
	}
}

// headed says where the payload of a frame begins and ends.
func headed(frame []byte) (at, end int) {
	at, n := 2, int(frame[1])
	switch n {
	case 126:
		at, n = 4, int(binary.BigEndian.Uint16(frame[2:]))
	case 127:
		at, n = maxHeader, int(binary.BigEndian.Uint64(frame[2:]))
	}
	return at, at + n
}
