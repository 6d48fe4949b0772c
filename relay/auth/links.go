package auth

import (
	"crypto/rand"
	"sync"
	"time"
)

// LinkFor is how long a single-use link can be redeemed.
const LinkFor = 10 * time.Minute

// maxLinks bounds what waits to be redeemed: the oldest gives way.
const maxLinks = 256

// Links are codes of 128 bits that sign in once. They live in this relay's
// memory: a link is redeemed where it was made.
type Links struct {
	mu    sync.Mutex // guards codes
	codes map[string]time.Time
}

// Make makes a code and says until when it holds.
func (l *Links) Make(now time.Time) (code string, expires time.Time) {
	code, expires = rand.Text(), now.Add(LinkFor)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.codes == nil {
		l.codes = make(map[string]time.Time)
	}
	var oldest string
	for c, at := range l.codes {
		if !now.Before(at) {
			delete(l.codes, c)
		} else if oldest == "" || at.Before(l.codes[oldest]) {
			oldest = c
		}
	}
	if len(l.codes) >= maxLinks {
		delete(l.codes, oldest)
	}
	l.codes[code] = expires
	return code, expires
}

// Redeem says whether the code holds, and uses it up. Of two at once one wins.
func (l *Links) Redeem(code string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	expires, ok := l.codes[code]
	delete(l.codes, code)
	return ok && now.Before(expires)
}
