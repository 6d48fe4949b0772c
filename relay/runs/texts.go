package runs

import "strings"

// Whole commands are kept for history and search: each once, up to keptCommand
// bytes of each and keptInAll of all. What is beyond is kept cut, as in lists.
const (
	keptCommand = 4 << 10
	keptInAll   = 64 << 20
)

// texts holds commands by their hash, with the number of runs that have them.
type texts struct {
	byHash map[string]*text
	bytes  int
}

type text struct {
	command, lower string // often the same string
	runs           int
}

func (t *texts) keep(hash, command string) *text {
	if known := t.byHash[hash]; known != nil {
		if known.command != command {
			return nil // a claim with a hash that is not its command's
		}
		known.runs++
		return known
	}
	if len(command) > keptCommand || t.bytes+len(command) > keptInAll {
		return nil
	}
	kept := &text{command, strings.ToLower(command), 1}
	t.byHash[hash] = kept
	t.bytes += len(command)
	return kept
}

func (t *texts) drop(hash string, kept *text) {
	if kept == nil {
		return
	}
	if kept.runs--; kept.runs == 0 {
		delete(t.byHash, hash)
		t.bytes -= len(kept.command)
	}
}
