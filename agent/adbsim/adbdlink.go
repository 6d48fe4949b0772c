package adbsim

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"strings"
	"sync"
	"sync/atomic"
)

// adbd is one connection of an adb server to a device: it carries many
// streams, each with at most one packet on its way in each direction.
type adbd struct {
	device *Device
	conn   net.Conn
	end    context.CancelFunc
	limit  int         // the most data in a packet, as agreed
	token  []byte      // that the server has to sign; nil while nobody asks. Of receive alone
	in     atomic.Bool // the server may open streams
	unlose func() bool // set once it is let in

	writing sync.Mutex // guards conn's writing side: a packet is never torn

	mu      sync.Mutex // guards streams and last
	streams map[uint32]*adbStream
	last    uint32

	running sync.WaitGroup
}

// maxStreams bounds the streams of one connection.
const maxStreams = 256

// serveADBD speaks adb's device protocol on one connection.
func (d *Device) serveADBD(ctx context.Context, conn net.Conn) {
	lost, state := d.connected()
	if state != StateUnauthorized && !usable(lost, state) {
		return
	}
	ctx, cancel := context.WithCancel(ctx)
	if state != StateUnauthorized {
		defer context.AfterFunc(lost, cancel)()
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	a := &adbd{device: d, conn: conn, end: cancel, limit: 4096, streams: make(map[uint32]*adbStream)}
	a.receive(ctx)
	cancel()
	stop()
	_ = conn.Close()
	a.dropAll()
	a.running.Wait()
	if a.unlose != nil {
		a.unlose()
	}
}

func (a *adbd) receive(ctx context.Context) {
	in := bufio.NewReaderSize(a.conn, 64<<10)
	buf := make([]byte, 64<<10)
	for {
		p, err := readWirePacket(in, buf)
		if err != nil || a.device.thawed(ctx) != nil {
			return
		}
		buf = p.data[:cap(p.data)] // one that had to grow serves the next packet too
		switch p.command {
		case cmdCNXN:
			if a.connect(p.arg1) != nil {
				return
			}
		case cmdAUTH:
			if a.authenticate(ctx, p.arg0, p.data) != nil {
				return
			}
		case cmdOPEN:
			if !a.in.Load() {
				return
			}
			a.open(ctx, p.arg0, strings.TrimRight(string(p.data), "\x00"))
		case cmdWRTE:
			if s := a.stream(p.arg1); s != nil && s.peer(p.arg0, false) {
				s.arrived(p.data)
			} else {
				_ = a.send(wirePacket{command: cmdCLSE, arg1: p.arg0})
			}
		case cmdOKAY:
			if s := a.stream(p.arg1); s != nil && s.peer(p.arg0, true) {
				s.acknowledged()
			}
		case cmdCLSE:
			if s := a.stream(p.arg1); s != nil {
				s.drop()
			}
		default:
			return
		}
	}
}

func (a *adbd) banner() []byte {
	m := a.device.model
	_, state := a.device.connected()
	return fmt.Appendf(nil, "%s::ro.product.name=%s;ro.product.model=%s;ro.product.device=%s;features=%s",
		state, m.product, m.name, m.device, a.device.offers())
}

// send writes a packet whole.
func (a *adbd) send(p wirePacket) error {
	head := p.appendHead(make([]byte, 0, wireHead))
	a.writing.Lock()
	defer a.writing.Unlock()
	if len(p.data) == 0 {
		_, err := a.conn.Write(head)
		return err
	}
	both := net.Buffers{head, p.data}
	_, err := both.WriteTo(a.conn)
	return err
}

func (a *adbd) stream(local uint32) *adbStream {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.streams[local]
}

// open starts a service for the server's stream remote.
func (a *adbd) open(ctx context.Context, remote uint32, service string) {
	refuse := func() { _ = a.send(wirePacket{command: cmdCLSE, arg1: remote}) }
	run, err := a.device.open(service)
	if err != nil || remote == 0 {
		refuse()
		return
	}
	a.mu.Lock()
	if len(a.streams) >= maxStreams {
		a.mu.Unlock()
		refuse()
		return
	}
	a.last++
	s := newADBStream(a, a.last, remote)
	a.streams[s.local] = s
	a.mu.Unlock()
	if a.send(wirePacket{command: cmdOKAY, arg0: s.local, arg1: remote}) != nil {
		return
	}
	a.running.Go(func() {
		a.device.over(run)(ctx, s)
		_ = s.Close()
	})
}

func (a *adbd) forget(s *adbStream) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.streams, s.local)
}

func (a *adbd) dropAll() {
	a.mu.Lock()
	all := make([]*adbStream, 0, len(a.streams))
	for _, s := range a.streams {
		all = append(all, s)
	}
	a.mu.Unlock()
	for _, s := range all {
		s.drop()
	}
}
