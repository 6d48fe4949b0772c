package wire

import (
	"encoding/binary"
	"fmt"
)

// FrameType is what a frame of a session is.
type FrameType byte

// A session is two streams of bytes, one each way. A side sends no further than
// the other has allowed, and neither offset ever goes back.
const (
	FrameData   FrameType = 1 // Payload is the stream's bytes from Offset on
	FrameCredit FrameType = 2 // the other may send up to Offset
	FrameEnd    FrameType = 3 // this side's stream has ended, at Offset
	FrameClose  FrameType = 4 // Payload is a SessionEnd; the last frame of either side
	FrameBeat   FrameType = 5 // a sign of life between relay and agent, no further
)

// Bounds of frames.
const (
	MaxFrame        = 64 << 10  // a whole one
	MaxFrameHead    = 1 + 5 + 9 // type, stream, offset
	MaxFramePayload = MaxFrame - MaxFrameHead
	maxStream       = 1<<32 - 1
	maxOffset       = 1<<62 - 1
)

// Frame is a piece of a session: type u8, stream varint, offset varint, and the
// payload to the end of the message that carries it. Stream is the asker's
// number of the session, of which a connection may have several.
type Frame struct {
	Type    FrameType
	Stream  uint64
	Offset  uint64
	Payload []byte
}

// AppendFrame appends a frame to b.
func AppendFrame(b []byte, f Frame) []byte {
	return append(AppendFrameHead(b, f), f.Payload...)
}

// AppendFrameHead appends what stands before the payload.
func AppendFrameHead(b []byte, f Frame) []byte {
	b = append(b, byte(f.Type))
	b = binary.AppendUvarint(b, f.Stream)
	return binary.AppendUvarint(b, f.Offset)
}

// ParseFrame reads a frame; its payload is a part of b. There is one way only to
// write a frame, so whoever passes it on may look at the head and leave the rest.
func ParseFrame(b []byte) (f Frame, err error) {
	if len(b) == 0 || len(b) > MaxFrame {
		return f, fmt.Errorf("a frame of %d bytes, 1 to %d are allowed", len(b), MaxFrame)
	}
	f.Type = FrameType(b[0])
	rest := b[1:]
	if f.Stream, rest, err = uvarint(rest, maxStream); err != nil {
		return f, fmt.Errorf("reading a frame's stream: %w", err)
	}
	if f.Offset, rest, err = uvarint(rest, maxOffset); err != nil {
		return f, fmt.Errorf("reading a frame's offset: %w", err)
	}
	f.Payload = rest
	switch f.Type {
	case FrameData:
		if len(rest) == 0 || uint64(len(rest)) > maxOffset-f.Offset {
			return f, fmt.Errorf("a frame with %d bytes from %d on", len(rest), f.Offset)
		}
	case FrameCredit, FrameEnd, FrameBeat:
		if len(rest) > 0 {
			return f, fmt.Errorf("a frame of type %d with %d bytes more than it has", f.Type, len(rest))
		}
	case FrameClose:
	default:
		return f, fmt.Errorf("a frame of type %d, which nobody knows", f.Type)
	}
	return f, nil
}

func uvarint(b []byte, most uint64) (n uint64, rest []byte, err error) {
	n, size := binary.Uvarint(b)
	switch {
	case size <= 0:
		return 0, nil, fmt.Errorf("no number")
	case n > most:
		return 0, nil, fmt.Errorf("%d is too large", n)
	case size > 1 && b[size-1] == 0:
		return 0, nil, fmt.Errorf("a number longer than it has to be")
	}
	return n, b[size:], nil
}
