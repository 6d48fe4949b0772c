package machine

import (
	"context"
	"errors"
	"io"
	"sync"
	"syscall"
)

// A Listener serves one connection to a port of the device, until the stream or
// ctx ends; the caller closes the stream.
type Listener func(ctx context.Context, s io.ReadWriteCloser)

// Ports are what listens inside the device, by adb's words for addresses:
// "tcp:8080", "localabstract:name". Nothing of them is a port of the host. Safe
// for concurrent use; the zero value has none.
type Ports struct {
	mu        sync.Mutex // guards listeners
	listeners map[string]Listener
}

// maxPorts bounds what listens on one device.
const maxPorts = 256

// Listen serves an address until Close.
func (p *Ports) Listen(addr string, l Listener) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.listeners[addr] != nil:
		return syscall.EADDRINUSE
	case len(p.listeners) >= maxPorts:
		return errors.New("too many listeners")
	case p.listeners == nil:
		p.listeners = map[string]Listener{}
	}
	p.listeners[addr] = l
	return nil
}

// Close ends a Listen; what goes on over it goes on.
func (p *Ports) Close(addr string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.listeners, addr)
}

// At gives who listens at an address, nil for nobody.
func (p *Ports) At(addr string) Listener {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.listeners[addr]
}

// Conn is one side of a connection inside the device.
type Conn struct {
	*io.PipeReader
	out *io.PipeWriter
}

// Write sends to the other side.
func (c Conn) Write(p []byte) (int, error) { return c.out.Write(p) }

// CloseWrite tells the other side that no more comes.
func (c Conn) CloseWrite() error { return c.out.Close() }

// Close ends both directions.
func (c Conn) Close() error { return errors.Join(c.out.Close(), c.PipeReader.Close()) }

// Dial connects a process to an address of its own device. The connection ends
// with the process.
func (p *Proc) Dial(addr string) (Conn, error) {
	serve := p.Machine.Ports.At(addr)
	if serve == nil {
		return Conn{}, syscall.ECONNREFUSED
	}
	there, out := io.Pipe()
	back, answers := io.Pipe()
	ours, theirs := Conn{back, out}, Conn{there, answers}
	p.Machine.running.Add(1) // Halt waits for it: the process counts itself until it returns
	go func() {
		defer p.Machine.running.Done()
		defer theirs.Close()
		defer context.AfterFunc(p.ctx, func() { _ = theirs.Close() })()
		serve(p.ctx, theirs)
	}()
	return ours, nil
}
