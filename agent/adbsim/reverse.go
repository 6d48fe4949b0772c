package adbsim

import (
	"context"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"
)

// reverse is a port of the device that leads to one of the PC behind the
// connection which asked for it; it goes with that connection.
type reverse struct {
	remote, local string
	drop          func()
}

// hostDialer is a stream whose other side can be reached by an address.
type hostDialer interface {
	dialHost(ctx context.Context, addr string) (io.ReadWriteCloser, error)
}

// reverseService answers reverse:…, on the stream that was opened for it.
func (d *Device) reverseService(request string) opened {
	lost, _ := d.connected()
	return func(ctx context.Context, s io.ReadWriteCloser) {
		name, arg, _ := strings.Cut(request, ":")
		switch name {
		case "forward":
			port, err := d.reverse(lost, s, arg)
			if err != nil {
				fail(s, "%v", err)
				break
			}
			_ = okay(s, port)
		case "list-forward":
			_, _ = io.WriteString(s, counted(d.listReverses())) // the OKAY was that of the stream
		case "killforward":
			if !d.killReverse(arg) {
				fail(s, "listener '%s' not found", arg)
				break
			}
			_ = okay(s, "")
		case "killforward-all":
			for d.killReverse("") {
			}
			_ = okay(s, "")
		default:
			fail(s, "not a reverse forwarding command")
		}
		halfClose(s, func() { _, _ = io.Copy(io.Discard, s) })
	}
}

// firstPort is where ports begin that the device chooses.
const firstPort = 37000

// reverse begins [norebind:]REMOTE;LOCAL and gives the port where the device
// was to choose it.
func (d *Device) reverse(lost context.Context, s io.ReadWriteCloser, arg string) (string, error) {
	arg, norebind := strings.CutPrefix(arg, "norebind:")
	remote, local, _ := strings.Cut(arg, ";")
	chosen := ""
	if remote == "tcp:0" {
		port := firstPort
		for d.machine.Ports.At("tcp:"+strconv.Itoa(port)) != nil {
			port++
		}
		remote, chosen = "tcp:"+strconv.Itoa(port), counted(strconv.Itoa(port))
	}
	if !isAddress(remote) || !isAddress(local) {
		return "", fmt.Errorf("bad forward: %s", arg)
	}
	if !norebind {
		d.killReverse(remote)
	}
	dial := dialerOf(s)
	err := d.machine.Ports.Listen(remote, func(ctx context.Context, inside io.ReadWriteCloser) {
		outside, err := dial(ctx, local)
		if err != nil {
			return
		}
		defer outside.Close()
		join(ctx, inside, outside)
	})
	if err != nil {
		return "", fmt.Errorf("cannot bind listener: Address already in use")
	}
	r := &reverse{remote: remote, local: local}
	stop := context.AfterFunc(lost, func() { d.forgetReverse(r) })
	r.drop = func() { stop(); d.machine.Ports.Close(remote) }
	d.mu.Lock()
	defer d.mu.Unlock()
	d.reverses = append(d.reverses, r)
	return chosen, nil
}

// dialerOf says how the PC behind a stream is reached: through its connection,
// or, of this machine's own server, on the loopback.
func dialerOf(s io.ReadWriteCloser) func(context.Context, string) (io.ReadWriteCloser, error) {
	if wrapped, ok := s.(slowed); ok {
		s = wrapped.ReadWriteCloser
	}
	if link, ok := s.(hostDialer); ok {
		return link.dialHost
	}
	return func(ctx context.Context, addr string) (io.ReadWriteCloser, error) {
		kind, port, _ := strings.Cut(addr, ":")
		if kind != "tcp" {
			return nil, fmt.Errorf("%s: this bench is simulated and reaches tcp alone", addr)
		}
		dialer := net.Dialer{Timeout: 10 * time.Second}
		return dialer.DialContext(ctx, "tcp", net.JoinHostPort("127.0.0.1", port))
	}
}

// killReverse ends one, any for ""; false where there is none.
func (d *Device) killReverse(remote string) bool {
	d.mu.Lock()
	i := slices.IndexFunc(d.reverses, func(r *reverse) bool { return remote == "" || r.remote == remote })
	if i < 0 {
		d.mu.Unlock()
		return false
	}
	r := d.reverses[i]
	d.reverses = slices.Delete(d.reverses, i, i+1)
	d.mu.Unlock()
	r.drop()
	return true
}

func (d *Device) forgetReverse(r *reverse) {
	d.mu.Lock()
	i := slices.Index(d.reverses, r)
	if i >= 0 {
		d.reverses = slices.Delete(d.reverses, i, i+1)
	}
	d.mu.Unlock()
	if i >= 0 {
		r.drop()
	}
}

func (d *Device) listReverses() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	var text strings.Builder
	for _, r := range d.reverses {
		fmt.Fprintf(&text, "UsbFfs %s %s\n", r.remote, r.local)
	}
	return text.String()
}
