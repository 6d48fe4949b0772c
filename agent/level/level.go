// Package level tells a line's level from its text: from logcat's priority
// letter and from the marks that tools and test scripts put in front of their
// lines. What has no mark is plain. It is called for every line of every run,
// a million a second, so it looks at a line's beginning only and allocates
// nothing. It knows nothing but the text.
package level

import "github.com/farbench/farbench/agent/wire"

// Table is what marks mean. The zero Table holds the marks below; a lab's own
// patterns will be fields of it.
type Table struct{}

// Of tells a line's level by the table that every lab shares.
func Of(text []byte) wire.Level { return Table{}.Of(text) }

// maxClocks is how many date, time and number columns may stand in front of a
// mark: logcat's longest format has date, time, pid and tid.
const maxClocks = 4

// Of tells a line's level.
func (Table) Of(text []byte) wire.Level {
	clocks := 0
	for {
		text = skipBlank(text)
		if len(text) == 0 {
			return wire.Plain
		}
		if c := text[0]; c < '0' || c > '9' {
			break
		}
		n := clockLen(text)
		if n == 0 || clocks == maxClocks {
			return wire.Plain
		}
		clocks++
		text = text[n:]
	}
	switch c := text[0]; {
	case c == '[' || c == '(':
		return bracketed(text[1:])
	case starts[c]:
		if len(text) > 1 {
			if l := letters[c]; l != 0 && priority(text[1:], clocks) {
				return l
			}
		}
		return word(text, ':')
	}
	return wire.Plain
}

// bracketed reads "WARN]", "  OK  ]" and the like.
func bracketed(text []byte) wire.Level {
	text = skipBlank(text)
	if len(text) == 0 || !starts[text[0]] {
		return wire.Plain
	}
	if l := letters[text[0]]; l != 0 && len(text) > 1 && text[1] == ']' {
		return l
	}
	return word(text, ']')
}

// priority says whether what follows a priority letter makes it one: "/Tag" and
// "( 585)" of logcat's brief formats, ": " of tools that print "E: …", and the
// blank of threadtime, which has date, time, pid and tid in front.
func priority(after []byte, clocks int) bool {
	switch after[0] {
	case '/':
		return len(after) > 1 && after[1] > ' '
	case '(':
		return len(after) > 1 && (after[1] == ' ' || after[1] >= '0' && after[1] <= '9')
	case ':':
		return len(after) == 1 || after[1] == ' '
	case ' ':
		return clocks >= 3 // -v epoch and monotonic have no date
	}
	return false
}
