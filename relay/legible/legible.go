// Package legible says which text people may give where others see it: nothing
// that cannot be seen, and nothing that changes how the text around it is shown.
package legible

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Bad says what in a text is not legible; it is empty where all is. Among may
// hold what is allowed beside: a note's line ends and tabs.
func Bad(text, among string) string {
	if !utf8.ValidString(text) {
		return "is no text"
	}
	for _, r := range text {
		if !strings.ContainsRune(among, r) && hidden(r) {
			return fmt.Sprintf("holds U+%04X, which cannot be seen or changes how other text is shown", r)
		}
	}
	return ""
}

// blank is Braille without a dot: a symbol that cannot be seen.
const blank = '\u2800'

func hidden(r rune) bool {
	return !unicode.IsPrint(r) || unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) || r == blank
}

// Fold gives what two texts are compared by: neither case nor width tells them
// apart.
func Fold(text string) string {
	return norm.NFKC.String(cases.Fold().String(norm.NFKC.String(text)))
}
