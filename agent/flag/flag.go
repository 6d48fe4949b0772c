// Package flag keeps the word that somebody is at the bench, with their hands
// on its devices. Whoever stands there sets it (`farbench-agent flag`, a process
// of its own) and the agent tells it; while it is up, what looks destructive is
// asked about (agent/danger says what that is), by the relay and at the gate that
// all passes which begins here. The word lies in the agent's data directory, so it
// outlives both.
//
// It knows neither NATS nor devices.
package flag

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/farbench/farbench/agent/record"
	"github.com/farbench/farbench/agent/wire"
)

func file(dir string) string { return filepath.Join(dir, "flag") }

// Set puts the flag up, or gives the one that is up another note.
func Set(dir, note string, now time.Time) (wire.Flag, error) {
	f := wire.Flag{Note: note, Since: now.UTC().Truncate(time.Second)}
	if !wire.ValidNote(note) {
		return f, fmt.Errorf("the note must be one line of at most %d characters", wire.MaxNote)
	}
	if up, err := Read(dir); err == nil && up != nil {
		f.Since = up.Since
	}
	data, err := json.Marshal(f)
	if err == nil {
		err = record.WriteFile(file(dir), data)
	}
	if err == nil {
		err = os.Chmod(file(dir), 0o644) // who sets it need not be the user that the agent runs as
	}
	return f, err
}

// Clear takes it away; again, it changes nothing.
func Clear(dir string) error {
	if err := os.Remove(file(dir)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

func heard(dir string) string { return filepath.Join(dir, "flag.heard") }

// hear keeps the flag as the agent has taken it over, for who put it up.
func hear(dir string, f *wire.Flag) error {
	data, err := json.Marshal(f)
	if err != nil {
		return err
	}
	return record.WriteFile(heard(dir), data)
}

// Heard says whether the agent has taken over this flag.
func Heard(dir string, f wire.Flag) bool {
	data, err := record.ReadFile(heard(dir))
	var up *wire.Flag
	return err == nil && json.Unmarshal(data, &up) == nil && up != nil && *up == f
}

// Read returns the flag that is up, or nil.
func Read(dir string) (*wire.Flag, error) {
	data, err := record.ReadFile(file(dir))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	var f wire.Flag
	if err := json.Unmarshal(data, &f); err != nil {
		return nil, fmt.Errorf("reading the flag: %w", err)
	}
	return &f, nil
}
