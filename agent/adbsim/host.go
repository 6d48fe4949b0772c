package adbsim

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"net"
	"strconv"
	"strings"
)

// hostVersion is what adb calls its server's version: a client that meets
// another one kills the server.
const hostVersion = 41

// deviceFeatures are what a device's adbd offers; hostFeatures what the
// server itself adds.
const (
	deviceFeatures = "shell_v2,cmd,stat_v2,ls_v2,fixed_push_mkdir,abb,abb_exec,sendrecv_v2"
	hostFeatures   = "shell_v2,cmd,stat_v2,ls_v2,fixed_push_mkdir,abb,abb_exec,sendrecv_v2"
)

// serveHost speaks the host protocol on one connection: selectors may come
// before the service that takes the connection over.
func (b *Bench) serveHost(ctx context.Context, conn net.Conn) {
	ctx, conn, leave, ok := b.host.enter(ctx, conn)
	if !ok {
		return
	}
	defer leave()
	h := host{bench: b, conn: conn}
	for {
		request, err := readRequest(conn)
		if err != nil {
			return
		}
		if !h.serve(ctx, request) {
			return
		}
	}
}

// host is one connection to the host server.
type host struct {
	bench    *Bench
	conn     net.Conn
	selected *listed // chosen by a transport selector
}

// serve answers one request and reports whether another may follow.
func (h *host) serve(ctx context.Context, request string) (more bool) {
	name, arg, _ := strings.Cut(request, ":")
	switch {
	case name == "host" && h.selected != nil: // adb forward selects first
		return h.service(ctx, arg, selector{id: h.selected.TransportID})
	case name == "host":
		return h.service(ctx, arg, anyDevice)
	case name == "host-usb" || name == "host-local":
		return h.service(ctx, arg, anyDevice)
	case name == "host-serial":
		serial, service := cutSerial(arg)
		return h.service(ctx, service, bySerial(serial))
	case name == "host-transport-id":
		id, service, _ := strings.Cut(arg, ":")
		return h.service(ctx, service, byID(id))
	case h.selected == nil:
		fail(h.conn, "unknown host service")
		return false
	}
	h.device(ctx, request)
	return false
}

// cutSerial divides SERIAL:service, where the serial may be host:port.
func cutSerial(arg string) (serial, service string) {
	parts := strings.Split(arg, ":")
	for i := 1; i < len(parts); i++ {
		if i+1 < len(parts) && isPort(parts[i]) {
			continue
		}
		if i == 1 && (parts[0] == "usb" || parts[0] == "product" || parts[0] == "model" || parts[0] == "device") && len(parts) > 2 {
			continue
		}
		return strings.Join(parts[:i], ":"), strings.Join(parts[i:], ":")
	}
	return arg, ""
}

func isPort(text string) bool {
	_, err := strconv.ParseUint(text, 10, 16)
	return err == nil
}

// service answers a host: request; which says what device is meant.
func (h *host) service(ctx context.Context, name string, which selector) (more bool) {
	switch name, arg, _ := strings.Cut(name, ":"); name {
	case "version":
		version, _ := h.bench.host.says()
		_ = okay(h.conn, counted(fmt.Sprintf("%04x", version)))
	case "kill":
		// The bench outlives its clients: it says yes and stays.
		_ = okay(h.conn, "")
	case "devices":
		_ = okay(h.conn, counted(h.bench.listText(false)))
	case "devices-l":
		_ = okay(h.conn, counted(h.bench.listText(true)))
	case "track-devices":
		h.track(ctx, false)
	case "track-devices-l":
		h.track(ctx, true)
	case "host-features":
		_ = okay(h.conn, counted(hostFeatures))
	case "list-forward":
		_ = okay(h.conn, counted(h.bench.listForwards()))
	case "forward":
		h.forward(arg, which)
	case "killforward":
		h.killForward(arg, which)
	case "killforward-all":
		h.bench.killForwards()
		_ = okay(h.conn, "OKAY")
	case "connect":
		_ = okay(h.conn, counted(h.bench.connect(arg)))
	case "disconnect":
		h.say(h.bench.disconnect(arg))
	case "reconnect":
		d, err := h.bench.findAny(which)
		if err != nil {
			h.say("", err)
			return false
		}
		h.say(h.bench.reconnect(d), nil)
	case "reconnect-offline":
		h.say(h.bench.reconnectOffline(), nil)
	case "transport", "transport-any", "transport-usb", "transport-local", "transport-id", "tport":
		return h.transport(name, arg, which)
	case "features", "get-state", "get-serialno", "get-devpath":
		h.about(name, which)
	default:
		if strings.HasPrefix(name, "wait-for-") {
			h.waitFor(ctx, name, which)
			return false
		}
		fail(h.conn, "unknown host service")
	}
	return false
}

// say answers a request with a text, or with why not.
func (h *host) say(text string, err error) {
	if err != nil {
		fail(h.conn, "%v", err)
		return
	}
	_ = okay(h.conn, counted(text))
}

// transport selects the device for the request that follows.
func (h *host) transport(name, arg string, which selector) bool {
	switch name {
	case "transport":
		which = bySerial(arg)
	case "transport-id":
		which = byID(arg)
	case "tport":
		kind, serial, _ := strings.Cut(arg, ":")
		if kind == "serial" {
			which = bySerial(serial)
		}
	}
	d, err := h.bench.find(which)
	if err != nil {
		fail(h.conn, "%v", err)
		return false
	}
	h.selected = &d
	rest := ""
	if name == "tport" {
		rest = string(binary.LittleEndian.AppendUint64(nil, uint64(d.TransportID)))
	}
	return okay(h.conn, rest) == nil
}

// about answers a question about one device, in whatever state it is.
func (h *host) about(name string, which selector) {
	d, err := h.bench.findAny(which)
	if err != nil {
		fail(h.conn, "%v", err)
		return
	}
	switch name {
	case "features":
		if d.State != StateDevice && d.State != StateRecovery {
			fail(h.conn, "%v", stateError(d.State))
			return
		}
		_ = okay(h.conn, counted(d.offers()))
	case "get-state":
		_ = okay(h.conn, counted(d.State))
	case "get-serialno":
		_ = okay(h.conn, counted(d.Serial))
	case "get-devpath":
		_ = okay(h.conn, counted(cmp.Or(d.DevPath, "unknown")))
	}
}

// device opens a service on the selected device; the connection is its own
// from then on.
func (h *host) device(ctx context.Context, service string) {
	d := h.selected
	lost, state := d.connected()
	if !usable(lost, state) {
		fail(h.conn, "%v", stateError(state))
		return
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(lost, cancel)()
	// A lost device ends the stream, whoever is reading or writing.
	defer context.AfterFunc(ctx, func() { _ = h.conn.Close() })()
	if d.thawed(ctx) != nil {
		return
	}
	open, err := d.open(service)
	if err != nil {
		fail(h.conn, "%v", err)
		return
	}
	if okay(h.conn, "") == nil {
		d.over(open)(ctx, h.conn)
	}
}
