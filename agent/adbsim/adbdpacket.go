package adbsim

import (
	"encoding/binary"
	"errors"
	"io"
)

// The commands of adb's device protocol, as the four letters in a packet.
const (
	cmdCNXN = 0x4e584e43
	cmdOPEN = 0x4e45504f
	cmdOKAY = 0x59414b4f
	cmdCLSE = 0x45534c43
	cmdWRTE = 0x45545257
	cmdAUTH = 0x48545541
)

// protocolVersion is the one that no longer checks sums; maxPayload what this
// side takes and sends in one packet at most.
const (
	protocolVersion = 0x01000001
	maxPayload      = 1 << 20
)

// wirePacket is one packet between an adb server and adbd.
type wirePacket struct {
	command    uint32
	arg0, arg1 uint32
	data       []byte
}

const wireHead = 24

var errWirePacket = errors.New("not an adb packet")

// readWirePacket reads a packet into buf's memory where it fits.
func readWirePacket(r io.Reader, buf []byte) (wirePacket, error) {
	var head [wireHead]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return wirePacket{}, err
	}
	word := func(i int) uint32 { return binary.LittleEndian.Uint32(head[i*4:]) }
	p := wirePacket{command: word(0), arg0: word(1), arg1: word(2)}
	length := word(3)
	if word(5) != p.command^0xffffffff || length > maxPayload {
		return wirePacket{}, errWirePacket
	}
	if int(length) > cap(buf) {
		buf = make([]byte, length)
	}
	p.data = buf[:length]
	_, err := io.ReadFull(r, p.data)
	return p, err
}

// appendHead appends the head of a packet whose data follows.
func (p wirePacket) appendHead(b []byte) []byte {
	sum := uint32(0)
	if p.command == cmdCNXN { // the other side may be of the time of checksums
		for _, c := range p.data {
			sum += uint32(c)
		}
	}
	for _, word := range []uint32{p.command, p.arg0, p.arg1, uint32(len(p.data)), sum, p.command ^ 0xffffffff} {
		b = binary.LittleEndian.AppendUint32(b, word)
	}
	return b
}
