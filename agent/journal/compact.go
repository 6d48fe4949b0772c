package journal

import (
	"errors"
	"fmt"
	"os"

	"github.com/farbench/farbench/agent/record"
)

// worthCompacting is how much of the file must be of no use any more, beside
// being more than half of it.
const worthCompacting = 1 << 20

// compactIfWorth writes the newest record of each id into a new file, when
// most of the old one is history or when it holds a tenth more ids than are
// kept. The oldest ended ids are forgotten; ids that go on and results that
// were not told stay.
func (j *Journal) compactIfWorth() {
	mostlyDead := j.dead > worthCompacting && j.dead > j.size/2
	if !mostlyDead && len(j.order) <= j.keep+j.keep/10 {
		return
	}
	if err := j.compact(); err != nil {
		j.dead = 0 // the old file goes on; try again when as much more is dead
		j.log.Warn("journal not compacted", "error", err)
	}
}

func (j *Journal) compact() error {
	next := Journal{index: make(map[string]entry, len(j.index))}
	f, err := os.OpenFile(j.path+".new", os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("compacting the journal: %w", err)
	}
	surplus := len(j.order) - j.keep
	var rec []byte
	for _, id := range j.order {
		e := j.index[id]
		if surplus > 0 && e.ended && e.told {
			surplus--
			continue
		}
		var payload []byte
		if payload, err = record.ReadAt(j.file, e.at, int(e.n)); err != nil {
			break
		}
		rec = record.Append(rec[:0], payload)
		if _, err = f.Write(rec); err != nil {
			break
		}
		e.at = next.size
		next.index[id], next.order = e, append(next.order, id)
		next.size += int64(len(rec))
	}
	if err == nil {
		err = f.Sync()
	}
	if err == nil {
		err = os.Rename(f.Name(), j.path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("compacting the journal: %w", err), f.Close(), os.Remove(f.Name()))
	}
	old := j.file
	j.file, j.size, j.dead, j.index, j.order = f, next.size, 0, next.index, next.order
	return old.Close()
}
