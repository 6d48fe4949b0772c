// Package danger says which commands of a device's shell look destructive, so
// that people are asked before they are run. It is a help against slips and no
// lock: who means harm finds a way around it. So it reads what would run, and
// neither words inside a string nor names that merely resemble one.
//
// Relay and agent ask alike, of commands, acts and files (asked.go).
//
// It runs nothing and knows neither devices nor who asks. The dashboard judges
// alike (ui/src/features/workspace/danger) to ask at once; both read the same
// cases in testdata.
package danger

// Danger is what a command would do.
type Danger struct {
	Does string // what the button says
	Text string // what happens
	// Leaves says that the device leaves the bench, so that what runs there is lost.
	Leaves bool
}

// deepest is how far scripts in scripts are followed: sh -c "sh -c …".
const deepest = 6

// Of is the first destructive-looking thing that a script would do; nil: there
// is none.
func Of(script string) *Danger { return of(script, 0) }

func of(script string, depth int) *Danger {
	if depth > deepest {
		return nil
	}
	if unreadable(script) {
		return &Danger{Does: "Run it", Text: "It is too long or too deeply nested to be looked through."}
	}
	for _, c := range calls(script) {
		for _, path := range c.into {
			if isRawDevice(path) {
				return overwrites(path)
			}
		}
		if d := ofWords(c.argv, c.fed, depth); d != nil {
			return d
		}
	}
	return nil
}
