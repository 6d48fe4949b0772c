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

// Binary frames a piece of a session.
func Binary(payload []byte) Frame { return frame(opBin, payload) }

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

// header has room for the payload behind it.
func header(op byte, n int) []byte { return appendHeader(make([]byte, 0, maxHeader+n), op, n) }

const maxHeader = 10

func appendHeader(f []byte, op byte, n int) []byte {
	switch {
	case n < 126:
		return append(f, op, byte(n))
	case n < 1<<16:
		return binary.BigEndian.AppendUint16(append(f, op, 126), uint16(n))
	default:
		return binary.BigEndian.AppendUint64(append(f, op, 127), uint64(n))
	}
}
