package record

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// WriteFile puts a file that holds one record in the place of the one that is
// there: who reads finds the old payload or the new one, whenever this process
// or the machine dies.
func WriteFile(path string, payload []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	_, err = f.Write(Append(nil, payload))
	if err == nil {
		err = f.Sync()
	}
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// ReadFile reads the payload of such a file; one that is not there is
// os.ErrNotExist, one that holds something else ErrDamaged.
func ReadFile(path string) ([]byte, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var payload []byte
	_, err = Scan(bytes.NewReader(data), func(_ int64, p []byte) error {
		payload = bytes.Clone(p)
		return nil
	})
	if err == nil && payload == nil {
		err = fmt.Errorf("%s: %w", path, ErrDamaged)
	}
	return payload, err
}
