package adb

import (
	"encoding/binary"
	"fmt"

	"github.com/farbench/farbench/agent/wire"
)

// Packet is the kind of a shell v2 packet.
type Packet byte

const (
	Stdin      Packet = 0
	Stdout     Packet = 1
	Stderr     Packet = 2
	Exit       Packet = 3 // one byte: the exit code, 0x80|n when signal n ended it
	CloseStdin Packet = 4
	WindowSize Packet = 5 // ASCII ROWSxCOLS,XPIXxYPIX and NUL
)

const (
	packetHeader = 5 // id, then the length as a little-endian u32
	// maxPacket is the longest packet that adbd buffers; what claims to be
	// longer is no shell v2.
	maxPacket = 1 << 20
)

// packets cuts a byte stream into shell v2 packets, wherever the reads fell.
// It copies and allocates nothing: a packet that spans reads is given on in
// pieces.
type packets struct {
	header [packetHeader]byte
	have   int    // bytes of header that are there
	id     Packet // of the packet that is open
	left   int    // its bytes that are still to come
	exited bool   // an exit packet was seen
}

// feed gives every packet in data, or piece of one, to emit. Ids that it does
// not know are passed over, and of an exit packet only the first byte counts.
func (p *packets) feed(data []byte, emit func(Packet, []byte)) error {
	for len(data) > 0 {
		if p.left > 0 {
			n := min(p.left, len(data))
			p.give(data[:n], emit)
			p.left -= n
			data = data[n:]
			continue
		}
		n := copy(p.header[p.have:], data)
		p.have += n
		data = data[n:]
		if p.have < packetHeader {
			return nil
		}
		p.have = 0
		length := binary.LittleEndian.Uint32(p.header[1:])
		if length > maxPacket {
			return &Error{Op: "reading shell", Code: wire.StreamLost, Message: fmt.Sprintf("a packet of %d bytes: the device does not speak shell v2", length)}
		}
		p.id, p.left = Packet(p.header[0]), int(length)
	}
	return nil
}

func (p *packets) give(piece []byte, emit func(Packet, []byte)) {
	switch p.id {
	case Stdout, Stderr:
		emit(p.id, piece)
	case Exit:
		if !p.exited {
			p.exited = true
			emit(Exit, piece[:1])
		}
	}
}

// appendPacket puts a packet at dst's end.
func appendPacket(dst []byte, id Packet, data []byte) []byte {
	dst = append(dst, byte(id))
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(data)))
	return append(dst, data...)
}
