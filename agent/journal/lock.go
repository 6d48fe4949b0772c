package journal

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// errInUse is what lockFile returns when another process holds the file.
var errInUse = errors.New("in use by another process")

// IsDir says whether an agent keeps its data in a directory, or has.
func IsDir(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, lockName))
	return err == nil
}

const lockName = "lock"

// InUse says whether an agent runs with a data directory.
func InUse(dir string) (bool, error) {
	f, err := os.OpenFile(filepath.Join(dir, lockName), os.O_RDWR, 0)
	if err != nil {
		return false, err
	}
	defer f.Close()
	if err = lockFile(f); errors.Is(err, errInUse) {
		return true, nil
	}
	return false, err
}

// LockDir makes the agent's data directory and holds it for this process until
// release is called or the process ends.
func LockDir(dir string) (release func() error, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the data directory %s: %w", dir, err)
	}
	f, err := os.OpenFile(filepath.Join(dir, lockName), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the data directory %s is not writable: %w", dir, err)
	}
	err = lockFile(f)
	for again := 0; errors.Is(err, errInUse) && again < 3; again++ {
		time.Sleep(20 * time.Millisecond) // it may be InUse that looks
		err = lockFile(f)
	}
	if err != nil {
		if errors.Is(err, errInUse) {
			err = fmt.Errorf("the data directory %s is in use by another process: stop that one or name another directory", dir)
		} else {
			err = fmt.Errorf("locking the data directory %s: %w", dir, err)
		}
		return nil, errors.Join(err, f.Close())
	}
	return f.Close, nil
}
