package adb

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"strings"

	"github.com/electricbubble/gadb"

	"github.com/farbench/farbench/agent/wire"
)

// Forward is a port forward that the server keeps.
type Forward struct{ Serial, Local, Remote string }

// Version is the server's version, 41 for all that matter today.
func (c *Client) Version(ctx context.Context) (version int, err error) {
	return control(ctx, c, "asking the adb server's version", gadb.Client.ServerVersion)
}

// State is adb's own word for a device's state. gadb has none but online and
// offline, and loses short lines of the list: the rest is asked for directly.
func (c *Client) State(ctx context.Context, serial string) (string, error) {
	const op = "asking the device's state"
	state, err := control(ctx, c, op, func(g gadb.Client) (gadb.DeviceState, error) {
		devices, err := g.DeviceList()
		if err != nil {
			return "", err
		}
		for _, d := range devices {
			if d.Serial() == serial {
				return d.State()
			}
		}
		return gadb.StateUnknown, nil
	})
	switch {
	case err == nil && state == gadb.StateOnline:
		return string(wire.DeviceReady), nil
	case err == nil && state == gadb.StateOffline:
		return "offline", nil
	case ctx.Err() != nil:
		return "", err
	}
	word, err := c.ask(ctx, op, "host-serial:"+serial+":get-state")
	return string(word), err
}

// Connect makes the server connect to a device over TCP. One that is listed
// but not ready is disconnected first: the server would call it "already
// connected".
func (c *Client) Connect(ctx context.Context, addr string) error {
	const op = "connecting a device"
	host, port, err := splitAddr(addr)
	if err != nil {
		return &Error{Op: op, Code: wire.Invalid, Message: fmt.Sprintf("%q is no HOST:PORT", addr), Err: err}
	}
	devices, err := c.Devices(ctx)
	if err != nil {
		return err
	}
	for _, d := range devices {
		if d.Serial != addr {
			continue
		}
		if d.State == string(wire.DeviceReady) {
			return nil
		}
		if err := c.Disconnect(ctx, addr); err != nil {
			return err
		}
	}
	_, err = control(ctx, c, op, func(g gadb.Client) (struct{}, error) { return struct{}{}, g.Connect(host, port) })
	return err
}

// Disconnect makes the server forget a device over TCP.
func (c *Client) Disconnect(ctx context.Context, addr string) error {
	const op = "disconnecting a device"
	host, port, err := splitAddr(addr)
	if err != nil {
		return &Error{Op: op, Code: wire.Invalid, Message: fmt.Sprintf("%q is no HOST:PORT", addr), Err: err}
	}
	_, err = control(ctx, c, op, func(g gadb.Client) (struct{}, error) { return struct{}{}, g.Disconnect(host, port) })
	return err
}

// Pair makes a device over TCP trust the server's key, by the code that it
// shows. Servers before 30 cannot.
func (c *Client) Pair(ctx context.Context, addr, pairingCode string) error {
	const op = "pairing with a device"
	if _, _, err := splitAddr(addr); err != nil {
		return &Error{Op: op, Code: wire.Invalid, Message: fmt.Sprintf("%q is no HOST:PORT", addr), Err: err}
	}
	if pairingCode == "" || strings.Trim(pairingCode, "0123456789") != "" {
		return invalid(op, "Give the six digits that the device shows", "%q is no pairing code", pairingCode)
	}
	said, err := c.ask(ctx, op, "host:pair:"+pairingCode+":"+addr)
	if err != nil {
		return err
	}
	if !strings.HasPrefix(string(said), "Successfully paired") {
		return &Error{
			Op: op, Code: wire.Forbidden, Message: "the device did not pair: " + cut(oneLine(string(said)), 256),
			Hint: "Open the pairing dialog on the device again: each code serves once",
		}
	}
	return nil
}

// Forwards lists the port forwards of all devices.
func (c *Client) Forwards(ctx context.Context) ([]Forward, error) {
	return control(ctx, c, "listing forwards", func(g gadb.Client) ([]Forward, error) {
		list, err := g.ForwardList()
		if err != nil {
			return nil, err
		}
		forwards := make([]Forward, len(list))
		for i, f := range list {
			forwards[i] = Forward(f)
		}
		return forwards, nil
	})
}

// control makes one gadb call and gives it up after OpenTimeout or when ctx
// ends. gadb knows neither: a call that was given up ends by itself when its
// socket times out (60 s), and until then holds one of the client's few places,
// so that a stuck server cannot pile them up. gadb closes the socket of each of
// these calls; those that it leaves open are not used here.
func control[T any](ctx context.Context, c *Client, op string, call func(gadb.Client) (T, error)) (T, error) {
	type answer struct {
		value T
		err   error
	}
	var none T
	ctx, cancel := context.WithTimeoutCause(ctx, c.OpenTimeout, &Error{
		Op: op, Code: wire.Unavailable,
		Message: fmt.Sprintf("the adb server at %s did not answer within %v", c.addr, c.OpenTimeout), Hint: "Restart it on the bench PC: adb kill-server, then adb start-server",
	})
	defer cancel()
	select {
	case c.control <- struct{}{}:
	case <-ctx.Done():
		return none, context.Cause(ctx)
	}
	answered := make(chan answer, 1) // its only sender never waits
	go func() {
		defer func() { <-c.control }()
		var a answer
		defer func() { answered <- a }()
		// gadb panics on a forward list with short lines and on negative lengths.
		defer func() {
			if p := recover(); p != nil {
				a.err = malformed(fmt.Sprint(p))
			}
		}()
		host, port, err := splitAddr(c.addr)
		if err != nil {
			a.err = err
			return
		}
		g, err := gadb.NewClientWith(host, port)
		if err != nil {
			a.err = err
			return
		}
		a.value, a.err = call(g)
	}()
	select {
	case a := <-answered:
		if a.err != nil {
			return none, c.explain(op, fromGadb(a.err))
		}
		return a.value, nil
	case <-ctx.Done():
		return none, context.Cause(ctx)
	}
}

// fromGadb finds the server's own words in gadb's string errors.
func fromGadb(err error) error {
	for _, mark := range []string{"command failed: ", "adb connect: ", "adb disconnect: "} {
		if _, words, found := strings.Cut(err.Error(), mark); found {
			return refused(words)
		}
	}
	return err
}

// splitAddr parts HOST:PORT; gadb does not bracket IPv6 itself.
func splitAddr(addr string) (host string, port int, err error) {
	host, digits, err := net.SplitHostPort(addr)
	if err != nil {
		return "", 0, err
	}
	n, err := strconv.ParseUint(digits, 10, 16)
	if err != nil {
		return "", 0, err
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	return host, int(n), nil
}
