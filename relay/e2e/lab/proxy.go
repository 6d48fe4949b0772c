package lab

import (
	"io"
	"net"
	"sync"
	"sync/atomic"
)

// Proxy passes TCP on to a target and can be told to misbehave: that is how a
// link is cut, and how acknowledgements get lost.
type Proxy struct {
	listener net.Listener
	target   string
	cut      atomic.Bool // refuses and drops everything
	mute     atomic.Bool // swallows what the target answers

	mu    sync.Mutex // guards conns
	conns map[net.Conn]struct{}
	wait  sync.WaitGroup
}

// NewProxy listens on loopback before target.
func NewProxy(target string) (*Proxy, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &Proxy{listener: l, target: target, conns: map[net.Conn]struct{}{}}
	p.wait.Go(p.accept)
	return p, nil
}

// Addr is where it listens.
func (p *Proxy) Addr() string { return p.listener.Addr().String() }

// Cut ends every connection and refuses new ones until Mend.
func (p *Proxy) Cut() {
	p.cut.Store(true)
	p.drop()
}

// Mute lets bytes through to the target and swallows what comes back.
func (p *Proxy) Mute() { p.mute.Store(true) }

// Mend ends what is there, so that both sides start afresh, and behaves.
func (p *Proxy) Mend() {
	p.drop()
	p.mute.Store(false)
	p.cut.Store(false)
}

// Close ends it.
func (p *Proxy) Close() {
	p.listener.Close()
	p.drop()
	p.wait.Wait()
}

func (p *Proxy) drop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.conns {
		c.Close()
	}
}

func (p *Proxy) accept() {
	for {
		in, err := p.listener.Accept()
		if err != nil {
			return
		}
		if p.cut.Load() {
			in.Close()
			continue
		}
		p.wait.Go(func() { p.pass(in) })
	}
}

func (p *Proxy) pass(in net.Conn) {
	defer in.Close()
	out, err := net.Dial("tcp", p.target)
	if err != nil {
		return
	}
	defer out.Close()
	p.mu.Lock()
	p.conns[in], p.conns[out] = struct{}{}, struct{}{}
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		delete(p.conns, in)
		delete(p.conns, out)
		p.mu.Unlock()
	}()
	var both sync.WaitGroup
	both.Go(func() { io.Copy(out, in); out.Close(); in.Close() })
	both.Go(func() { io.Copy(muted{in, &p.mute}, out); out.Close(); in.Close() })
	both.Wait()
}

type muted struct {
	io.Writer
	mute *atomic.Bool
}

func (m muted) Write(b []byte) (int, error) {
	if m.mute.Load() {
		return len(b), nil
	}
	return m.Writer.Write(b)
}
