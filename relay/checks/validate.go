package checks

import (
	"fmt"
	"math"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
)

// Bounds of a document.
const (
	MaxChecks   = 200
	MaxCommands = 500
	maxLabel    = 80 // characters
	maxModels   = 32
	maxModel    = 64
	maxExpect   = 1 << 10
	MaxTimeoutS = 86400 // a day, which the agent holds too
)

var idPattern = regexp.MustCompile(`^[a-z0-9-]{1,32}$`)

// Mistakes lists everything that is wrong with a document, each with its place.
func Mistakes(doc api.Checks) []api.Mistake {
	w := &wrong{}
	if len(doc.Checks) > MaxChecks {
		w.add("checks", "has %d checks, at most %d are allowed", len(doc.Checks), MaxChecks)
	}
	if len(doc.Commands) > MaxCommands {
		w.add("commands", "has %d commands, at most %d are allowed", len(doc.Commands), MaxCommands)
	}
	ids := map[string]string{}
	for i, c := range doc.Checks[:min(len(doc.Checks), MaxChecks)] {
		at := fmt.Sprintf("checks[%d]", i)
		w.entry(at, c.ID, c.Label, c.Command, ids)
		w.check(at, c)
	}
	ids = map[string]string{}
	for i, c := range doc.Commands[:min(len(doc.Commands), MaxCommands)] {
		w.entry(fmt.Sprintf("commands[%d]", i), c.ID, c.Label, c.Command, ids)
	}
	return w.all
}

type wrong struct{ all []api.Mistake }

func (w *wrong) add(place, format string, args ...any) {
	w.all = append(w.all, api.Mistake{Place: place, Message: fmt.Sprintf(format, args...)})
}

// entry looks at what checks and commands have in common.
func (w *wrong) entry(at, id, label, command string, ids map[string]string) {
	if before, taken := ids[id]; !idPattern.MatchString(id) {
		w.add(at+".id", "%.64q must be 1 to 32 of a-z, 0-9 and -", id)
	} else if taken {
		w.add(at+".id", "%q is the id of %s already", id, before)
	} else {
		ids[id] = at
	}
	switch n := utf8.RuneCountInString(label); {
	case strings.TrimSpace(label) == "":
		w.add(at+".label", "is empty: it is what people read")
	case n > maxLabel:
		w.add(at+".label", "has %d characters, at most %d are allowed", n, maxLabel)
	}
	switch {
	case strings.TrimSpace(command) == "":
		w.add(at+".command", "is empty")
	case len(command) > wire.MaxCommand:
		w.add(at+".command", "has %d bytes, at most %d are allowed", len(command), wire.MaxCommand)
	case strings.ContainsRune(command, 0):
		w.add(at+".command", "holds a NUL character")
	}
}

func (w *wrong) check(at string, c api.Check) {
	if c.Pattern != "" {
		if _, err := compilePattern(c.Pattern); err != nil {
			w.add(at+".pattern", "%s", err)
		}
	}
	w.expect(at+".expect", c)
	if len(c.Models) > maxModels {
		w.add(at+".models", "has %d models, at most %d are allowed", len(c.Models), maxModels)
	}
	for i, model := range c.Models[:min(len(c.Models), maxModels)] {
		if model == "" || len(model) > maxModel {
			w.add(fmt.Sprintf("%s.models[%d]", at, i), "must have 1 to %d bytes; * stands for anything, ? for one character", maxModel)
		}
	}
	if c.TimeoutS < 0 || c.TimeoutS > MaxTimeoutS {
		w.add(at+".timeout_s", "is %d, it must be 1 to %d, or missing", c.TimeoutS, MaxTimeoutS)
	}
}

func (w *wrong) expect(at string, c api.Check) {
	e := c.Expect
	set := 0
	for _, is := range []bool{e.Is != nil, e.Not != nil, e.Below != nil, e.Above != nil, e.Matches != nil} {
		if is {
			set++
		}
	}
	switch {
	case set > 1:
		w.add(at, "holds %d conditions: use one of is, not, below, above and matches, or none", set)
	case set == 1 && c.Pattern == "":
		w.add(at, "needs a pattern that finds the value; without one the exit code decides")
	}
	w.text(at+".is", e.Is)
	w.text(at+".not", e.Not)
	w.number(at+".below", e.Below)
	w.number(at+".above", e.Above)
	if e.Matches != nil {
		if _, err := compile(*e.Matches); err != nil {
			w.add(at+".matches", "%s", err)
		}
	}
}

func (w *wrong) text(at string, text *string) {
	if text != nil && len(*text) > maxExpect {
		w.add(at, "has %d bytes, at most %d are allowed", len(*text), maxExpect)
	}
}

func (w *wrong) number(at string, n *float64) {
	if n != nil && (math.IsNaN(*n) || math.IsInf(*n, 0)) {
		w.add(at, "is no number")
	}
}
