package stories

import (
	"bytes"
	"sync"
	"testing"
	"time"
)

// progress is output that can be waited for.
type progress struct {
	mu   sync.Mutex // guards text
	text bytes.Buffer
}

func (p *progress) Write(text []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.Write(text)
}

func (p *progress) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.String()
}

// await waits until there are so many lines.
func (p *progress) await(t *testing.T, lines int) {
	t.Helper()
	turn := time.NewTicker(10 * time.Millisecond)
	defer turn.Stop()
	for until := time.Now().Add(patience); bytes.Count([]byte(p.String()), []byte("\n")) < lines; <-turn.C {
		if time.Now().After(until) {
			t.Fatalf("only %q after %s", p, patience)
		}
	}
}
