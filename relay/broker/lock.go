package broker

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// errHeld is what tryLock returns while another process holds the file.
var errHeld = errors.New("in use by another process")

// storeLock keeps a second broker out of a directory. The kernel lets it go
// when the process dies, however it dies.
type storeLock struct {
	dir  string
	file *os.File
}

func lockStore(dir string) (*storeLock, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the broker's directory: %w", err)
	}
	file, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the broker's directory: %w", err)
	}
	if err := tryLock(file); err != nil {
		return nil, errors.Join(fmt.Errorf("directory %s is %w", dir, err), file.Close())
	}
	return &storeLock{dir: dir, file: file}, nil
}

func (l *storeLock) release() error { return l.file.Close() }
