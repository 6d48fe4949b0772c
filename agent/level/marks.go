package level

import (
	"bytes"

	"github.com/farbench/farbench/agent/wire"
)

// letters are logcat's priorities; assert counts as fatal.
var letters = [256]wire.Level{
	'V': wire.Debug, 'D': wire.Debug, 'I': wire.Info, 'W': wire.Warn,
	'E': wire.Error, 'F': wire.Fatal, 'A': wire.Fatal,
}

// marks are the words that mark a line, upper case and at most longestMark
// letters.
var marks = map[string]wire.Level{
	"VERBOSE": wire.Debug, "TRACE": wire.Debug, "DEBUG": wire.Debug, "DBG": wire.Debug,
	"INFO": wire.Info, "NOTICE": wire.Info, "NOTE": wire.Info,
	"WARN": wire.Warn, "WARNING": wire.Warn, "SKIP": wire.Warn, "SKIPPED": wire.Warn,
	"ERROR": wire.Error, "ERR": wire.Error, "FAIL": wire.Error, "FAILED": wire.Error, "FAILURE": wire.Error,
	"FATAL": wire.Fatal, "CRITICAL": wire.Fatal, "CRIT": wire.Fatal, "PANIC": wire.Fatal,
	"OK": wire.OK, "PASS": wire.OK, "PASSED": wire.OK, "SUCCESS": wire.OK,
}

const longestMark = 8

// starts are the letters, of either case, that a mark begins with.
var starts = func() (s [256]bool) {
	for mark := range marks {
		s[mark[0]], s[mark[0]|0x20] = true, true
	}
	for c, l := range letters {
		if l != 0 {
			s[c] = true
		}
	}
	return s
}()

// spoken are marks in small letters that need no colon, as these tools write
// them.
var spoken = map[string]wire.Level{
	"Success": wire.OK,    // pm install
	"Failure": wire.Error, // pm install: Failure [CODE]
	"ok":      wire.OK,    // TAP
}

// notOK is TAP's other word.
var notOK = []byte("not ok ")

// word reads a mark at text's beginning. In capitals it counts wherever the
// word ends; in small letters only with a colon (or the bracket that close
// names) behind it: "error: no such file", but not "error handling was tested".
func word(text []byte, close byte) wire.Level {
	var mark [longestMark]byte
	n, small := 0, false
	for ; n < len(text); n++ {
		c := text[n]
		if c >= 'a' && c <= 'z' {
			small = true
			c -= 'a' - 'A'
		} else if c < 'A' || c > 'Z' {
			break
		}
		if n == longestMark {
			return wire.Plain
		}
		mark[n] = c
	}
	if bytes.HasPrefix(text, notOK) {
		return wire.Error
	}
	level, found := marks[string(mark[:n])]
	if !found {
		return wire.Plain
	}
	rest := text[n:]
	if small {
		if after := skipBlank(rest); len(after) > 0 && (after[0] == ':' || after[0] == close) {
			return level
		}
		if level, found := spoken[string(text[:n])]; found && (len(rest) == 0 || rest[0] == ' ') {
			return level
		}
		return wire.Plain
	}
	// OK_BUTTON, ERROR2 and WARN-LEVEL are names, not marks.
	if len(rest) > 0 && (rest[0] == '_' || rest[0] == '-' && len(rest) > 1 && rest[1] != ' ' || rest[0] >= '0' && rest[0] <= '9' || rest[0] >= 0x80) {
		return wire.Plain
	}
	return level
}
