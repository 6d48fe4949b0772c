package adbsim

import (
	"context"
	"io"
	"sync"
	"sync/atomic"
	"time"
)

// link is what a device's connection carries.
type link struct {
	rate atomic.Int64 // bytes a second, both ways together; 0: as fast as it goes

	mu   sync.Mutex // guards free
	free time.Time  // when all that was sent has passed
}

// SlowLink lets no more than so many bytes a second through the device's
// connection, as a bad cable or a far Wi-Fi does; 0 ends that.
func (d *Device) SlowLink(bytesPerSecond int64) { d.link.rate.Store(max(bytesPerSecond, 0)) }

// pass waits until n more bytes have passed.
func (l *link) pass(ctx context.Context, n int) error {
	rate := l.rate.Load()
	if rate == 0 || n == 0 {
		return ctx.Err()
	}
	l.mu.Lock()
	now := time.Now()
	if l.free.Before(now) {
		l.free = now
	}
	l.free = l.free.Add(time.Duration(float64(n) / float64(rate) * float64(time.Second)))
	wait := l.free.Sub(now)
	l.mu.Unlock()
	return pause(ctx, wait)
}

// slowed is a stream over the device's connection.
type slowed struct {
	io.ReadWriteCloser
	ctx  context.Context
	link *link
}

// slowest is how much passes at once, so that a slow link is steady.
const slowest = 4 << 10

func (s slowed) Read(p []byte) (int, error) {
	if s.link.rate.Load() > 0 {
		p = p[:min(len(p), slowest)]
	}
	n, err := s.ReadWriteCloser.Read(p)
	if late := s.link.pass(s.ctx, n); late != nil && err == nil {
		err = late
	}
	return n, err
}

func (s slowed) Write(p []byte) (n int, err error) {
	for n < len(p) && err == nil {
		piece := p[n:]
		if s.link.rate.Load() > 0 {
			piece = piece[:min(len(piece), slowest)]
			if err = s.link.pass(s.ctx, len(piece)); err != nil {
				return n, err
			}
		}
		m := 0
		m, err = s.ReadWriteCloser.Write(piece)
		n += m
	}
	return n, err
}

// CloseWrite ends the writing side alone where the stream can.
func (s slowed) CloseWrite() error {
	if half, can := s.ReadWriteCloser.(interface{ CloseWrite() error }); can {
		return half.CloseWrite()
	}
	return errClosed
}

// over lets a service run over the device's connection as it is.
func (d *Device) over(run opened) opened {
	return func(ctx context.Context, s io.ReadWriteCloser) {
		run(ctx, slowed{s, ctx, &d.link})
	}
}

// pause waits, but not beyond ctx.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
