package spool

import (
	"encoding/json"
	"errors"
	"os"
	"slices"

	"github.com/farbench/farbench/agent/record"
	"github.com/farbench/farbench/agent/wire"
)

// dropStored removes the oldest file whose blocks are all acknowledged: it was
// kept only in case the hub forgets. It says whether there was one.
func (s *Spool) dropStored() bool {
	var of *run
	for _, r := range s.runs {
		if r.firstIsStored() && (of == nil || r.segments[0].born < of.segments[0].born) {
			of = r
		}
	}
	if of == nil {
		return false
	}
	s.dropFirst(of)
	return true
}

func (r *run) firstIsStored() bool {
	return len(r.segments) > 0 && r.segments[0].full && r.segments[0].endSeq <= r.acked
}

// dropFirst removes the run's first file and its blocks, which are all
// acknowledged.
func (s *Spool) dropFirst(r *run) {
	seg := r.segments[0]
	r.segments = r.segments[1:]
	for len(r.blocks) > 0 && r.base < seg.endSeq {
		r.blocks = r.blocks[1:]
		r.base++
	}
	s.discard(seg)
}

// evict turns the oldest file of what is not acknowledged into a gap that
// counts its lines. It says whether there was one.
func (s *Spool) evict() bool {
	var of *run
	var oldest *segment
	for _, r := range s.runs {
		if seg := r.firstWaiting(); seg != nil && (of == nil || seg.born < oldest.born) {
			of, oldest = r, seg
		}
	}
	if of == nil {
		return false
	}
	s.evictUntil(of, oldest)
	return true
}

// firstWaiting is the run's first full file that holds more than a gap and is
// not wholly acknowledged.
func (r *run) firstWaiting() *segment {
	for _, seg := range r.segments {
		if !seg.full {
			return nil
		}
		if !seg.gap && seg.endSeq > r.acked {
			return seg
		}
	}
	return nil
}

// evictUntil replaces what is not acknowledged, up to the end of seg, by one
// gap. An earlier gap there grows: who has stored its shorter self trims it.
// The blocks it stands for stay in their places, void, so that sequences hold.
func (s *Spool) evictUntil(r *run, seg *segment) {
	for r.base < r.acked {
		r.blocks = r.blocks[1:]
		r.base++
	}
	first, last := r.at(r.acked).first, r.at(seg.endSeq-1).last
	s.c.Logger.Warn("spool full: lines dropped", "run", r.id, "first", first, "last", last)
	for seq := r.acked; seq < seg.endSeq; seq++ {
		b := r.at(seq)
		r.forget(b)
		*b = block{first: b.first, last: b.last, void: true}
	}
	gap := r.at(r.acked)
	*gap = gapBlock(r.id, first, last, "spool full")
	seal(gap.data, first, last, r.bytes)

	n := slices.Index(r.segments, seg) + 1
	gone, left := r.segments[:n], r.segments[n:]
	own, err := s.replace(gone[0], gap.data)
	if err != nil {
		s.c.Logger.Warn("gap is only in memory", "run", r.id, "error", err)
		r.segments = left
	} else {
		own.endSeq = seg.endSeq
		gap.seg, gap.n, gap.data = own, int32(len(gap.data)-record.Header), nil
		r.segments = append([]*segment{own}, left...)
	}
	for _, old := range gone {
		if err == nil && old == gone[0] {
			s.forgetFile(old) // the gap's file has taken its place
			continue
		}
		s.discard(old)
	}
	r.rewind()
	s.mayHaveWork(r)
}

// replace puts a file that holds one record in a file's place, by a rename: a
// process that dies meanwhile finds one or the other.
func (s *Spool) replace(old *segment, rec []byte) (*segment, error) {
	if err := os.WriteFile(old.path+".new", rec, 0o600); err != nil {
		return nil, errors.Join(err, os.Remove(old.path+".new"))
	}
	if err := os.Rename(old.path+".new", old.path); err != nil {
		return nil, err
	}
	s.bytes += int64(len(rec))
	return &segment{path: old.path, no: old.no, born: old.born, size: int64(len(rec)), full: true, gap: true}, nil
}

// gapBlock is a gap that is only in memory.
func gapBlock(run string, first, last int64, why string) block {
	data, err := json.Marshal(wire.GapBlock(run, first, last-first+1, why))
	if err != nil {
		panic("spool: " + err.Error()) // plain fields always encode
	}
	return block{first: first, last: last, gap: true, data: append(Buffer(), data...)}
}
