package adb

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/farbench/farbench/agent/wire"
)

const (
	// screencapTime bounds a picture: an 8K panel takes a second or two.
	screencapTime = 30 * time.Second
	// maxPicture bounds one: twice an 8K panel that does not compress.
	maxPicture = 256 << 20
	// maxWarning is how much a device may say on stdout before the picture:
	// some print screencap's warning there.
	maxWarning = 4 << 10
	pngHead    = "\x89PNG\r\n\x1a\n"
	pngTail    = "IEND\xaeB`\x82"
)

// Screencap takes a picture of a display, as PNG. physical is the display's
// SurfaceFlinger id (Display.Physical); 0 leaves the choice to the device. It
// goes through shell,v2,raw: a pty would rewrite its bytes, and screencap's
// warnings would stand in it.
func (c *Client) Screencap(ctx context.Context, transportID int64, physical uint64) ([]byte, error) {
	const op = "taking a picture of the screen"
	command := "screencap -p"
	if physical != 0 {
		command += fmt.Sprintf(" -d %d", physical)
	}
	r, err := c.script(ctx, op, transportID, command, screencapTime, maxPicture)
	if err != nil {
		return nil, err
	}
	start := strings.Index(r.out[:min(len(r.out), maxWarning)], pngHead)
	switch {
	case r.exit != 0 || start < 0:
		said := cut(oneLine(r.err+" "+r.out), 512)
		return nil, &Error{
			Op: op, Code: wire.ActFailed, Message: fmt.Sprintf("screencap ended with %d and gave no picture: %s", r.exit, said),
			Hint: "List the displays: the id is SurfaceFlinger's, and a display that is off has none",
		}
	case !strings.HasSuffix(r.out, pngTail):
		return nil, &Error{Op: op, Code: wire.StreamLost, Message: "the picture is cut short", Hint: "Try again; the device may be rebooting"}
	}
	return []byte(r.out[start:]), nil
}
