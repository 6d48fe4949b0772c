package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// data is the directory that outlives the process.
type data struct {
	dir   string
	token string
}

// openData makes the directory where it is missing, and its token once:
// readable by its owner only.
func openData(dir string) (data, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return data{}, fmt.Errorf("data directory: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return data{}, unusable(dir, err)
	}
	d := data{dir: dir}
	file, err := os.OpenFile(d.tokenFile(), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return d.readToken()
	}
	if err != nil {
		return data{}, unusable(dir, err)
	}
	d.token = rand.Text()
	_, err = file.WriteString(d.token + "\n")
	if err := errors.Join(err, file.Close()); err != nil {
		return data{}, unusable(dir, err)
	}
	return d, nil
}

func (d data) readToken() (data, error) {
	text, err := os.ReadFile(d.tokenFile())
	if err != nil {
		return data{}, unusable(d.dir, err)
	}
	if d.token = strings.TrimSpace(string(text)); d.token == "" {
		return data{}, fmt.Errorf("%s is empty: remove it, and a new token is made", d.tokenFile())
	}
	// It may have been copied here by someone less careful.
	if err := os.Chmod(d.tokenFile(), 0o600); err != nil {
		return data{}, unusable(d.dir, err)
	}
	return d, nil
}

func (d data) tokenFile() string { return filepath.Join(d.dir, "token") }
func (d data) brokerDir() string { return filepath.Join(d.dir, "broker") }
func (d data) agentDir() string  { return filepath.Join(d.dir, "agent") }

func unusable(dir string, err error) error {
	return fmt.Errorf("data directory %s cannot be used: %w; name another with --data", dir, err)
}
