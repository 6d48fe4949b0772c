package machine

import (
	"errors"
	"maps"
	"sort"
	"strings"
	"sync"
)

// Props are the device's system properties. Safe for concurrent use.
type Props struct {
	// Changed is told of each Set that took effect, unless nil. It is set
	// before the first process starts and must not block.
	Changed func(name, value string)

	mu     sync.RWMutex // guards values
	values map[string]string
}

// NewProps begins with a copy of values.
func NewProps(values map[string]string) *Props {
	p := &Props{values: make(map[string]string, len(values))}
	for k, v := range values {
		p.values[k] = v
	}
	return p
}

// Get gives a property, or "".
func (p *Props) Get(name string) string {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.values[name]
}

// maxProps bounds how many properties there are.
const maxProps = 4096

// Set sets a property by Android's rules: at most 91 bytes, and ro. only once.
func (p *Props) Set(name, value string) error {
	switch {
	case name == "" || strings.ContainsAny(name, " \t\n"):
		return errors.New("illegal name")
	case len(value) > 91 && !strings.HasPrefix(name, "ro."):
		return errors.New("value too long")
	}
	if err := p.put(name, value); err != nil {
		return err
	}
	if p.Changed != nil {
		p.Changed(name, value)
	}
	return nil
}

func (p *Props) put(name, value string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, there := p.values[name]; !there && len(p.values) >= maxProps {
		return errors.New("no room")
	} else if there && strings.HasPrefix(name, "ro.") {
		return errors.New("read-only property was already set")
	}
	p.values[name] = value
	return nil
}

// Put sets a property whatever the rules: for the device itself.
func (p *Props) Put(name, value string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.values[name] = value
}

// Reset begins with a copy of values again, as a boot does; of what was set
// meanwhile stays what is to be kept.
func (p *Props) Reset(values map[string]string, keep func(name string) bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	next := maps.Clone(values)
	for name, value := range p.values {
		if keep(name) {
			next[name] = value
		}
	}
	p.values = next
}

// List calls each with every property in the order of names.
func (p *Props) List(each func(name, value string)) {
	p.mu.RLock()
	names := make([]string, 0, len(p.values))
	copied := make(map[string]string, len(p.values))
	for name, value := range p.values {
		names = append(names, name)
		copied[name] = value
	}
	p.mu.RUnlock()
	sort.Strings(names)
	for _, name := range names {
		each(name, copied[name])
	}
}
