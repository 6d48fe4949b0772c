package adb

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"time"

	"github.com/farbench/farbench/agent/wire"
)

// maxRefusal bounds what a service may say about why it does not do what it
// was asked for.
const maxRefusal = 4 << 10

// Reboot asks the device to reboot, in adb's words for where to: "", "recovery",
// "bootloader". It returns once the device has hung up, or has said nothing
// for OpenTimeout: the device may be listed for some time more. An error whose
// Err is nil means that it does not reboot.
func (c *Client) Reboot(ctx context.Context, transportID int64, mode string) error {
	const op = "asking for a reboot"
	conn, err := c.openDevice(ctx, op, transportID, "reboot:"+mode)
	if err != nil {
		return err
	}
	defer conn.Close()
	said, err := c.lastWords(ctx, conn)
	if err != nil {
		return err
	}
	if said != "" {
		return &Error{Op: op, Code: wire.ActFailed, Message: "the device does not reboot: " + said}
	}
	return nil
}

// lastWords is what a device says on a stream before it hangs up, on one line,
// within OpenTimeout: a device that reboots may go without a word.
func (c *Client) lastWords(ctx context.Context, conn net.Conn) (string, error) {
	_ = conn.SetDeadline(time.Now().Add(c.OpenTimeout))
	defer context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })()
	said, err := io.ReadAll(io.LimitReader(conn, maxRefusal))
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) && len(said) == 0 {
		return "", nil // cut: it left
	}
	return oneLine(string(said)), nil
}

// oneLine is a device's words as one line of valid text.
func oneLine(text string) string {
	return strings.Join(strings.Fields(strings.ToValidUTF8(text, "\uFFFD")), " ")
}

// Boot is which boot of a device goes on. ID is new with each one, empty where
// the device does not tell it.
type Boot struct {
	ID        string
	Completed bool
}

// bootScript prints the boot's id, then 1 once it is completed.
const bootScript = "cat /proc/sys/kernel/random/boot_id 2>/dev/null || echo; getprop sys.boot_completed"

// Boot asks the device which boot goes on, within OpenTimeout.
func (c *Client) Boot(ctx context.Context, transportID int64) (Boot, error) {
	r, err := c.script(ctx, "asking which boot goes on", transportID, bootScript, c.OpenTimeout, maxRefusal)
	if err != nil {
		return Boot{}, err
	}
	return parseBoot(r.out), nil
}

func parseBoot(out string) Boot {
	id, completed, _ := strings.Cut(out, "\n")
	if id = strings.TrimSpace(id); !isBootID(id) {
		id = ""
	}
	return Boot{ID: id, Completed: strings.TrimSpace(completed) == "1"}
}

// isBootID says whether a word looks like one: a UUID.
func isBootID(word string) bool {
	return len(word) == 36 && strings.Trim(word, "0123456789abcdef-") == ""
}
