package daemon

import (
	"io"
	"net"
	"sync"
	"testing"
)

// proxy stands between an agent and the broker: it cuts the link, and loses
// what the broker says.
type proxy struct {
	t  *testing.T
	l  net.Listener
	to string
	wg sync.WaitGroup

	mu    sync.Mutex // guards what follows
	conns map[net.Conn]bool
	cut   bool // new connections are closed at once
	mute  bool // nothing from the broker gets through
}

func newProxy(t *testing.T, h *hub) *proxy {
	p := &proxy{t: t, l: must(net.Listen("tcp", "127.0.0.1:0")), to: h.srv.Addr().String(), conns: map[net.Conn]bool{}}
	p.wg.Go(func() {
		for {
			c, err := p.l.Accept()
			if err != nil {
				return
			}
			p.wg.Go(func() { p.serve(c) })
		}
	})
	t.Cleanup(func() { _ = p.l.Close(); p.setCut(true); p.wg.Wait() })
	return p
}

func (p *proxy) url() string { return "nats://" + p.l.Addr().String() }

func (p *proxy) serve(c net.Conn) {
	defer c.Close()
	broker, err := net.Dial("tcp", p.to)
	if err != nil {
		return
	}
	defer broker.Close()
	p.mu.Lock()
	if p.cut {
		p.mu.Unlock()
		return
	}
	p.conns[c] = true
	p.mu.Unlock()
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() {
		_, _ = io.Copy(broker, c)
		_ = broker.Close()
	})
	buf := make([]byte, 64<<10)
	for {
		n, err := broker.Read(buf)
		p.mu.Lock()
		mute := p.mute
		p.mu.Unlock()
		if n > 0 && !mute {
			if _, err := c.Write(buf[:n]); err != nil {
				break
			}
		}
		if err != nil {
			break
		}
	}
	_ = c.Close()
	p.mu.Lock()
	delete(p.conns, c)
	p.mu.Unlock()
}

// setCut cuts the link, or lets the agent connect again.
func (p *proxy) setCut(cut bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cut = cut
	for c := range p.conns {
		_ = c.Close()
	}
}

func (p *proxy) setMute(mute bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.mute = mute
}
