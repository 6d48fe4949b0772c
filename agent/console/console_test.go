package console

import (
	"bytes"
	"context"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/wire"
)

func at(n int64, level wire.Level, text string) wire.Line {
	return wire.Line{N: n, UnixMS: 1795246488590, Stream: wire.Out, Level: level, Bytes: []byte(text)}
}

// printed runs a console over what queue does with it.
func printed(t *testing.T, c Config, queue func(*Console)) string {
	t.Helper()
	var out bytes.Buffer
	c.Writer, c.Zone = &out, time.UTC
	console := New(c)
	queue(console)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := console.Run(ctx); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestConsole_Line(t *testing.T) {
	stderr := at(1, wire.Error, "E: no")
	stderr.Stream = wire.Err
	for _, c := range []struct {
		name  string
		paint Paint
		line  wire.Line
		want  string
	}{
		{"no colours", Paint{}, at(1, wire.Info, "up"), "07:34:48.590 sim0001 I up\n"},
		{"no colours, coloured text", Paint{}, at(1, wire.Plain, "\x1b[31mred\x1b[0m"), "07:34:48.590 sim0001   red\n"},
		{"24 bit", Paint{Depth: Colours24Bit}, at(1, wire.Warn, "hot"), "07:34:48.590 sim0001 W \x1b[38;2;251;215;41mhot\x1b[0m\n"},
		{"256", Paint{Depth: Colours256}, at(1, wire.Warn, "hot"), "07:34:48.590 sim0001 W \x1b[38;5;220mhot\x1b[0m\n"},
		{"light", Paint{Depth: Colours24Bit, Light: true}, at(1, wire.OK, "up"), "07:34:48.590 sim0001 ✓ \x1b[38;2;11;120;101mup\x1b[0m\n"},
		{"plain has the terminal's colour", Paint{Depth: Colours24Bit}, at(1, wire.Plain, "x"), "07:34:48.590 sim0001   x\n"},
		{"its own colours are ended", Paint{Depth: Colours24Bit}, at(1, wire.Plain, "\x1b[31mred"), "07:34:48.590 sim0001   \x1b[31mred\x1b[0m\n"},
		{"stderr", Paint{}, stderr, "07:34:48.590 sim0001 err E E: no\n"},
		{"unknown level", Paint{Depth: Colours24Bit}, at(1, '?', "x"), "07:34:48.590 sim0001   x\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := printed(t, Config{Paint: c.paint}, func(console *Console) { console.Line("sim0001", c.line) })
			if got != c.want {
				t.Errorf("printed %q, want %q", got, c.want)
			}
		})
	}
}

func TestConsole_Line_disarmsControlSequences(t *testing.T) {
	for text, want := range map[string]string{
		"a\x1b[2Jb":             "ab",
		"a\x1b]0;title\x07b":    "ab",
		"a\x1b]8;;x\x1b\\b":     "ab",
		"a\x1bPq\x1b\\b":        "ab",
		"a\x1bcb":               "ab",
		"a\rb\nc\x00d\x7f":      "abcd",
		"a\u009b2Jb":            "a2Jb",
		"a\xffb":                "a\uFFFDb",
		"tab\tstays, so does ü": "tab\tstays, so does ü",
		"\x1b[?25lcursor":       "cursor",
		"unended \x1b[31":       "unended ",
		"unended \x1b]0;evil":   "unended ",
	} {
		got, _ := appendSafe(nil, []byte(text), true)
		if string(got) != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}

func TestConsole_Line_cutsLongLinesBetweenCharacters(t *testing.T) {
	text := strings.Repeat("ü", maxShown) // 2 bytes each
	got := string(Paint{}.Text(nil, wire.Plain, []byte("x"+text)))
	if want := " … and 4098 bytes more"; !strings.HasSuffix(got, want) || strings.ContainsRune(got, '\uFFFD') {
		t.Errorf("ends with %q", got[len(got)-40:])
	}
}

// stuck is a terminal that its owner has stopped.
type stuck struct {
	mu     sync.Mutex
	out    bytes.Buffer
	resume chan struct{}
}

func (s *stuck) Write(p []byte) (int, error) {
	<-s.resume
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out.Write(p)
}

func TestConsole_stoppedTerminal(t *testing.T) {
	w := &stuck{resume: make(chan struct{})}
	c := New(Config{Writer: w})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- c.Run(ctx) }()

	const lines = 100_000
	for i := range int64(lines) {
		c.Line("sim0001", at(i+1, wire.Plain, "line "+strconv.FormatInt(i+1, 10)))
	}
	close(w.resume)
	cancel()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	out := w.out.String()
	shown := strings.Count(out, " line ")
	missing := 0
	for _, m := range regexp.MustCompile(`(\d+) lines not shown`).FindAllStringSubmatch(out, -1) {
		n, _ := strconv.Atoi(m[1])
		missing += n
	}
	if missing == 0 || shown+missing != lines {
		t.Errorf("%d lines shown and %d counted as missing, of %d", shown, missing, lines)
	}
}

func TestConsole_Run_saysThatTheWriterBroke(t *testing.T) {
	r, w := io.Pipe()
	r.Close()
	c := New(Config{Writer: w})
	c.Line("sim0001", at(1, wire.Plain, "x"))
	if err := c.Run(t.Context()); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("Run ended with %v", err)
	}
}

func TestPaintOf(t *testing.T) {
	for _, c := range []struct {
		env  map[string]string
		want Paint
	}{
		{map[string]string{"TERM": "xterm-256color"}, Paint{Depth: Colours256}},
		{map[string]string{"COLORTERM": "truecolor"}, Paint{Depth: Colours24Bit}},
		{map[string]string{"COLORTERM": "truecolor", "NO_COLOR": "1"}, Paint{}},
		{map[string]string{"TERM": "dumb"}, Paint{}},
		{map[string]string{"COLORFGBG": "0;default;15"}, Paint{Depth: Colours256, Light: true}},
		{map[string]string{"COLORFGBG": "15;0"}, Paint{Depth: Colours256}},
	} {
		if got := paintOf(func(key string) string { return c.env[key] }); got != c.want {
			t.Errorf("%v gives %+v, want %+v", c.env, got, c.want)
		}
	}
}

func TestPaintFor_noTerminal(t *testing.T) {
	if got := PaintFor(&bytes.Buffer{}, func(string) string { return "truecolor" }); got != (Paint{}) {
		t.Errorf("a buffer is painted %+v", got)
	}
}

func FuzzText(f *testing.F) {
	f.Add([]byte("a\x1b[31mb\x1b]0;x\x07c\xff"), true)
	f.Fuzz(func(t *testing.T, text []byte, colours bool) {
		got, _ := appendSafe(nil, text, colours)
		rest := regexp.MustCompile("\x1b\\[[0-9;:]*m").ReplaceAll(got, nil)
		if !colours {
			rest = got
		}
		for _, r := range string(rest) {
			if r != '\t' && (r < ' ' || r >= 0x7f && r < 0xa0) {
				t.Errorf("%q became %q", text, got)
			}
		}
	})
}

func BenchmarkConsole_Line_dropped(b *testing.B) {
	c := New(Config{Writer: io.Discard})
	line := at(1, wire.Info, strings.Repeat("x", 130))
	for b.Loop() {
		c.Line("sim0001", line)
	}
}
