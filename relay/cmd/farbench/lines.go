package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"sync"
	"unicode"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
)

// lines writes a log's lines where they belong: out to stdout and err to
// stderr, byte for byte as the command wrote them, or as they are with raw.
// What is said beside them goes to stderr, and only where a person reads it.
//
// Its methods may be called by any goroutine: what watches a run speaks beside
// what reads it.
type lines struct {
	mu     sync.Mutex // guards what follows, and orders what is written
	around *surroundings
	out    *bufio.Writer
	raw    bool
	gaps   bool // gaps are told even where no person reads: only logs may, exec's stderr is the command's
	end    *api.End
	open   bool   // a line without its end stands on the terminal
	before func() // called before anything is written
}

func newLines(around *surroundings, raw bool, before func()) *lines {
	return &lines{around: around, out: bufio.NewWriterSize(around.out, 64<<10), raw: raw, before: before}
}

func (l *lines) take(raw []byte, line *api.LogLine) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.before()
	if line.End != nil {
		l.end = line.End
	}
	if l.raw {
		l.out.Write(raw)
		return l.out.WriteByte('\n')
	}
	switch {
	case line.Gap != nil && l.gaps:
		if err := l.out.Flush(); err != nil {
			return err
		}
		_, err := fmt.Fprintln(l.around.err, "farbench: "+gapText(line.Gap))
		return err
	case line.Gap != nil:
		l.say(gapText(line.Gap))
	case line.Stream == "out":
		return l.text(l.out, l.around.out, line)
	case line.Stream == "err":
		// A terminal shows both: what came before must stand before.
		if err := l.out.Flush(); err != nil {
			return err
		}
		return l.text(l.around.err, l.around.err, line)
	case line.Stream == "sys" && line.Text != nil:
		l.say(clean(*line.Text))
	}
	return nil
}

// flush shows what was written so far.
func (l *lines) flush() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.out.Flush()
}

// text writes a line's bytes, its end included where it has one.
func (l *lines) text(to io.Writer, on *terminal, line *api.LogLine) error {
	var text []byte
	switch {
	case line.B64 != nil:
		decoded, err := base64.StdEncoding.DecodeString(*line.B64)
		if err != nil {
			return fmt.Errorf("reading line %d: %w", line.N, err)
		}
		text = decoded
	case line.Text != nil:
		text = []byte(*line.Text)
	}
	if on.colours && !line.Cont && !l.open {
		text = paint(on, line.Level, text)
	}
	if !line.Cont {
		text = append(text, '\n')
	}
	l.open = line.Cont
	_, err := to.Write(text)
	return err
}

// notice says something beside the log.
func (l *lines) notice(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.say(text)
}

// waiting says that the relay is waited for, and why; nil: it is back.
func (l *lines) waiting(err error) {
	if err == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.before()
	l.say("waiting for the relay: " + clean(err.Error()))
}

func (l *lines) say(text string) {
	if !l.around.err.interactive {
		return
	}
	l.out.Flush()
	if l.open {
		io.WriteString(l.around.err, "\n")
		l.open = false
	}
	fmt.Fprintln(l.around.err, l.around.err.paint(dim, "· "+text))
}

func gapText(gap *api.Gap) string {
	if gap.To == nil {
		return fmt.Sprintf("lines from %d on are missing: %s", gap.From, clean(gap.Reason))
	}
	return fmt.Sprintf("lines %d to %d are missing: %s", gap.From, *gap.To, clean(gap.Reason))
}

var levels = map[string]wire.Level{"ok": wire.OK, "debug": wire.Debug, "info": wire.Info, "warn": wire.Warn, "error": wire.Error, "fatal": wire.Fatal}

// maxPainted is the longest line that is painted; the console would cut it.
const maxPainted = 4 << 10

// paint gives a line its level's colours. A line that says itself how it wants
// to look, or that is no short text, stays as it is.
func paint(on *terminal, level string, text []byte) []byte {
	known, marked := levels[level]
	own := bytes.ContainsFunc(text, func(r rune) bool { return r != '\t' && unicode.IsControl(r) })
	if !marked || own || len(text) > maxPainted {
		return text
	}
	return on.lines.Text(nil, known, text)
}

// exitCode is what a run's end means to whoever called exec.
func exitCode(end *api.End) int {
	switch end.Outcome {
	case wire.Exited:
		// An exit code that no process has would reach the shell as another one:
		// 256 as 0, which is success.
		if end.ExitCode != nil && *end.ExitCode >= 0 && *end.ExitCode <= 255 {
			return *end.ExitCode
		}
	case wire.TimedOut:
		return exitTimedOut
	case wire.Refused:
		return exitRefused
	case wire.Cancelled:
		return exitCancelled
	}
	return exitLost
}
