package spool

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/farbench/farbench/agent/record"
)

// A run's blocks lie in files RUN.NUMBER.seg, a record each: the lines'
// numbers and the bytes counted so far, then the JSON as it is published.
const metaSize = 24

// Room is what a block's buffer must hold in front of the JSON, so that the
// record is written from the same bytes that are published.
const Room = record.Header + metaSize

// segment is one file. Its fields are guarded by Spool.mu, but that the run's
// writer alone writes to file.
type segment struct {
	path   string
	no     int
	born   int64
	size   int64
	endSeq int       // one behind its last block
	file   *os.File  // nil once it is closed and synced
	dirty  bool      // written since the last sync
	full   bool      // nothing more is written to it
	gap    bool      // it holds one gap in place of evicted lines
	stored time.Time // when all of it was first seen acknowledged
}

func (s *Spool) segmentSize() int64 { return min(4<<20, max(s.c.Bound/64, 16<<10)) }

func (s *Spool) segmentPath(run string, no int) string {
	return filepath.Join(s.c.Dir, fmt.Sprintf("%s.%08d.seg", run, no))
}

func parseSegmentName(name string) (run string, no int, ok bool) {
	parts := strings.Split(name, ".")
	if len(parts) != 3 || parts[2] != "seg" {
		return "", 0, false
	}
	no, err := strconv.Atoi(parts[1])
	return parts[0], no, err == nil
}

// newSegment begins the run's next file.
func (s *Spool) newSegment(r *run) (*segment, error) {
	no := 1
	if n := len(r.segments); n > 0 {
		no = r.segments[n-1].no + 1
	}
	path := s.segmentPath(r.id, no)
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	s.born++
	return &segment{path: path, no: no, born: s.born, file: f}, nil
}

// seal fills in a buffer's room: the record of these lines.
func seal(buf []byte, first, last, bytes int64) {
	binary.LittleEndian.PutUint64(buf[record.Header:], uint64(first))
	binary.LittleEndian.PutUint64(buf[record.Header+8:], uint64(last))
	binary.LittleEndian.PutUint64(buf[record.Header+16:], uint64(bytes))
	record.Seal(buf)
}

// unseal reads a record's payload; ok is false where it cannot be a block.
func unseal(payload []byte) (first, last, bytes int64, ok bool) {
	if len(payload) <= metaSize {
		return 0, 0, 0, false
	}
	first = int64(binary.LittleEndian.Uint64(payload))
	last = int64(binary.LittleEndian.Uint64(payload[8:]))
	bytes = int64(binary.LittleEndian.Uint64(payload[16:]))
	return first, last, bytes, first >= 1 && last >= first && bytes >= 0
}

// reading is the file from which the sender last read.
type reading struct {
	path string
	file *os.File
}

// read returns a block's JSON from the disk. The sender alone calls it.
func (d *reading) read(path string, at int64, n int32) ([]byte, error) {
	if d.path != path {
		d.close()
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		d.path, d.file = path, f
	}
	payload, err := record.ReadAt(d.file, at, int(n))
	if err != nil {
		d.close()
		return nil, err
	}
	return payload[metaSize:], nil
}

func (d *reading) close() {
	if d.file != nil {
		_ = d.file.Close() // read only: nothing is lost
	}
	*d = reading{}
}

// discard removes a segment's file.
func (s *Spool) discard(seg *segment) {
	if err := os.Remove(seg.path); err != nil && !errors.Is(err, os.ErrNotExist) {
		s.c.Logger.Warn("spool file not removed", "path", seg.path, "error", err)
	}
	s.forgetFile(seg)
}

// forgetFile takes a segment out of the count and lets those know who wait
// for room.
func (s *Spool) forgetFile(seg *segment) {
	s.bytes -= seg.size
	if seg.file != nil {
		_ = seg.file.Close() // what it held is not wanted any more
		seg.file = nil
	}
	close(s.room)
	s.room = make(chan struct{})
}
