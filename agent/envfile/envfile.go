// Package envfile reads a program's settings from a file of KEY=VALUE lines,
// as service managers and compose files write them. It knows no setting.
package envfile

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Read reads every line: empty ones and those that begin with # are passed
// over, and quotes around a value are taken off. Its error lists every mistake
// by name and line; a key that is not known is one, unless known is nil.
func Read(name string, r io.Reader, known []string) (map[string]string, error) {
	values := map[string]string{}
	var mistakes []error
	wrong := func(format string, args ...any) { mistakes = append(mistakes, fmt.Errorf(format, args...)) }
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		key, value, found := strings.Cut(line, "=")
		key = strings.TrimSpace(key)
		switch {
		case !found:
			wrong("%s:%d is not KEY=VALUE", name, n)
		case known != nil && !slices.Contains(known, key):
			wrong("%s:%d: %s is no setting", name, n, key)
		default:
			values[key] = unquoted(strings.TrimSpace(value))
		}
	}
	if err := lines.Err(); err != nil {
		wrong("reading %s: %w", name, err)
	}
	return values, errors.Join(mistakes...)
}

func unquoted(value string) string {
	if last := len(value) - 1; last > 0 && (value[0] == '"' || value[0] == '\'') && value[last] == value[0] {
		return value[1:last]
	}
	return value
}
