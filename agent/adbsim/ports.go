package adbsim

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// What listens on every device from its boot on: an echo, and a web server that
// tells who it is.
const (
	echoPort   = "tcp:7"
	echoSocket = "localabstract:farbench-echo"
	webPort    = "tcp:8080"
)

// bootPorts opens the ports that a device has from its boot on.
func (d *Device) bootPorts() {
	_ = d.machine.Ports.Listen(echoPort, echo)
	_ = d.machine.Ports.Listen(echoSocket, echo)
	_ = d.machine.Ports.Listen(webPort, d.web)
}

func echo(_ context.Context, s io.ReadWriteCloser) { _, _ = io.Copy(s, s) }

// web answers every request of one connection with the device's name.
func (d *Device) web(_ context.Context, s io.ReadWriteCloser) {
	in := bufio.NewReader(io.LimitReader(s, 1<<20))
	for {
		request, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		_, _ = io.Copy(io.Discard, request.Body)
		text := d.machine.Props.Get("ro.product.model") + " " + d.machine.Props.Get("ro.serialno") + "\n"
		_, err = fmt.Fprintf(s, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s", len(text), text)
		if err != nil || request.Close {
			return
		}
	}
}

// connectTo gives the service that connects to what listens on the device.
func (d *Device) connectTo(addr string) (opened, bool) {
	if !isAddress(addr) {
		return nil, false
	}
	serve := d.machine.Ports.At(addr)
	if serve == nil {
		return nil, false
	}
	return func(ctx context.Context, s io.ReadWriteCloser) {
		serve(ctx, s)
		_ = s.Close()
	}, true
}

// isAddress says whether adb has such an address: tcp:PORT or a named socket.
func isAddress(addr string) bool {
	kind, name, found := strings.Cut(addr, ":")
	switch kind {
	case "tcp":
		port, err := strconv.ParseUint(name, 10, 16)
		return err == nil && port > 0 && strconv.FormatUint(port, 10) == name
	case "local", "localabstract", "localreserved", "localfilesystem":
		return found && name != "" && len(name) < 108 && !strings.ContainsAny(name, "\x00\n;")
	}
	return false
}
