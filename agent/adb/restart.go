package adb

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/farbench/farbench/agent/wire"
)

// Restarted is how adbd took a request for which it may restart.
type Restarted struct {
	Said      string // adbd's own words, on one line
	Restarted bool   // false where it was so already
	Device    Device // as it is listed now: after a restart perhaps under another transport
}

// Root restarts adbd with the rights of root and waits until the device is
// listed again. Of TCP devices the server's connection is made anew.
func (c *Client) Root(ctx context.Context, transportID int64) (Restarted, error) {
	return c.restart(ctx, "getting root", transportID, "root:", true)
}

// Unroot restarts adbd with the rights of a shell, as Root does with root's.
func (c *Client) Unroot(ctx context.Context, transportID int64) (Restarted, error) {
	return c.restart(ctx, "giving up root", transportID, "unroot:", true)
}

// TCPIP restarts adbd so that it listens on a TCP port. A device on USB is
// waited for; one on TCP leaves its old address, and Connect finds the new.
func (c *Client) TCPIP(ctx context.Context, transportID int64, port uint16) (Restarted, error) {
	return c.restart(ctx, "listening on TCP", transportID, fmt.Sprintf("tcpip:%d", port), false)
}

// USB restarts adbd so that it listens on USB alone: a device on TCP leaves.
func (c *Client) USB(ctx context.Context, transportID int64) (Restarted, error) {
	return c.restart(ctx, "listening on USB alone", transportID, "usb:", false)
}

// Remount makes the system's partitions writable, which takes root, and gives
// the device's own words.
func (c *Client) Remount(ctx context.Context, transportID int64) (string, error) {
	const op = "remounting"
	features, err := c.Features(ctx, transportID)
	if err != nil {
		return "", err
	}
	if !features.Has("remount_shell") {
		return c.privileged(ctx, op, transportID, "remount:")
	}
	r, err := c.script(ctx, op, transportID, "remount", settleTimes*c.OpenTimeout, maxWords)
	if err != nil {
		return "", err
	}
	said := oneLine(r.out + r.err)
	if r.exit != 0 {
		return said, privilegeRefused(op, said)
	}
	return said, nil
}

// Verity enables or disables dm-verity, which takes root and holds from the
// next boot on, and gives the device's own words.
func (c *Client) Verity(ctx context.Context, transportID int64, enabled bool) (string, error) {
	if enabled {
		return c.privileged(ctx, "enabling verity", transportID, "enable-verity:")
	}
	return c.privileged(ctx, "disabling verity", transportID, "disable-verity:")
}

// privileges are adbd's refusals of what takes rights.
var privileges = []meaning{
	{"cannot run as root", wire.Forbidden, "this build's adbd may not run as root", "Flash a userdebug or eng build"},
	{"ot running as root", wire.Forbidden, "adbd does not run as root", "Get root first: farbench root"},
	{"USER build", wire.Forbidden, "this build does not allow it", "Flash a userdebug or eng build"},
	{"evice is locked", wire.Forbidden, "the bootloader is locked", "Unlock it first: fastboot flashing unlock"},
	{"evice must be bootloader unlocked", wire.Forbidden, "the bootloader is locked", "Unlock it first: fastboot flashing unlock"},
	{"disable-verity", wire.Forbidden, "dm-verity guards the partitions", "Disable verity first, then reboot"},
	{"invalid port", wire.Invalid, "adbd takes no such port", "Choose one from 1 to 65535"},
	{"remount failed", wire.ActFailed, "the device could not remount its partitions", "Disable verity first, then reboot"},
}

func privilegeRefused(op, said string) error {
	m, known := meant(privileges, said)
	if !known {
		m = meaning{code: wire.ActFailed, message: "the device did not do it"}
	}
	return &Error{Op: op, Code: m.code, Message: m.message + " (" + cut(said, 512) + ")", Hint: m.hint}
}

// privileged asks a service of adbd that says in words what came of it.
func (c *Client) privileged(ctx context.Context, op string, transportID int64, service string) (said string, err error) {
	conn, err := c.openDevice(ctx, op, transportID, service)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	said, err = c.lastWords(ctx, conn)
	if _, no := meant(privileges, said); no {
		return said, privilegeRefused(op, said)
	}
	switch {
	case err != nil:
		return said, fmt.Errorf("%s: %w", op, err)
	case said == "":
		return said, &Error{
			Op: op, Code: wire.StreamLost, Message: "the device did not say what came of it",
			Hint: "Look at the device before you try again",
		}
	}
	return said, nil
}

// restart asks for a service that restarts adbd and, where it does, waits for
// the device to leave, and if it stays at its address, to come back.
func (c *Client) restart(ctx context.Context, op string, transportID int64, service string, stays bool) (r Restarted, err error) {
	if r.Device, err = c.listed(ctx, op, transportID); err != nil {
		return r, err
	}
	// A stream that says nothing: it ends when adbd does.
	life, err := c.openDevice(ctx, op, transportID, "sync:")
	if err != nil {
		return r, err
	}
	defer life.Close()
	if r.Said, err = c.privileged(ctx, op, transportID, service); err != nil {
		return r, err
	}
	if r.Restarted = strings.HasPrefix(r.Said, "restarting"); !r.Restarted {
		return r, nil
	}
	ctx, cancel := context.WithTimeoutCause(ctx, restartTime, &Error{
		Op: op, Code: wire.DeviceOffline, Message: fmt.Sprintf("the device did not come back within %v", restartTime),
		Hint: "Look at its cable and power; reconnect it",
	})
	defer cancel()
	stop := context.AfterFunc(ctx, func() { _ = life.SetDeadline(time.Unix(1, 0)) })
	_, _ = life.Read(make([]byte, 1))
	if stop(); ctx.Err() != nil {
		return r, waited(ctx)
	}
	if stays || !r.Device.overTCP() {
		r.Device, err = c.returned(ctx, r.Device)
	}
	return r, err
}

// restartTime bounds the wait for an adbd that restarts.
const restartTime = time.Minute
