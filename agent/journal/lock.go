package journal

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// errInUse is what lockFile returns when another process holds the file.
var errInUse = errors.New("in use by another process")

// LockDir makes the agent's data directory and holds it for this process until
// release is called or the process ends.
func LockDir(dir string) (release func() error, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the data directory %s: %w", dir, err)
	}
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the data directory %s is not writable: %w", dir, err)
	}
	if err := lockFile(f); err != nil {
		if errors.Is(err, errInUse) {
			err = fmt.Errorf("the data directory %s is in use by another process: stop that one or name another directory", dir)
		} else {
			err = fmt.Errorf("locking the data directory %s: %w", dir, err)
		}
		return nil, errors.Join(err, f.Close())
	}
	return f.Close, nil
}
