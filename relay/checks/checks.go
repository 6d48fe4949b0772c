// Package checks says what a lab's document of checks and saved commands may
// hold, and judges a run by the check that started it: one judge for the
// dashboard and the command line. It is pure, but for the clock that bounds how
// long a run is judged: it knows neither where documents are kept nor how lines
// arrive.
package checks

import (
	"strings"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
)

// Copy is what a run keeps of the check that started it.
func Copy(c api.Check) *wire.RunCheck {
	return &wire.RunCheck{ID: c.ID, Label: c.Label, Pattern: c.Pattern, Expect: c.Expect}
}

// Fits says whether a check is meant for a device of this model.
func Fits(c api.Check, model string) bool {
	for _, glob := range c.Models {
		if like(strings.ToLower(glob), strings.ToLower(model)) {
			return true
		}
	}
	return len(c.Models) == 0
}

// like compares with a glob: * stands for anything, ? for one character.
func like(glob, text string) bool {
	star, mark := -1, 0
	g, t := []rune(glob), []rune(text)
	i := 0
	for k := 0; k < len(t); {
		switch {
		case i < len(g) && g[i] == '*':
			star, mark = i, k
			i++
		case i < len(g) && (g[i] == '?' || g[i] == t[k]):
			i++
			k++
		case star >= 0:
			mark++
			i, k = star+1, mark
		default:
			return false
		}
	}
	for i < len(g) && g[i] == '*' {
		i++
	}
	return i == len(g)
}
