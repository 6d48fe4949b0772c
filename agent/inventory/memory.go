package inventory

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/farbench/farbench/agent/wire"
)

// maxMemory bounds the file of remembered ids.
const maxMemory = 1 << 20

// memory is the file: the ids of devices whose serials repeat. All others are
// made anew from their serials.
type memory struct {
	Devices []remembered `json:"devices"`
}

type remembered struct {
	Serial  string `json:"serial"`
	DevPath string `json:"devpath,omitempty"`
	Nth     int    `json:"nth"`
	ID      string `json:"id"`
}

// load takes the remembered ids in; a file that is not there remembers none.
func (n *names) load(path string) error {
	if path == "" {
		return nil
	}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return n.remember(text)
}

func (n *names) remember(text []byte) error {
	var m memory
	if err := json.Unmarshal(text, &m); err != nil {
		return fmt.Errorf("reading remembered device ids: %w", err)
	}
	for _, d := range m.Devices {
		at := place{Serial: d.Serial, DevPath: d.DevPath, Nth: d.Nth}
		if _, taken := n.owners[d.ID]; taken || !wire.ValidDeviceID(d.ID) {
			continue
		}
		n.repeats[d.Serial], n.places[at], n.owners[d.ID] = true, d.ID, at
	}
	return nil
}

// save writes the ids so that a crash leaves the old file or the new one.
func (n *names) save(path string) error {
	if path == "" {
		return nil
	}
	var m memory
	for at, id := range n.places {
		m.Devices = append(m.Devices, remembered{at.Serial, at.DevPath, at.Nth, id})
	}
	text, err := json.MarshalIndent(m, "", "\t")
	if err != nil {
		return err
	}
	if len(text) > maxMemory {
		return fmt.Errorf("%d devices have serials that repeat: not remembered", len(m.Devices))
	}
	temp, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	_, err = temp.Write(text)
	if err := errors.Join(err, temp.Sync(), temp.Close()); err != nil {
		return err
	}
	return os.Rename(temp.Name(), path)
}
