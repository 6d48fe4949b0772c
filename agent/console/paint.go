package console

import (
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/farbench/farbench/agent/wire"
)

// maxShown is how much of a line the console shows.
const maxShown = 4 << 10

// Depth is how many colours a terminal has.
type Depth int

const (
	NoColour Depth = iota
	Colours256
	Colours24Bit
)

// Paint is how lines look. The zero Paint has no colours.
type Paint struct {
	Depth Depth
	Light bool // the terminal's ground is light
}

// colour is one level's look: the sign in front of its lines, and SGR
// parameters by ground and depth. The colours are the browser's.
type colour struct {
	glyph             string
	dark24, dark256   string
	light24, light256 string
}

var colours = map[wire.Level]colour{
	wire.Plain:  {glyph: " "},
	wire.OK:     {"✓", "38;2;136;246;180", "38;5;121", "38;2;11;120;101", "38;5;29"},
	wire.Info:   {"I", "38;2;93;132;251", "38;5;69", "38;2;7;42;184", "38;5;19"},
	wire.Debug:  {"D", "38;2;169;169;180", "38;5;248", "38;2;91;91;102", "38;5;59"},
	wire.Warn:   {"W", "38;2;251;215;41", "38;5;220", "38;2;154;89;0", "38;5;94"},
	wire.Error:  {"E", "38;2;240;88;67", "38;5;203", "38;2;126;0;28", "38;5;88"},
	wire.Fatal:  {"F", "38;2;27;0;0;48;2;255;138;128", "38;5;232;48;5;210", "38;2;255;255;255;48;2;160;22;22", "38;5;231;48;5;124"},
	wire.System: {"•", "38;2;209;112;170", "38;5;169", "38;2;68;21;110", "38;5;53"},
}

// Text puts text at dst's end in the colours of its level. What could move the
// cursor, change the terminal or forge a line is taken out; the text's own
// colours stay where the terminal has colours.
func (p Paint) Text(dst []byte, level wire.Level, text []byte) []byte {
	sgr := p.sgr(level)
	if sgr != "" {
		dst = append(append(append(dst, "\x1b["...), sgr...), 'm')
	}
	shown := text
	if len(shown) > maxShown {
		shown = shown[:maxShown]
		for len(shown) > 0 && !utf8.RuneStart(text[len(shown)]) {
			shown = shown[:len(shown)-1]
		}
	}
	dst, coloured := appendSafe(dst, shown, p.Depth != NoColour)
	if len(shown) < len(text) {
		dst = fmt.Appendf(dst, " … and %d bytes more", len(text)-len(shown))
	}
	if sgr != "" || coloured {
		dst = append(dst, "\x1b[0m"...)
	}
	return dst
}

// Glyph is the sign of a level.
func Glyph(level wire.Level) string { return colours[level].glyph }

func (p Paint) sgr(level wire.Level) string {
	c := colours[level]
	switch {
	case p.Depth == Colours24Bit && p.Light:
		return c.light24
	case p.Depth == Colours24Bit:
		return c.dark24
	case p.Depth == Colours256 && p.Light:
		return c.light256
	case p.Depth == Colours256:
		return c.dark256
	}
	return ""
}

// line puts "08:00:00.123 device I text" and a line end at dst's end.
func (p Paint) line(dst []byte, zone *time.Location, device string, l wire.Line) []byte {
	dst = time.UnixMilli(l.UnixMS).In(zone).AppendFormat(dst, "15:04:05.000 ")
	if device != "" {
		dst = append(append(dst, device...), ' ')
	}
	if l.Stream == wire.Err {
		dst = append(dst, "err "...)
	}
	glyph := Glyph(l.Level)
	if glyph == "" {
		glyph = " "
	}
	dst = append(append(dst, glyph...), ' ')
	dst = p.Text(dst, l.Level, l.Bytes)
	return append(dst, '\n')
}
