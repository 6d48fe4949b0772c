package adb

import (
	"testing"
)

func plainly(stream string, cuts ...int) (out string, exit int) {
	p := plainShell{mark: []byte("mark:")}
	exit = -1
	emit := func(id Packet, data []byte) {
		if id == Exit {
			exit = int(data[0])
		} else {
			out += string(data)
		}
	}
	at := 0
	for _, cut := range append(cuts, len(stream)) {
		p.feed([]byte(stream[at:cut]), emit)
		at = cut
	}
	p.end(emit)
	return out, exit
}

func TestPlainShell_cutAtEveryByte(t *testing.T) {
	for stream, want := range map[string]struct {
		out  string
		exit int
	}{
		"out\nmark:7\n":        {"out\n", 7},
		"ma mmmark:255\r\n":    {"ma mm", 255},
		"no end mar":           {"no end mar", -1},
		"mark:":                {"", -1},
		"mark:12":              {"", -1},
		"mark:256\n":           {"", -1},
		"mark:-1\n":            {"", -1},
		"mark:0\nmark:1\nmore": {"", 0},
	} {
		for i := range len(stream) + 1 {
			for j := i; j <= len(stream); j++ {
				if out, exit := plainly(stream, i, j); out != want.out || exit != want.exit {
					t.Fatalf("%q cut at %d and %d: %q, %d", stream, i, j, out, exit)
				}
			}
		}
	}
}

func FuzzPlainShell(f *testing.F) {
	f.Add("out\nmark:7\n", 5)
	f.Add("marmark:0\n", 3)
	f.Add("mark:000000\n", 11)
	f.Fuzz(func(t *testing.T, stream string, cut int) {
		cut = min(max(cut, 0), len(stream))
		out, exit := plainly(stream)
		if o, e := plainly(stream, cut); o != out || e != exit {
			t.Errorf("%q, %d; cut at %d %q, %d", out, exit, cut, o, e)
		}
	})
}
