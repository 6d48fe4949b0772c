package adbsim

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strconv"
)

// The packets of shell protocol v2.
const (
	packetStdin      = 0
	packetStdout     = 1
	packetStderr     = 2
	packetExit       = 3
	packetCloseStdin = 4
	packetWindowSize = 5
)

// packetHead is the size of a packet's head: id, and length as u32 LE.
const packetHead = 5

// maxPacket bounds what a client may send in one packet, as AOSP does.
const maxPacket = 1 << 20

var errPacketTooLarge = errors.New("shell packet too large")

// packetReader reads the packets that a client sends.
type packetReader struct {
	r    io.Reader
	head [packetHead]byte
}

// next reads a packet's head; its data follows on the reader.
func (p *packetReader) next() (id byte, length int, err error) {
	if _, err := io.ReadFull(p.r, p.head[:]); err != nil {
		return 0, 0, err
	}
	n := binary.LittleEndian.Uint32(p.head[1:])
	if n > maxPacket {
		return 0, 0, errPacketTooLarge
	}
	return p.head[0], int(n), nil
}

func putHead(b []byte, id byte, length int) {
	b[0] = id
	binary.LittleEndian.PutUint32(b[1:], uint32(length))
}

// maxWindowSize is the longest text of a window's size.
const maxWindowSize = 64

// parseWindowSize reads ROWSxCOLS,XPIXxYPIX, with or without a NUL behind it.
func parseWindowSize(text []byte) (rows, cols int, ok bool) {
	text, _, _ = bytes.Cut(text, []byte{0})
	cells, _, _ := bytes.Cut(text, []byte(","))
	high, wide, both := bytes.Cut(cells, []byte("x"))
	r, err := strconv.ParseUint(string(high), 10, 16)
	c, err2 := strconv.ParseUint(string(wide), 10, 16)
	return int(r), int(c), both && err == nil && err2 == nil
}
