package people

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/legible"
)

// maxName is how long a name may be, in characters.
const maxName = 40

// Clean gives a name as it is kept, or says what is wrong with it. What is left
// is visible text on one line: nothing that turns the text around it, and
// nothing that cannot be seen.
func Clean(name string) (string, error) {
	if len(name) > 16*maxName || !utf8.ValidString(name) {
		return "", badName("has more than %d characters, or is no text", maxName)
	}
	name = strings.Join(strings.Fields(name), " ")
	if name == "" {
		return "", badName("is empty")
	}
	if n := utf8.RuneCountInString(name); n > maxName {
		return "", badName("has %d characters, at most %d are allowed", n, maxName)
	}
	if bad := legible.Bad(name, ""); bad != "" {
		return "", badName("%s", bad)
	}
	if legible.IsMixed(name) {
		return "", &wire.Fault{
			Code: wire.Invalid, Message: "the name mixes letters of several alphabets, which look alike",
			Hint: "write it in one alphabet; digits, signs and spaces go with all of them",
		}
	}
	return name, nil
}

func badName(format string, args ...any) error {
	return &wire.Fault{
		Code: wire.Invalid, Message: "the name " + fmt.Sprintf(format, args...),
		Hint: "use 1 to 40 letters, digits, signs and spaces",
	}
}

// fold gives what two names are compared by: neither case nor width tells them
// apart.
func fold(name string) string {
	return legible.Fold(name)
}

// isTesters says whether a name stands for whoever has none, however it is
// spelled.
func isTesters(name string) bool {
	clean, err := Clean(name)
	return name == "" || err == nil && fold(clean) == Tester.Name
}

// idOf is the id of somebody new who goes by a name. It is made of the name, so
// that whoever was forgotten, or has only read so far, is the same person when
// they come back; where its person goes by another name now, it is the next.
func (p *People) idOf(name string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	for n := uint64(0); ; n++ {
		sum := sha256.Sum256(append(binary.AppendUvarint(nil, n), fold(name)...))
		id := "p" + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:15]))
		if p.book.persons[id] == "" {
			return id
		}
	}
}

// keyOf is where a name's record lies: two names that are one have one key, and
// so of two people who take it at once the store lets one through.
func keyOf(name string) string {
	sum := sha256.Sum256([]byte(fold(name)))
	return "name." + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:16]))
}
