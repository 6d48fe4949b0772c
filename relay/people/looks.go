package people

import (
	"slices"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"github.com/farbench/farbench/relay/legible"
)

// looks finds names by what they look like.
type looks map[string]map[string]bool // a look → keys

func (l looks) add(key, name string) {
	for _, look := range looksOf(name) {
		if l[look] == nil {
			l[look] = map[string]bool{}
		}
		l[look][key] = true
	}
}

func (l looks) drop(key, name string) {
	for _, look := range looksOf(name) {
		if delete(l[look], key); len(l[look]) == 0 {
			delete(l, look)
		}
	}
}

// looksOf are what a name looks like, as it stands and in small letters: alphabets
// that share capitals do not share the small ones.
func looksOf(name string) []string {
	if name == "" {
		return nil
	}
	lower := cases.Fold()
	list := []string{
		lower.String(legible.Skeleton(name)), lower.String(legible.Skeleton(norm.NFKC.String(name))), legible.Skeleton(fold(name)),
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// look refuses a person ("": somebody new) a name that looks like another's. Names that differ within
// one keyboard's letters (Stern, Stem) are told apart by people themselves.
func (p *People) look(name, person string) error {
	for _, reserved := range []string{Tester.Name, Unnamed} {
		if isAlike(name, reserved) {
			return taken(name + " looks like " + reserved)
		}
	}
	key := keyOf(name)
	var found []entry
	p.mu.Lock()
	for _, look := range looksOf(name) {
		for other := range p.book.looks[look] {
			if e, ok := p.book.at(other); ok && other != key && e.Person != person && (!isPlain(name) || !isPlain(e.Name)) {
				found = append(found, e)
			}
		}
	}
	p.mu.Unlock()
	for _, e := range found {
		if theirs, err := p.isTheirs(e, e.Name); err != nil {
			return err
		} else if theirs {
			return taken(name + " looks like " + e.Name + ", who is known here")
		}
	}
	return nil
}

func isAlike(a, b string) bool {
	for _, x := range looksOf(a) {
		for _, y := range looksOf(b) {
			if x == y {
				return fold(a) != fold(b) && (!isPlain(a) || !isPlain(b))
			}
		}
	}
	return false
}

func isPlain(name string) bool {
	for i := range len(name) {
		if name[i] >= 0x80 {
			return false
		}
	}
	return true
}
