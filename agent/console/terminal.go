package console

import (
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// PaintFor chooses how to paint on w: no colours where w is no terminal, where
// NO_COLOR is set, or where the terminal says that it is dumb.
func PaintFor(w io.Writer, getenv func(string) string) Paint {
	file, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return Paint{}
	}
	p := paintOf(getenv)
	if p.Depth != NoColour && !understandsColours(file) {
		return Paint{}
	}
	return p
}

// paintOf chooses by the environment of a terminal.
func paintOf(getenv func(string) string) Paint {
	if getenv("NO_COLOR") != "" || getenv("TERM") == "dumb" {
		return Paint{}
	}
	p := Paint{Depth: Colours256, Light: lightGround(getenv("COLORFGBG"))}
	if c := getenv("COLORTERM"); c == "truecolor" || c == "24bit" || getenv("WT_SESSION") != "" {
		p.Depth = Colours24Bit
	}
	return p
}

// lightGround reads COLORFGBG ("15;0", "0;default;15"), the one place where a
// terminal tells of its ground without being asked.
func lightGround(value string) bool {
	ground := value[strings.LastIndexByte(value, ';')+1:]
	return ground == "7" || ground == "15"
}
