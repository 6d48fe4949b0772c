package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/farbench/farbench/agent/wire"
)

// event is a line of --json of push, pull and install.
type event struct {
	Event  string      `json:"event"` // progress, file, skipped, end
	Path   string      `json:"path,omitempty"`
	Reason string      `json:"reason,omitempty"`
	SHA256 string      `json:"sha256,omitempty"`
	Bytes  int64       `json:"bytes,omitempty"`
	Total  int64       `json:"total,omitempty"`
	Files  int         `json:"files,omitempty"`
	Of     int         `json:"of,omitempty"`
	Moved  *wire.Moved `json:"moved,omitempty"`
	Fault  *wire.Fault `json:"fault,omitempty"`
}

// showing tells how a transfer goes: events as JSON, or a line that moves on a
// terminal and what remains when it is done. One goroutine speaks at a time.
type showing struct {
	around *surroundings
	isJSON bool
	before func() // called before anything is shown

	what  string
	began time.Time
	drawn time.Time
	line  bool // the moving line stands there
	now   event
}

// drawEvery is how often the moving line moves.
const drawEvery = 100 * time.Millisecond

func (s *showing) begin(what string, total int64, of int) {
	s.before()
	s.what, s.began, s.drawn = what, time.Now(), time.Time{}
	s.now = event{Event: "progress", Total: total, Of: of}
}

func (s *showing) expect(total int64, of int) { s.now.Total, s.now.Of = total, of }

func (s *showing) progress(bytes int64, files int) {
	s.now.Bytes, s.now.Files = bytes, files
	if time.Since(s.drawn) < drawEvery {
		return
	}
	s.drawn = time.Now()
	switch {
	case s.isJSON:
		_ = printJSON(s.around.out, s.now) // whoever reads it and left: the end says so
	case s.around.err.interactive:
		s.line = true
		fmt.Fprintf(s.around.err, "\r%s\x1b[K", cut(s.words(), max(20, s.around.err.columns-1)))
	}
}

// words is the moving line.
func (s *showing) words() string {
	took := time.Since(s.began).Seconds()
	words := fmt.Sprintf("%s  %s", clean(s.what), size(s.now.Bytes))
	if s.now.Total > 0 {
		part := min(1, float64(s.now.Bytes)/float64(s.now.Total))
		const width = 20
		full := int(part * width)
		words = fmt.Sprintf("%s  %s%s %3.0f %%  %s of %s", clean(s.what), strings.Repeat("█", full), strings.Repeat("░", width-full), 100*part, size(s.now.Bytes), size(s.now.Total))
	}
	if s.now.Of > 1 {
		words += fmt.Sprintf("  file %d of %d", min(s.now.Files+1, s.now.Of), s.now.Of)
	}
	if took > 0.5 {
		words += fmt.Sprintf("  %s/s", size(int64(float64(s.now.Bytes)/took)))
	}
	return words
}

// clear takes the moving line away.
func (s *showing) clear() {
	s.before()
	if s.line {
		fmt.Fprint(s.around.err, "\r\x1b[K")
		s.line = false
	}
}

func (s *showing) file(path string, bytes int64, sum string) {
	switch {
	case s.isJSON:
		_ = printJSON(s.around.out, event{Event: "file", Path: path, Bytes: bytes, SHA256: sum})
	case sum != "":
		s.clear()
		fmt.Fprintf(s.around.out, "%s  %s\n", sum, clean(path))
	}
}

func (s *showing) skipped(path, reason string) {
	s.clear()
	if s.isJSON {
		_ = printJSON(s.around.out, event{Event: "skipped", Path: path, Reason: reason})
		return
	}
	fmt.Fprintf(s.around.err, "farbench: left out %s: %s\n", clean(path), clean(reason))
}

// end says what was moved.
func (s *showing) end(m *wire.Moved) error {
	s.clear()
	if s.isJSON {
		return printJSON(s.around.out, event{Event: "end", Moved: m})
	}
	if more := m.Left - len(m.Skipped); more > 0 {
		fmt.Fprintf(s.around.err, "farbench: left out %d more\n", more)
	}
	if !s.around.err.interactive {
		return nil
	}
	files := fmt.Sprintf("%d files", m.Files)
	if m.Files == 1 {
		files = "1 file"
	}
	took, what := time.Since(s.began).Seconds(), m.To
	if what == "" {
		what = s.what
	}
	_, err := fmt.Fprintf(s.around.err, "%s: %s, %s in %.1f s (%s/s)\n", clean(what), files, size(m.Bytes), took, size(int64(float64(m.Bytes)/max(took, 1e-3))))
	return err
}

// size tells bytes as people do.
func size(n int64) string {
	switch {
	case n < 1e3:
		return fmt.Sprintf("%d B", n)
	case n < 1e6:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	case n < 1e9:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	}
	return fmt.Sprintf("%.2f GB", float64(n)/1e9)
}
