package machine

import (
	"context"
	"io"
	"sync"
	"syscall"
)

// pipeSize bounds what a pipe holds; it begins small and grows to it.
const pipeSize = 128 << 10

// pipe is a bounded queue of bytes between processes.
type pipe struct {
	mu       sync.Mutex // guards what is below
	buf      []byte     // a ring
	at, size int        // where the oldest byte is, how many there are
	noReader bool
	noWriter bool
	changed  chan struct{} // closed at the next change; nil while nobody waits
}

// NewPipe gives the two ends of a pipe. When the last reference to one end is
// closed, the other sees the end of the stream, or EPIPE.
func NewPipe() (r, w *Shared) {
	p := &pipe{buf: make([]byte, 1024)}
	return Share(pipeReader{p}), Share(pipeWriter{p})
}

func (p *pipe) wake() {
	if p.changed != nil {
		close(p.changed)
		p.changed = nil
	}
}

// wait unlocks, waits for a change and locks again.
func (p *pipe) wait(ctx context.Context) error {
	if p.changed == nil {
		p.changed = make(chan struct{})
	}
	changed := p.changed
	p.mu.Unlock()
	defer p.mu.Lock()
	select {
	case <-changed:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *pipe) grow(want int) {
	size := len(p.buf)
	for size < pipeSize && size < want {
		size *= 2
	}
	if size == len(p.buf) {
		return
	}
	buf := make([]byte, size)
	n := copy(buf, p.buf[p.at:min(p.at+p.size, len(p.buf))])
	copy(buf[n:], p.buf[:p.size-n])
	p.buf, p.at = buf, 0
}

type pipeReader struct{ p *pipe }

func (r pipeReader) Read(ctx context.Context, b []byte) (int, error) {
	p := r.p
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.size == 0 {
		if p.noWriter {
			return 0, io.EOF
		}
		if err := p.wait(ctx); err != nil {
			return 0, err
		}
	}
	n := copy(b, p.buf[p.at:min(p.at+p.size, len(p.buf))])
	if n < len(b) && n < p.size {
		n += copy(b[n:], p.buf[:p.size-n])
	}
	p.size -= n
	if p.at = (p.at + n) % len(p.buf); p.size == 0 {
		p.at = 0
	}
	p.wake()
	return n, nil
}

func (r pipeReader) Write(context.Context, []byte) (int, error) { return 0, syscall.EBADF }

func (r pipeReader) Close() error {
	r.p.mu.Lock()
	defer r.p.mu.Unlock()
	r.p.noReader = true
	r.p.buf, r.p.at, r.p.size = nil, 0, 0
	r.p.wake()
	return nil
}

type pipeWriter struct{ p *pipe }

func (w pipeWriter) Read(context.Context, []byte) (int, error) { return 0, syscall.EBADF }

func (w pipeWriter) Write(ctx context.Context, b []byte) (int, error) {
	p := w.p
	p.mu.Lock()
	defer p.mu.Unlock()
	done := 0
	for {
		if p.noReader {
			return done, syscall.EPIPE
		}
		if len(b) == 0 {
			return done, nil
		}
		p.grow(p.size + len(b))
		if room := len(p.buf) - p.size; room > 0 {
			piece := b[:min(room, len(b))]
			end := (p.at + p.size) % len(p.buf)
			n := copy(p.buf[end:], piece)
			copy(p.buf, piece[n:])
			p.size += len(piece)
			b = b[len(piece):]
			done += len(piece)
			p.wake()
			continue
		}
		if err := p.wait(ctx); err != nil {
			return done, err
		}
	}
}

func (w pipeWriter) Close() error {
	w.p.mu.Lock()
	defer w.p.mu.Unlock()
	w.p.noWriter = true
	w.p.wake()
	return nil
}
