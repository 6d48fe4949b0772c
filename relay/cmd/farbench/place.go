package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/farbench/farbench/relay/client"
)

// place is BENCH/DEVICE:REMOTE, a path on a device.
type place struct{ target, path string }

// placeOf reads one. A device may be named by a serial that holds a colon; the
// path begins with a slash, so the two part at the first ":/".
func placeOf(word string) (place, error) {
	at := strings.Index(word, ":/")
	switch {
	case at <= 0:
		return place{}, &usageError{fmt.Sprintf("%q names no path on a device", word), "write it as BENCH/DEVICE:/data/local/tmp/file"}
	case !utf8.ValidString(word) || strings.IndexByte(word, 0) >= 0:
		return place{}, &usageError{fmt.Sprintf("%q is no valid UTF-8", word), "rename it on the device first"}
	}
	return place{word[:at], word[at+1:]}, nil
}

// isPlaceWord says whether a word is a place on a device rather than a path of
// this PC.
func isPlaceWord(word string) bool {
	_, err := placeOf(word)
	return err == nil && filepath.VolumeName(word) == ""
}

// find says which bench and device a target is.
func (around *surroundings) find(ctx context.Context, relay *client.Client, target string) (bench, device string, err error) {
	benches, err := relay.Benches(ctx)
	if err != nil {
		return "", "", fmt.Errorf("looking for %s: %w", target, err)
	}
	return resolve(benches.Benches, target)
}
