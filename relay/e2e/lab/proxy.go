package lab

import (
	"io"
	"net"
	"sync"
	"sync/atomic"
)

// Proxy passes TCP on to the first of its targets that answers, and can be told
// to misbehave: that is how a link is cut, and how acknowledgements get lost.
type Proxy struct {
	listener net.Listener
	targets  atomic.Pointer[[]string]
	cut      atomic.Bool // refuses and drops everything
	mute     atomic.Bool // swallows what the target answers

	mu    sync.Mutex // guards conns
	conns map[net.Conn]struct{}
	wait  sync.WaitGroup
}

// NewProxy listens on loopback before the targets.
func NewProxy(targets ...string) (*Proxy, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &Proxy{listener: l, conns: map[net.Conn]struct{}{}}
	p.Aim(targets...)
	p.wait.Go(p.accept)
	return p, nil
}

// Aim sets the targets of connections that come from now on.
func (p *Proxy) Aim(targets ...string) { p.targets.Store(&targets) }

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
	out := p.dial()
	if out == nil {
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

// dial gives the first target that answers, or nil.
func (p *Proxy) dial() net.Conn {
	for _, target := range *p.targets.Load() {
		if out, err := net.Dial("tcp", target); err == nil {
			return out
		}
	}
	return nil
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
