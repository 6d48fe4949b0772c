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
	if early := now.Add(-lateBy); l.free.Before(early) {
		l.free = early
	}
	l.free = l.free.Add(time.Duration(float64(n) / float64(rate) * float64(time.Second)))
	wait := l.free.Sub(now)
	l.mu.Unlock()
	if wait <= 0 {
		return ctx.Err()
	}
	return pause(ctx, wait)
}

// slowed is a stream over the device's connection.
type slowed struct {
	io.ReadWriteCloser
	ctx  context.Context
	link *link
}

// A slow link is steady: no more than slowest passes at once, or a fast one's
// worth of a millisecond. A pause that took longer than asked, as the clock's
// ticks make it, is made up for by at most lateBy.
const (
	slowest = 4 << 10
	lateBy  = 5 * time.Millisecond
)

// cut is the part of p that may pass at once.
func (l *link) cut(p []byte) []byte {
	if rate := l.rate.Load(); rate > 0 {
		p = p[:min(int64(len(p)), max(slowest, rate/1000))]
	}
	return p
}

func (s slowed) Read(p []byte) (int, error) {
	n, err := s.ReadWriteCloser.Read(s.link.cut(p))
	if late := s.link.pass(s.ctx, n); late != nil && err == nil {
		err = late
	}
	return n, err
}

func (s slowed) Write(p []byte) (n int, err error) {
	for n < len(p) && err == nil {
		piece := s.link.cut(p[n:])
		if err = s.link.pass(s.ctx, len(piece)); err != nil {
			return n, err
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
