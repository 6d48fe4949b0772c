package adbsim

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// opened is a service that has been accepted and now has the stream. It
// returns when it is over; the caller closes the stream.
type opened func(ctx context.Context, s io.ReadWriteCloser)

var errClosed = errors.New("closed")

// open accepts a service of the device by its name, as adbd does.
func (d *Device) open(service string) (opened, error) {
	name, arg, _ := strings.Cut(service, ":")
	switch options := strings.Split(name, ","); options[0] {
	case "shell":
		mode := shellMode{command: strings.TrimSuffix(arg, "\x00")}
		pty := arg == ""
		for _, option := range options[1:] {
			switch {
			case option == "v2":
				mode.packets = true
			case option == "pty":
				pty = true
			case option == "raw":
				pty = false
			case strings.HasPrefix(option, "TERM="):
				mode.term = strings.TrimPrefix(option, "TERM=")
			}
		}
		if mode.packets && !hasFeature(d.offers(), "shell_v2") {
			return nil, errClosed
		}
		mode.pty, mode.raw = pty || !mode.packets, !pty
		return d.shell(mode), nil
	case "exec":
		return d.shell(shellMode{command: strings.TrimSuffix(arg, "\x00"), pty: true, raw: true}), nil
	case "abb", "abb_exec":
		args := append([]string{"cmd"}, strings.Split(strings.TrimSuffix(arg, "\x00"), "\x00")...)
		return d.shell(shellMode{args: args, packets: options[0] == "abb"}), nil
	case "sync":
		return d.sync, nil
	case "reboot":
		return func(ctx context.Context, s io.ReadWriteCloser) {
			if strings.HasPrefix(arg, RebootSideload) && !d.isRoot() {
				_, _ = fmt.Fprintf(s, "'adb root' is required for 'adb reboot %s'.\n", arg)
				return
			}
			d.Reboot(arg, "reboot,"+reasonOf(arg, "adb"))
			_, _ = io.Copy(io.Discard, s) // until the device is lost
		}, nil
	}
	if name == "reverse" {
		return d.reverseService(arg), nil
	}
	if does, ok := d.privilege(name, arg); ok {
		return does, nil
	}
	if does, ok := d.connectTo(service); ok {
		return does, nil
	}
	return nil, errClosed
}

func hasFeature(offered, name string) bool {
	return slices.Contains(strings.Split(offered, ","), name)
}

// lingerTime is how long a client may take to close after the last byte.
const lingerTime = 2 * time.Second

// halfClose ends the stream so that its last bytes arrive: closing a TCP
// connection on which input lies unread would reset it and could drop them.
// read reads what the client still sends, until it closes.
func halfClose(stream io.ReadWriteCloser, read func()) {
	half, ok := stream.(interface{ CloseWrite() error })
	if ok && half.CloseWrite() == nil {
		timer := time.AfterFunc(lingerTime, func() { _ = stream.Close() })
		defer timer.Stop()
	} else {
		_ = stream.Close()
	}
	read()
	_ = stream.Close()
}
