package lab

import (
	"fmt"
	"sync"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
)

// Ledger counts what a watcher of one run received. A line counts as doubled
// when its number came before, and as missing when the next one came first.
type Ledger struct {
	mu sync.Mutex // guards everything below

	next    int64 // number of the line expected next
	doubled int64
	missing int64
	gaps    []api.Gap
	wrong   string // the first line whose text was not what Want says
	texts   []string
	end     *api.End
	done    chan struct{} // closed at the end
	want    func(n int64) string
	keep    bool
}

// NewLedger makes one. want, where given, is what line n has to read, "" where that does not matter.
func NewLedger(want func(n int64) string) *Ledger {
	return &Ledger{next: 1, done: make(chan struct{}), want: want, keep: want == nil}
}

func (l *Ledger) line(n int64, text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case n < l.next:
		l.doubled++
		return
	case n > l.next:
		l.missing += n - l.next
	}
	l.next = n + 1
	if l.keep {
		l.texts = append(l.texts, text)
	} else if w := l.want(n); w != "" && w != text && l.wrong == "" {
		l.wrong = fmt.Sprintf("line %d reads %q, not %q", n, text, w)
	}
}

func (l *Ledger) gap(g api.Gap) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.gaps = append(l.gaps, g)
	if g.To != nil && *g.To >= l.next {
		l.next = *g.To + 1
	}
}

func (l *Ledger) block(b *wire.Block) {
	if b.Gap != "" {
		g := api.Gap{From: b.First, Reason: b.Gap}
		if last, ok := b.Last(); ok {
			g.To = &last
		}
		l.gap(g)
		return
	}
	for line := range b.Lines {
		l.line(line.N, string(line.Bytes))
	}
}

func (l *Ledger) finish(end api.End) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.end == nil {
		l.end = &end
		close(l.done)
	}
}

// Done is closed when the end was received.
func (l *Ledger) Done() <-chan struct{} { return l.done }

// End is what closed the log; nil before Done.
func (l *Ledger) End() *api.End {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.end
}

// Last is the number of the last line received.
func (l *Ledger) Last() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.next - 1
}

// Texts are the lines received, where the ledger was made without want.
func (l *Ledger) Texts() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.texts
}

// Gaps are the gaps shown.
func (l *Ledger) Gaps() []api.Gap {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.gaps
}

// Missing counts the lines that were passed over without a gap.
func (l *Ledger) Missing() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.missing
}

// Check is nil where exactly the lines 1 to want arrived, each once, in order,
// with the right text and without a gap.
func (l *Ledger) Check(want int64) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.doubled != 0 || l.missing != 0 || len(l.gaps) != 0 || l.wrong != "" || l.next-1 != want {
		return fmt.Errorf("%d of %d lines, %d missing, %d doubled, %d gaps, %s", l.next-1, want, l.missing, l.doubled, len(l.gaps), l.wrong)
	}
	return nil
}

func (l *Ledger) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return fmt.Sprintf("%d lines, %d missing, %d doubled, %d gaps", l.next-1, l.missing, l.doubled, len(l.gaps))
}
