package main

import (
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/term"

	"github.com/farbench/farbench/agent/console"
)

// terminal is stdout or stderr, and whether a person reads it.
type terminal struct {
	io.Writer
	interactive bool
	lines       console.Paint // of lines by their level; as on the bench's own console
	colours     bool
	columns     int
}

func newTerminal(file *os.File) *terminal {
	t := &terminal{Writer: file, interactive: term.IsTerminal(int(file.Fd())), columns: 120}
	t.lines = console.PaintFor(file, os.Getenv)
	t.colours = t.lines.Depth != console.NoColour
	if t.interactive {
		if width, _, err := term.GetSize(int(file.Fd())); err == nil && width > 0 {
			t.columns = width
		}
	}
	return t
}

// paint wraps text in a colour where there are colours.
func (t *terminal) paint(colour, text string) string {
	if !t.colours || colour == "" {
		return text
	}
	return "\x1b[" + colour + "m" + text + "\x1b[0m"
}

const (
	dim    = "2"
	red    = "31"
	green  = "32"
	yellow = "33"
	cyan   = "36"
)

// spinner turns on a terminal until there is something better to show. It says
// nothing where nobody looks.
type spinner struct {
	on   *terminal
	stop func()
}

func spin(on *terminal, text string) *spinner {
	s := &spinner{on: on, stop: func() {}}
	if !on.interactive {
		return s
	}
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		s.turn(text, quit)
	}()
	s.stop = sync.OnceFunc(func() {
		close(quit)
		<-done
	})
	return s
}

func (s *spinner) turn(text string, quit <-chan struct{}) {
	// What is done at once needs no spinner.
	first := time.After(300 * time.Millisecond)
	select {
	case <-first:
	case <-quit:
		return
	}
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		for _, turn := range "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏" {
			io.WriteString(s.on, "\r"+s.on.paint(cyan, string(turn))+" "+s.on.paint(dim, text))
			select {
			case <-tick.C:
			case <-quit:
				io.WriteString(s.on, "\r\x1b[K")
				return
			}
		}
	}
}
