package wire_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/farbench/farbench/agent/wire"
)

// The same files are read by the dashboard's tests: both sides mean one thing.
var golden = map[string][]wire.Line{
	"plain.json": {
		{N: 1, UnixMS: 1795246488586, Stream: wire.Out, Level: wire.Plain, Bytes: []byte("starting")},
		{N: 2, UnixMS: 1795246488586, Stream: wire.Out, Level: wire.Plain, Bytes: []byte{}},
		{N: 3, UnixMS: 1795246488590, Stream: wire.Sys, Level: wire.System, Bytes: []byte("grüße → 終")},
	},
	"levels.json": {
		{N: 4, UnixMS: 1795246488600, Stream: wire.Out, Level: wire.Plain, Bytes: []byte("plain")},
		{N: 5, UnixMS: 1795246488600, Stream: wire.Out, Level: wire.OK, Bytes: []byte("PASS")},
		{N: 6, UnixMS: 1795246488600, Stream: wire.Out, Level: wire.Debug, Bytes: []byte("D/x: d")},
		{N: 7, UnixMS: 1795246488600, Stream: wire.Err, Level: wire.Info, Bytes: []byte("I/x: i")},
		{N: 8, UnixMS: 1795246488600, Stream: wire.Err, Level: wire.Warn, Bytes: []byte("W/x: w")},
		{N: 9, UnixMS: 1795246488600, Stream: wire.Err, Level: wire.Error, Bytes: []byte("E/x: e")},
		{N: 10, UnixMS: 1795246488600, Stream: wire.Out, Level: wire.Fatal, Bytes: []byte("F/x: f")},
		{N: 11, UnixMS: 1795246488600, Stream: wire.Sys, Level: wire.System, Bytes: []byte("run accepted")},
	},
	"b64.json": {
		{N: 12, UnixMS: 1795246488601, Stream: wire.Out, Level: wire.Plain, Bytes: []byte("a")},
		{N: 13, UnixMS: 1795246488601, Stream: wire.Err, Level: wire.Plain, Bytes: []byte{0xff}},
		{N: 14, UnixMS: 1795246488601, Stream: wire.Out, Level: wire.Plain, Bytes: []byte{0, 0xff, 'A'}},
	},
	"cont.json": {
		{N: 15, UnixMS: 1795246488602, Stream: wire.Out, Level: wire.Plain, Bytes: []byte("part one "), Cont: true},
		{N: 16, UnixMS: 1795246488603, Stream: wire.Err, Level: wire.Error, Bytes: []byte("err line")},
		{N: 17, UnixMS: 1795246488603, Stream: wire.Out, Level: wire.Plain, Bytes: []byte("part two")},
		{N: 18, UnixMS: 1795246488604, Stream: wire.Err, Level: wire.Plain, Bytes: []byte("no line end"), Cont: true},
	},
	"gap.json":         nil,
	"gap-unknown.json": nil,
}

func TestBlock_Golden(t *testing.T) {
	files, err := filepath.Glob("testdata/blocks/*.json")
	if err != nil || len(files) != len(golden) {
		t.Fatalf("%d golden blocks for %d expectations (%v)", len(files), len(golden), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var block wire.Block
			if err := json.Unmarshal(text, &block); err != nil {
				t.Fatal(err)
			}
			if err := block.Check(); err != nil {
				t.Fatalf("checking it: %v", err)
			}
			var lines []wire.Line
			for line := range block.Lines {
				lines = append(lines, line)
			}
			if want := golden[filepath.Base(file)]; !reflect.DeepEqual(lines, want) {
				t.Fatalf("lines are\n%+v, want\n%+v", lines, want)
			}
		})
	}
}
