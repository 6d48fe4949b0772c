package legible

import (
	"unicode"

	"go.mau.fi/util/confusable"
	"golang.org/x/text/unicode/norm"
)

// together are alphabets that people write in one word, beside that of the
// machine's own (Latin), which looks like none of theirs.
var together = [...][]string{{"Han", "Hiragana", "Katakana"}, {"Han", "Bopomofo"}, {"Han", "Hangul"}}

// IsMixed says whether a text mixes letters of alphabets that are not written
// together (UTS 39: more than its level "highly restrictive" allows): what looks
// like one word may be another. Digits, signs and marks go with every alphabet.
func IsMixed(text string) bool {
	scripts := map[string]bool{}
	for _, r := range norm.NFKC.String(text) {
		if name := script(r); name != "" {
			scripts[name] = true
		}
	}
	if len(scripts) <= 1 {
		return false
	}
	delete(scripts, "Latin")
	for _, group := range together {
		n := 0
		for _, name := range group {
			if scripts[name] {
				n++
			}
		}
		if n == len(scripts) {
			return false
		}
	}
	return true
}

// script is the alphabet of a letter; "" where it goes with all.
func script(r rune) string {
	switch {
	case r < 0x80 && !unicode.IsLetter(r), unicode.In(r, unicode.Common, unicode.Inherited):
		return ""
	case unicode.Is(unicode.Latin, r):
		return "Latin"
	}
	for name, table := range unicode.Scripts {
		if unicode.Is(table, r) {
			return name
		}
	}
	return "" // of a later Unicode: it is not printable here
}

// Skeleton is what a text looks like: two texts of one skeleton can be taken for
// each other (UTS 39). It is for comparing alone.
func Skeleton(text string) string { return confusable.Skeleton(text) }
