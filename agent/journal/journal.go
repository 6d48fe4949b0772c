// Package journal remembers, over the lives of an agent, which runs it was
// asked to start and how they stand. An id is on disk before its command
// starts; a known id is answered from here and never starts again. It also
// holds the agent's data directory: one process at a time.
//
// It knows neither NATS nor adb. A write reaches the operating system before a
// call returns (it survives kill -9) and the disk within a second.
package journal

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"

	"github.com/farbench/farbench/agent/record"
	"github.com/farbench/farbench/agent/wire"
)

// DefaultKeep is how many ids are remembered: weeks of a busy bench. An id
// that is forgotten cannot start late: a start is void within a minute, in the
// clock of one life.
const DefaultKeep = 100_000

// Config is what a journal needs. Dir exists and is locked by the caller.
type Config struct {
	Dir    string
	Keep   int // ids; 0 means DefaultKeep
	Logger *slog.Logger
}

// Journal is an append-only file and an index of it in memory.
type Journal struct {
	keep int
	path string
	log  *slog.Logger

	mu      sync.Mutex // guards what follows
	file    *os.File
	size    int64 // good bytes in file
	dead    int64 // of them, in records that a later one replaced
	unsaved bool  // written since the last sync
	broken  error // a write that could neither be completed nor undone
	index   map[string]entry
	order   []string // ids, oldest first
}

// entry says where an id's newest record is.
type entry struct {
	at    int64
	n     int32
	ended bool
	told  bool // the hub has stored the result of its end
}

// line is a record's payload.
type line struct {
	Result wire.Result `json:"result"`
	Told   bool        `json:"told,omitempty"`
}

// Open reads the journal in the directory or begins one. What a process that
// died left half written is cut off.
func Open(c Config) (*Journal, error) {
	j := &Journal{keep: c.Keep, path: filepath.Join(c.Dir, "journal"), log: c.Logger, index: map[string]entry{}}
	if j.keep <= 0 {
		j.keep = DefaultKeep
	}
	f, err := os.OpenFile(j.path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the journal: %w", err)
	}
	good, err := record.Scan(f, func(at int64, payload []byte) error {
		var l line
		if err := json.Unmarshal(payload, &l); err != nil || l.Result.Run == "" {
			j.log.Warn("journal record passed over", "at", at, "error", err)
			return nil
		}
		j.note(l, at, len(payload))
		return nil
	})
	if err == nil {
		err = f.Truncate(good)
	}
	if err == nil {
		_, err = f.Seek(good, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("reading the journal: %w", err), f.Close())
	}
	j.file, j.size = f, good
	return j, nil
}

// Begin writes an id that is seen for the first time. A known id changes
// nothing: first is false and known is its newest result.
func (j *Journal) Begin(r wire.Result) (known wire.Result, first bool, err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if e, ok := j.index[r.Run]; ok {
		known, err := j.read(e)
		return known.Result, false, err
	}
	return r, true, j.write(line{Result: r})
}

// Put writes a newer result of a run.
func (j *Journal) Put(r wire.Result) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.write(line{Result: r})
}

// Told notes that the hub has stored the result of a run's end, so that
// another life need not say it again.
func (j *Journal) Told(run string) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	e, ok := j.index[run]
	if !ok || e.told || !e.ended {
		return nil
	}
	l, err := j.read(e)
	if err != nil {
		return err
	}
	l.Told = true
	return j.write(l)
}

// Get returns the newest result of a run.
func (j *Journal) Get(run string) (r wire.Result, ok bool, err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	e, ok := j.index[run]
	if !ok {
		return r, false, nil
	}
	l, err := j.read(e)
	return l.Result, true, err
}

// Going returns the runs that have not ended: after Open, those that an
// earlier life left behind.
func (j *Journal) Going() ([]wire.Result, error) {
	return j.where(func(e entry) bool { return !e.ended })
}

// Untold returns the ended runs whose result the hub may not have.
func (j *Journal) Untold() ([]wire.Result, error) {
	return j.where(func(e entry) bool { return e.ended && !e.told })
}

func (j *Journal) where(want func(entry) bool) (list []wire.Result, err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, id := range j.order {
		if e := j.index[id]; want(e) {
			l, err := j.read(e)
			if err != nil {
				return nil, err
			}
			list = append(list, l.Result)
		}
	}
	return list, nil
}

// Sync brings to the disk what was written since the last call.
func (j *Journal) Sync() error {
	j.mu.Lock()
	f, unsaved := j.file, j.unsaved
	j.unsaved = false
	j.mu.Unlock()
	if !unsaved {
		return nil
	}
	// Outside the lock: a slow disk must not delay starts. A compaction may
	// close f meanwhile; it has synced what it wrote instead.
	if err := f.Sync(); err != nil && !errors.Is(err, os.ErrClosed) {
		return fmt.Errorf("syncing the journal: %w", err)
	}
	return nil
}

// Close syncs and closes the file.
func (j *Journal) Close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return errors.Join(j.file.Sync(), j.file.Close())
}

func (j *Journal) read(e entry) (l line, err error) {
	payload, err := record.ReadAt(j.file, e.at, int(e.n))
	if err != nil {
		return l, fmt.Errorf("reading the journal: %w", err)
	}
	return l, json.Unmarshal(payload, &l)
}

func (j *Journal) write(l line) error {
	if j.broken != nil {
		return j.broken
	}
	payload, err := json.Marshal(l)
	if err != nil {
		return err
	}
	rec := record.Append(nil, payload)
	if _, err := j.file.Write(rec); err != nil {
		err = fmt.Errorf("writing the journal: %w", err)
		// Half a record would hide every later one from the next life.
		if cut := j.rewind(); cut != nil {
			j.broken = errors.Join(err, cut)
		}
		return err
	}
	j.unsaved = true
	j.note(l, j.size, len(payload))
	j.size += int64(len(rec))
	j.compactIfWorth()
	return nil
}

func (j *Journal) rewind() error {
	if err := j.file.Truncate(j.size); err != nil {
		return err
	}
	_, err := j.file.Seek(j.size, io.SeekStart)
	return err
}

// note takes a record that stands at a place of the file into the index.
func (j *Journal) note(l line, at int64, n int) {
	id := l.Result.Run
	if old, ok := j.index[id]; ok {
		j.dead += record.Header + int64(old.n)
	} else {
		j.order = append(j.order, id)
	}
	j.index[id] = entry{at: at, n: int32(n), ended: l.Result.State == wire.Ended, told: l.Told}
}
