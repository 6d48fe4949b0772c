// Package record frames what the agent keeps on disk: a record is its length
// and checksum (CRC-32C), then its payload. A process that dies while it
// writes leaves a torn record at a file's end; a scan stops there and says how
// much before it is good.
//
// It knows nothing of what the payloads mean.
package record

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

// Header is the size of what stands before each payload.
const Header = 8

// Max is the longest payload. A longer one in a file is damage.
const Max = 4 << 20

// ErrDamaged is what ReadAt finds where no such record stands.
var ErrDamaged = errors.New("damaged")

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Append appends one record to dst; its payload is the parts, joined.
func Append(dst []byte, parts ...[]byte) []byte {
	at := len(dst)
	dst = append(dst, make([]byte, Header)...)
	for _, p := range parts {
		dst = append(dst, p...)
	}
	Seal(dst[at:])
	return dst
}

// Seal makes a record of rec, whose first Header bytes are room for it and
// whose rest is the payload: for callers that build large payloads in place.
func Seal(rec []byte) {
	payload := rec[Header:]
	binary.LittleEndian.PutUint32(rec, uint32(len(payload)))
	binary.LittleEndian.PutUint32(rec[4:], crc32.Checksum(payload, castagnoli))
}

// Scan calls f with each good record of r, in order: where it begins and its
// payload, valid during the call. It returns how many bytes from the start are
// good records; a torn or damaged one ends the scan without an error.
func Scan(r io.Reader, f func(at int64, payload []byte) error) (good int64, err error) {
	br := bufio.NewReaderSize(r, 64<<10)
	var head [Header]byte
	var buf []byte
	for {
		if _, err := io.ReadFull(br, head[:]); err != nil {
			return good, ignoreEnd(err)
		}
		n := binary.LittleEndian.Uint32(head[:])
		if n == 0 || n > Max {
			return good, nil
		}
		if cap(buf) < int(n) {
			buf = make([]byte, n)
		}
		buf = buf[:n]
		if _, err := io.ReadFull(br, buf); err != nil {
			return good, ignoreEnd(err)
		}
		if crc32.Checksum(buf, castagnoli) != binary.LittleEndian.Uint32(head[4:]) {
			return good, nil
		}
		if err := f(good, buf); err != nil {
			return good, err
		}
		good += Header + int64(n)
	}
}

func ignoreEnd(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return err
}

// ReadAt reads the record of n payload bytes that begins at off.
func ReadAt(r io.ReaderAt, off int64, n int) ([]byte, error) {
	buf := make([]byte, Header+n)
	if _, err := r.ReadAt(buf, off); errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("record at %d: %w", off, ErrDamaged)
	} else if err != nil {
		return nil, fmt.Errorf("reading record at %d: %w", off, err)
	}
	payload := buf[Header:]
	if binary.LittleEndian.Uint32(buf) != uint32(n) || crc32.Checksum(payload, castagnoli) != binary.LittleEndian.Uint32(buf[4:]) {
		return nil, fmt.Errorf("record at %d: %w", off, ErrDamaged)
	}
	return payload, nil
}
