package spool

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/farbench/farbench/agent/record"
)

// maxInMemory is how many bytes of a run's unsent blocks stay in memory, to be
// sent without reading them back.
const maxInMemory = 1 << 20

var buffers = sync.Pool{New: func() any { b := make([]byte, 0, 96<<10); return &b }}

// Buffer returns an empty buffer with Room in front, to append a block's JSON
// to and give to Append.
func Buffer() []byte { return (*buffers.Get().(*[]byte))[:Room] }

func recycle(buf []byte) {
	if cap(buf) <= 256<<10 {
		buffers.Put(&buf)
	}
}

// Writer takes one run's blocks, in order. It is used by one goroutine at a
// time; a run has one writer.
type Writer struct {
	s   *Spool
	r   *run
	seg *segment // the file being written, nil before the first block
}

// Writer begins a run's blocks, or goes on with those of an earlier life.
func (s *Spool) Writer(run string) *Writer {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.run(run)
	r.open = true
	return &Writer{s: s, r: r}
}

// Busy says whether blocks of the run wait for their acknowledgement: lines
// that come meanwhile may as well join one block.
func (w *Writer) Busy() bool {
	w.s.mu.Lock()
	defer w.s.mu.Unlock()
	return w.r.acked < w.r.end()
}

// Append writes a block of the lines first to last to the disk and lets it be
// sent. Bytes is what all of the run's lines up to here count. Buf comes from
// Buffer and belongs to the spool afterwards. It waits, while the link is up,
// for room within the bound; the context ends the wait. An error means that
// the block is only in memory: it is sent all the same, but does not survive
// this process.
func (w *Writer) Append(ctx context.Context, first, last, bytes int64, buf []byte) error {
	seal(buf, first, last, bytes)
	w.s.makeRoom(ctx, int64(len(buf)))
	err := w.write(buf)
	if err != nil && w.s.makeAnyRoom() {
		err = w.write(buf)
	}

	w.s.mu.Lock()
	defer w.s.mu.Unlock()
	r, n := w.r, len(buf)
	r.lastLine, r.bytes = last, bytes
	w.s.mayHaveWork(r)
	if err != nil {
		w.pin(block{first: first, last: last, data: buf})
		return fmt.Errorf("writing the spool: %w", err)
	}
	b := block{first: first, last: last, seg: w.seg, at: w.seg.size, n: int32(n - record.Header)}
	if r.inMemory+n <= maxInMemory {
		r.inMemory += n
		b.data = buf
	} else {
		recycle(buf)
	}
	r.blocks = append(r.blocks, b)
	w.seg.endSeq = r.end()
	w.seg.size += int64(n)
	w.seg.dirty = true
	w.s.bytes += int64(n)
	return nil
}

// pin holds a block in memory, because the disk does not take it: as many as
// maxInMemory, then they become a gap.
func (w *Writer) pin(b block) {
	r := w.r
	if r.pinned+len(b.data) <= maxInMemory {
		r.pinned += len(b.data)
		r.blocks = append(r.blocks, b)
		return
	}
	recycle(b.data)
	if end := r.end() - 1; end >= r.next && r.at(end).gap && r.at(end).seg == nil {
		*r.at(end) = gapBlock(r.id, r.at(end).first, b.last, "spool not writable")
		return
	}
	r.blocks = append(r.blocks, gapBlock(r.id, b.first, b.last, "spool not writable"))
}

// write puts the record into the run's open file. Only this writer changes it.
func (w *Writer) write(buf []byte) error {
	if w.seg == nil || w.seg.size+int64(len(buf)) > w.s.segmentSize() && w.seg.size > 0 {
		w.s.mu.Lock()
		seg, err := w.s.newSegment(w.r)
		if err == nil {
			if w.seg != nil {
				w.seg.full = true
			}
			w.seg = seg
			w.r.segments = append(w.r.segments, seg)
		}
		w.s.mu.Unlock()
		if err != nil {
			return err
		}
	}
	n, err := w.seg.file.WriteAt(buf, w.seg.size)
	if err != nil && n > 0 {
		// A torn record at the end: the next write goes over it.
		err = errors.Join(err, w.seg.file.Truncate(w.seg.size))
	}
	return err
}

// Close says that no more blocks will come.
func (w *Writer) Close() {
	w.s.mu.Lock()
	defer w.s.mu.Unlock()
	w.r.open = false
	if w.seg != nil {
		w.seg.full = true
	}
	w.s.mayHaveWork(w.r)
}

// makeRoom waits or evicts until n more bytes are within the bound. While the
// link moves, waiting is better than a gap.
func (s *Spool) makeRoom(ctx context.Context, n int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.bytes+n > s.c.Bound {
		if s.dropStored() {
			continue
		}
		moving := s.link != nil && time.Since(s.moved) < 2*s.c.AckWait
		if !moving || ctx.Err() != nil {
			if !s.evict() {
				return // only open files are left: one a run, beyond the bound
			}
			continue
		}
		room := s.room
		s.mu.Unlock()
		select {
		case <-room:
		case <-ctx.Done():
		case <-time.After(100 * time.Millisecond): // the link may have stopped moving
		}
		s.mu.Lock()
	}
}

// makeAnyRoom frees one file's space on a disk that is full.
func (s *Spool) makeAnyRoom() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dropStored() || s.evict()
}
