// Package adbserver finds the adb of a bench's PC and, where the agent is to
// have an adb server of its own, keeps one running. It never kills a server
// that it did not start.
package adbserver

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// Program is the PC's adb.
type Program struct {
	Path    string
	Version string // of the platform tools: "29.0.6-debian"
}

// Find looks for adb: at the path that was configured, which then has to hold
// one, else in PATH, else in ANDROID_HOME.
func Find(ctx context.Context, configured string) (Program, error) {
	path, err := look(configured, os.Getenv)
	if err != nil {
		return Program{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	said, err := exec.CommandContext(ctx, path, "version").Output()
	if err != nil {
		return Program{}, fmt.Errorf("asking %s for its version: %w: is it Android's adb?", path, err)
	}
	version, ok := parseVersion(string(said))
	if !ok {
		return Program{}, fmt.Errorf("asking %s for its version: it says %.100q: is it Android's adb?", path, said)
	}
	return Program{path, version}, nil
}

func look(configured string, getenv func(string) string) (string, error) {
	if configured != "" {
		path, err := exec.LookPath(configured)
		if err != nil {
			return "", fmt.Errorf("no adb at the path that was given: %w", err)
		}
		return path, nil
	}
	if path, err := exec.LookPath("adb"); err == nil {
		return path, nil
	}
	name := "adb"
	if runtime.GOOS == "windows" {
		name = "adb.exe"
	}
	for _, home := range []string{"ANDROID_HOME", "ANDROID_SDK_ROOT"} {
		if dir := getenv(home); dir != "" {
			if path, err := exec.LookPath(filepath.Join(dir, "platform-tools", name)); err == nil {
				return path, nil
			}
		}
	}
	return "", errors.New("no adb in PATH nor in ANDROID_HOME: install Android's platform tools, or give its path with FARBENCH_ADB_PATH")
}

// parseVersion reads what `adb version` says: the protocol's version on the
// first line, the tools' on the second, which old ones do not have.
func parseVersion(said string) (version string, ok bool) {
	for line := range strings.Lines(said) {
		line = strings.TrimSpace(line)
		if protocol, is := strings.CutPrefix(line, "Android Debug Bridge version "); is {
			version, ok = protocol, true
		}
		if tools, is := strings.CutPrefix(line, "Version "); is && ok {
			version = tools
			break
		}
	}
	if len(version) > 64 {
		version = strings.ToValidUTF8(version[:64], "")
	}
	return version, ok
}
