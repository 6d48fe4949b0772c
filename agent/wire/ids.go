package wire

import (
	"crypto/rand"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxCommand is the longest command, in bytes.
const MaxCommand = 256 << 10

// MaxLabels is how many labels a bench may have.
const MaxLabels = 8

var (
	labelPattern  = regexp.MustCompile(`^[a-z0-9][a-z0-9 ._-]{0,31}$`)
	idPattern     = regexp.MustCompile(`^[a-z0-9-]{1,32}$`)
	devicePattern = regexp.MustCompile(`^[a-z0-9-]{1,48}$`)
)

// ValidID says whether s may name a bench, run, relay or session: such a name
// stands in a subject, so it must hold neither dots nor wildcards.
func ValidID(s string) bool { return idPattern.MatchString(s) }

// ValidDeviceID says whether s may name a device.
func ValidDeviceID(s string) bool { return devicePattern.MatchString(s) }

// ValidLabel says whether s may label a bench.
func ValidLabel(s string) bool { return labelPattern.MatchString(s) }

// ValidNote says whether s may be a flag's note: one line that shows what it
// holds, in at most MaxNote characters.
func ValidNote(s string) bool {
	for _, c := range s {
		if !unicode.IsPrint(c) { // controls, bidi marks, line ends
			return false
		}
	}
	return utf8.ValidString(s) && utf8.RuneCountInString(s) <= MaxNote
}

// NewID makes a random id of 26 letters and digits behind the prefix, 128 bits
// of randomness: nobody guesses another's.
func NewID(prefix string) string { return prefix + strings.ToLower(rand.Text()) }
