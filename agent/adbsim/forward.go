package adbsim

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
)

// forward is a port of this machine's loopback that leads to one of a device.
type forward struct {
	local, remote string
	serial        string
	listener      net.Listener
	stop          context.CancelFunc
}

// maxForwards bounds the forwards of one bench.
const maxForwards = 256

// forward answers forward:[norebind:]LOCAL;REMOTE: a second OKAY, and the port
// where the server was to choose it.
func (h *host) forward(arg string, which selector) {
	arg, norebind := strings.CutPrefix(arg, "norebind:")
	local, remote, found := strings.Cut(arg, ";")
	d, err := h.bench.find(which)
	if err == nil && (!found || !isAddress(remote)) {
		err = fmt.Errorf("bad forward: %s", arg)
	}
	chosen := ""
	if err == nil {
		chosen, err = h.bench.forward(d, local, remote, norebind)
	}
	if err != nil {
		fail(h.conn, "%v", err)
		return
	}
	reply := "OKAY"
	if local == "tcp:0" {
		reply += counted(strings.TrimPrefix(chosen, "tcp:"))
	}
	_ = okay(h.conn, reply)
}

func (b *Bench) forward(d listed, local, remote string, norebind bool) (string, error) {
	kind, name, _ := strings.Cut(local, ":")
	port, err := strconv.ParseUint(name, 10, 16)
	if kind != "tcp" || err != nil {
		return "", fmt.Errorf("cannot bind listener: %s: this bench is simulated and forwards tcp alone", local)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if i := b.forwardAt(local); i >= 0 {
		if norebind {
			return "", errors.New("cannot rebind existing socket")
		}
		b.dropForward(i)
	}
	if len(b.forwards) >= maxForwards {
		return "", errors.New("cannot bind listener: too many of them")
	}
	l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.FormatUint(port, 10)))
	if err != nil {
		return "", errors.New("cannot bind listener: Address already in use")
	}
	local = "tcp:" + strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
	lost, _ := d.connected()
	stopped, stop := context.WithCancel(lost)
	f := &forward{local, remote, d.Serial, l, stop}
	context.AfterFunc(stopped, func() { // with the device's connection, if not before
		_ = l.Close()
		b.forgetForward(f)
	})
	if !d.later(func(ctx context.Context) {
		defer context.AfterFunc(ctx, stop)()
		_ = b.serve(stopped, server{l, func(ctx context.Context, conn net.Conn) { d.forwarded(ctx, conn, remote) }})
	}) {
		stop()
		return "", errors.New("cannot bind listener: the bench is busy")
	}
	b.forwards = append(b.forwards, f)
	return local, nil
}

// forwarded carries one connection to what listens on the device, if anything
// does.
func (d *Device) forwarded(ctx context.Context, conn net.Conn, remote string) {
	if d.thawed(ctx) != nil {
		return
	}
	if open, ok := d.connectTo(remote); ok {
		d.over(open)(ctx, conn)
	}
}

// forwardAt finds a forward by its local end; the lock is held.
func (b *Bench) forwardAt(local string) int {
	return slices.IndexFunc(b.forwards, func(f *forward) bool { return f.local == local })
}

// dropForward ends a forward; the lock is held.
func (b *Bench) dropForward(i int) {
	_ = b.forwards[i].listener.Close() // its port is free from now on
	b.forwards[i].stop()
	b.forwards = slices.Delete(b.forwards, i, i+1)
}

func (b *Bench) forgetForward(f *forward) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.forwards = slices.DeleteFunc(b.forwards, func(other *forward) bool { return other == f })
}

// killForward answers killforward:LOCAL.
func (h *host) killForward(local string, which selector) {
	_, err := h.bench.findAny(which)
	h.bench.mu.Lock()
	defer h.bench.mu.Unlock()
	i := h.bench.forwardAt(local)
	switch {
	case err != nil:
		fail(h.conn, "%v", err)
	case i < 0:
		fail(h.conn, "listener '%s' not found", local)
	default:
		h.bench.dropForward(i)
		_ = okay(h.conn, "OKAY")
	}
}

func (b *Bench) killForwards() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for len(b.forwards) > 0 {
		b.dropForward(0)
	}
}

func (b *Bench) listForwards() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var text strings.Builder
	for _, f := range b.forwards {
		fmt.Fprintf(&text, "%s %s %s\n", f.serial, f.local, f.remote)
	}
	return text.String()
}

// join carries bytes both ways until either side has ended.
func join(ctx context.Context, a, b io.ReadWriteCloser) {
	defer context.AfterFunc(ctx, func() { _, _ = a.Close(), b.Close() })()
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = io.Copy(a, b)
		endWriting(a)
	}()
	_, _ = io.Copy(b, a)
	endWriting(b)
	<-done
}

// endWriting tells the other side that no more comes, where that can be told: a
// stream of adb's ends in both directions or in none.
func endWriting(s io.ReadWriteCloser) {
	if half, ok := s.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
	}
}
