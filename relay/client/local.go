package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/farbench/farbench/agent/wire"
)

// Local is what a local mode leaves for the CLI of the same user: where it
// listens and in which file its token lies.
type Local struct {
	URL       string `json:"url"`
	TokenFile string `json:"token_file"`
	PID       int    `json:"pid"`
}

// StateDir is where this user's programs keep what they may lose only with
// regret: local mode's data among it.
func StateDir() (string, error) {
	if dir := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "farbench"), nil
	}
	if runtime.GOOS == "windows" {
		if dir := os.Getenv("LocalAppData"); dir != "" {
			return filepath.Join(dir, "Farbench"), nil
		}
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("finding the user's state directory: %w", err)
	}
	if runtime.GOOS == "darwin" {
		return filepath.Join(home, "Library", "Application Support", "farbench"), nil
	}
	return filepath.Join(home, ".local", "state", "farbench"), nil
}

func localFile() (string, error) {
	dir, err := StateDir()
	return filepath.Join(dir, "local.json"), err
}

// Announce leaves a local mode's address where Find looks. The last one
// announced is found.
func Announce(local Local) error {
	file, err := localFile()
	if err != nil {
		return err
	}
	text, err := json.Marshal(local)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return fmt.Errorf("announcing local mode: %w", err)
	}
	// Renamed into place, so that nobody reads half of it.
	fresh := fmt.Sprintf("%s.%d", file, local.PID)
	if err := os.WriteFile(fresh, text, 0o600); err != nil {
		return fmt.Errorf("announcing local mode: %w", err)
	}
	if err := os.Rename(fresh, file); err != nil {
		return fmt.Errorf("announcing local mode: %w", err)
	}
	return nil
}

// Withdraw takes back what Announce left, unless another local mode has been
// announced since.
func Withdraw(local Local) error {
	if found, err := readLocal(); err != nil || found != local {
		return nil
	}
	file, err := localFile()
	if err != nil {
		return err
	}
	return os.Remove(file)
}

func readLocal() (Local, error) {
	file, err := localFile()
	if err != nil {
		return Local{}, err
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return Local{}, err
	}
	var local Local
	if err := json.Unmarshal(text, &local); err != nil {
		return Local{}, fmt.Errorf("reading %s: %w", file, err)
	}
	return local, nil
}

// Find says which relay to ask and as whom: the relay named, else this user's
// local mode, else where they signed in; as who they signed in there, unless
// they say a name. The local mode's token goes to no other address.
func Find(address, token, name string) (Config, error) {
	kept, isKept := ReadKept()
	signed := Config{URL: kept.URL, Cookie: kept.Cookie}
	if isKept && name == "" && strings.TrimSuffix(address, "/") == kept.URL {
		return signed, nil
	}
	found, err := find(address, token)
	switch {
	case isKept && name == "" && (err == nil && found.URL == kept.URL || err != nil && address == ""):
		return signed, nil
	case err != nil:
		return Config{}, err
	}
	found.Name = name
	return found, nil
}

func find(address, token string) (Config, error) {
	if address != "" {
		if token == "" {
			return Config{}, &wire.Fault{Code: wire.Unauthorized, Message: "no token for " + address, Hint: "set FARBENCH_TOKEN"}
		}
		return Config{URL: address, Token: token}, nil
	}
	local, err := readLocal()
	if errors.Is(err, fs.ErrNotExist) {
		return Config{}, &wire.Fault{
			Code: wire.Unavailable, Message: "no relay is named and no local mode runs",
			Hint: "start one with farbench-local, or set FARBENCH_URL and FARBENCH_TOKEN",
		}
	}
	if err != nil {
		return Config{}, err
	}
	if token == "" {
		text, err := os.ReadFile(local.TokenFile)
		if err != nil {
			return Config{}, fmt.Errorf("reading local mode's token: %w", err)
		}
		token = strings.TrimSpace(string(text))
	}
	return Config{URL: local.URL, Token: token}, nil
}
