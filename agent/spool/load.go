package spool

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/farbench/farbench/agent/record"
	"github.com/farbench/farbench/agent/wire"
)

// load reads the files of an earlier life. Torn tails are passed over; lines
// that are missing between two blocks become a gap.
func (s *Spool) load() error {
	entries, err := os.ReadDir(s.c.Dir)
	if err != nil {
		return fmt.Errorf("reading the spool: %w", err)
	}
	byRun := map[string][]*segment{}
	for _, e := range entries {
		id, no, ok := parseSegmentName(e.Name())
		if !ok || !wire.ValidID(id) {
			if strings.HasSuffix(e.Name(), ".seg.new") {
				_ = os.Remove(s.c.Dir + "/" + e.Name()) // a gap that was not finished
			}
			continue
		}
		byRun[id] = append(byRun[id], &segment{path: s.segmentPath(id, no), no: no, full: true})
	}
	for id, segments := range byRun {
		slices.SortFunc(segments, func(a, b *segment) int { return a.no - b.no })
		r := s.run(id)
		r.loaded = true
		for _, seg := range segments {
			s.born++
			seg.born = s.born
			if err := s.loadSegment(r, seg); err != nil {
				return fmt.Errorf("reading the spool: %w", err)
			}
		}
	}
	return nil
}

func (s *Spool) loadSegment(r *run, seg *segment) error {
	f, err := os.Open(seg.path)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = record.Scan(f, func(at int64, payload []byte) error {
		first, last, bytes, ok := unseal(payload)
		if !ok || last <= r.lastLine {
			return nil // covered by a gap that was written before a death
		}
		if first > r.lastLine+1 && len(r.blocks) > 0 {
			r.blocks = append(r.blocks, gapBlock(r.id, r.lastLine+1, first-1, "spool damaged"))
		}
		r.blocks = append(r.blocks, block{first: first, last: last, seg: seg, at: at, n: int32(len(payload))})
		r.lastLine, r.bytes = last, max(r.bytes, bytes)
		return nil
	})
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		return err
	}
	seg.size, seg.endSeq = info.Size(), r.end()
	s.bytes += seg.size
	r.segments = append(r.segments, seg)
	return nil
}
