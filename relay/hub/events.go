package hub

import (
	"bytes"
	"encoding/binary"
)

// AppendEvents writes a batch of whole frames as events of a text/event-stream:
// one message an event, a beat as a comment; pongs have no place there. fields
// gives the lines that an event has beside its data, each with its end. closed
// says that the batch held the connection's close.
func AppendEvents(dst []byte, batch []byte, fields func(message []byte) string) (out []byte, closed bool) {
	for len(batch) > 0 {
		op, payload, rest := split(batch)
		batch = rest
		switch op {
		case opText:
			dst = append(append(dst, fields(payload)...), "data: "...)
			dst = append(appendLine(dst, payload), "\n\n"...)
		case opPing:
			dst = append(dst, ":\n\n"...)
		case opClose:
			closed = true
		}
	}
	return dst, closed
}

// appendLine keeps a message on one line. JSON has line ends only between its
// tokens, and a bench may put a CR there: it would end the event and begin
// another of the bench's own.
func appendLine(dst, message []byte) []byte {
	at := len(dst)
	dst = append(dst, message...)
	if bytes.IndexByte(message, '\r') < 0 && bytes.IndexByte(message, '\n') < 0 {
		return dst
	}
	for i := at; i < len(dst); i++ {
		if dst[i] == '\r' || dst[i] == '\n' {
			dst[i] = ' '
		}
	}
	return dst
}

// split takes the first frame off a batch that header wrote.
func split(batch []byte) (op byte, payload, rest []byte) {
	at, n := 2, int(batch[1])
	switch n {
	case 126:
		at, n = 4, int(binary.BigEndian.Uint16(batch[2:]))
	case 127:
		at, n = 10, int(binary.BigEndian.Uint64(batch[2:]))
	}
	return batch[0], batch[at : at+n], batch[at+n:]
}
