package adbsim

import (
	"context"
	"errors"
	"net"
	"sync"
	"time"
)

// hostFaults are what the host server does wrong.
type hostFaults struct {
	mu      sync.Mutex // guards what is below
	version int
	lag     time.Duration // of trackers
	split   bool
	cut     int64 // bytes of replies on a connection; negative: all

	life context.Context // of the server: ends when it is killed
	kill context.CancelFunc
	back time.Time // until when nobody answers
}

func newHostFaults() *hostFaults {
	f := &hostFaults{version: hostVersion, cut: -1}
	f.life, f.kill = context.WithCancel(context.Background())
	return f
}

// RestartServer kills the host server: every connection to it ends, for a while
// it hangs up on whoever comes, and then all devices have new transport ids but
// those over TCP, which it has forgotten until somebody connects them again.
func (b *Bench) RestartServer(away time.Duration) {
	f := b.host
	f.mu.Lock()
	kill := f.kill
	f.life, f.kill = context.WithCancel(context.Background())
	f.back = time.Now().Add(away)
	f.mu.Unlock()
	kill()
	for _, d := range b.devices {
		d.renew(d.overTCP())
	}
	b.notify()
}

// SetServerVersion makes the host server call itself another version: 40 is an
// old one, which clients of 41 kill.
func (b *Bench) SetServerVersion(version int) {
	b.host.mu.Lock()
	defer b.host.mu.Unlock()
	b.host.version = version
}

// DelayTracker lets trackers hear of each change so much later, as those of
// TCP devices that die do; lists are up to date all the same.
func (b *Bench) DelayTracker(lag time.Duration) {
	b.host.mu.Lock()
	defer b.host.mu.Unlock()
	b.host.lag = lag
}

// SplitReplies sends what the host server answers byte by byte, OKAY too.
func (b *Bench) SplitReplies(split bool) {
	b.host.mu.Lock()
	defer b.host.mu.Unlock()
	b.host.split = split
}

// CutReplies ends each new connection after so many bytes of answer; a negative
// number ends that.
func (b *Bench) CutReplies(after int64) {
	b.host.mu.Lock()
	defer b.host.mu.Unlock()
	b.host.cut = after
}

// enter gives a connection to the host server the faults that it meets. It is
// refused while the server is away.
func (f *hostFaults) enter(ctx context.Context, conn net.Conn) (_ context.Context, _ net.Conn, leave func(), ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if time.Now().Before(f.back) {
		return nil, nil, nil, false
	}
	ctx, cancel := context.WithCancel(ctx)
	unkill := context.AfterFunc(f.life, cancel)
	unclose := context.AfterFunc(ctx, func() { _ = conn.Close() })
	if f.split || f.cut >= 0 {
		conn = &faultyConn{Conn: conn, split: f.split, left: f.cut}
	}
	return ctx, conn, func() { unkill(); unclose(); cancel() }, true
}

func (f *hostFaults) says() (version int, lag time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.version, f.lag
}

// faultyConn writes byte by byte, or no more than so many.
type faultyConn struct {
	net.Conn
	split bool

	mu   sync.Mutex // guards left
	left int64      // negative: no bound
}

var errReplyCut = errors.New("the reply was cut")

func (c *faultyConn) Write(p []byte) (int, error) {
	c.mu.Lock()
	whole, left := len(p), c.left
	if left >= 0 {
		p = p[:min(int64(whole), left)]
		c.left -= int64(len(p))
	}
	c.mu.Unlock()
	n := 0
	for n < len(p) {
		piece := p[n:]
		if c.split {
			piece = piece[:1]
		}
		m, err := c.Conn.Write(piece)
		if n += m; err != nil {
			return n, err
		}
	}
	if n < whole {
		_ = c.CloseWrite()
		_ = c.Close()
		return n, errReplyCut
	}
	return n, nil
}

// CloseWrite ends the writing side alone where the connection can.
func (c *faultyConn) CloseWrite() error {
	if half, can := c.Conn.(interface{ CloseWrite() error }); can {
		return half.CloseWrite()
	}
	return c.Close()
}
