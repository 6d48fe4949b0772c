package reader

import (
	"encoding/json"
	"fmt"

	"github.com/farbench/farbench/agent/wire"
)

// trim makes a block that begins at line from out of one that begins earlier.
func trim(b *Block, from int64) (*Block, error) {
	var columns wire.Block
	if err := json.Unmarshal(b.Data, &columns); err != nil {
		return nil, fmt.Errorf("reading a block: %w", err)
	}
	if err := columns.Check(); err != nil {
		return nil, fmt.Errorf("reading a block: %w", err)
	}
	if b.Gap {
		return gapBlock(b.Run, from, b.Last, columns.Gap), nil
	}
	rest := wire.Block{Run: b.Run}
	for line := range columns.Lines {
		if line.N >= from {
			rest.Add(line)
		}
	}
	return blockOf(&rest)
}

// gapBlock is a gap that the reader makes itself; last -1 means unknown.
func gapBlock(run string, first, last int64, why string) *Block {
	count := int64(-1)
	if last >= 0 {
		count = last - first + 1
	}
	b, _ := blockOf(wire.GapBlock(run, first, count, why)) // encodes always: strings and numbers alone
	return b
}

func blockOf(columns *wire.Block) (*Block, error) {
	data, err := json.Marshal(columns)
	if err != nil {
		return nil, fmt.Errorf("encoding a block: %w", err)
	}
	last, known := columns.Last()
	if !known {
		last = -1
	}
	b := &Block{Run: columns.Run, First: columns.First, Last: last, Gap: columns.Gap != "", Data: data}
	b.Offset = offset(b)
	return b, nil
}
