package adb

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/farbench/farbench/agent/wire"
)

// Display is one of a device's displays under both its names: screencap and
// screenrecord take SurfaceFlinger's 64-bit id, input, wm and am the logical
// one.
type Display struct {
	// Physical is SurfaceFlinger's id. 0 for a display that only Android's
	// display manager knows, as an overlay, and on Android 9 and before.
	Physical uint64
	// Logical is -1 where nothing tells which logical display shows on it.
	Logical       int
	Name          string
	Width, Height int  // as the display shows it now; 0 where unknown
	Virtual       bool // made by software: no panel
}

const (
	// maxDumps bounds what dumpsys display may print; a head unit has some
	// 100 KiB.
	maxDumps = 4 << 20
	// maxDisplays bounds the list: more is no device.
	maxDisplays = 64
	maxName     = 128
)

// Displays lists a device's displays, the logical ones first and in their
// order.
func (c *Client) Displays(ctx context.Context, transportID int64) ([]Display, error) {
	const op = "listing displays"
	flinger, err := c.script(ctx, op, transportID, "dumpsys SurfaceFlinger --display-id", c.OpenTimeout, maxDumps)
	if err != nil {
		return nil, err
	}
	manager, err := c.script(ctx, op, transportID, "dumpsys display", c.OpenTimeout, maxDumps)
	if err != nil {
		return nil, err
	}
	displays := joinDisplays(parseFlinger(flinger.out), parseDisplays(manager.out))
	if len(displays) == 0 && !strings.Contains(manager.out, "DISPLAY MANAGER") {
		return nil, &Error{
			Op: op, Code: wire.ActFailed, Message: "the device does not tell its displays: " + cut(oneLine(manager.err+manager.out), 256),
			Hint: "It may still be starting: wait until the device has booted",
		}
	}
	return displays, nil
}

// joinDisplays gives each physical display the logical one that shows on it.
func joinDisplays(physical, logical []Display) []Display {
	joined := make([]Display, 0, len(physical)+len(logical))
	taken := make([]bool, len(logical))
	for _, p := range physical {
		for i, l := range logical {
			if l.Physical != p.Physical || taken[i] {
				continue
			}
			taken[i] = true
			p.Logical, p.Width, p.Height = l.Logical, l.Width, l.Height
			p.Name = cmp.Or(p.Name, l.Name)
			break
		}
		joined = append(joined, p)
	}
	for i, l := range logical {
		if !taken[i] {
			joined = append(joined, l)
		}
	}
	slices.SortStableFunc(joined, func(a, b Display) int {
		if unknown := cmp.Compare(min(a.Logical, 0), min(b.Logical, 0)); unknown != 0 {
			return -unknown // those without a logical id come last
		}
		return cmp.Compare(a.Logical, b.Logical)
	})
	return joined[:min(len(joined), maxDisplays)]
}

// parseFlinger reads what dumpsys SurfaceFlinger --display-id prints, a line a
// display:
//
//	Display 4619827259835644672 (HWC display 0): port=0 pnpId=GGL displayName="EMU_display_0"
//	Display 11529215048785374281 (Virtual display): displayName="screen sharing"
func parseFlinger(out string) []Display {
	var list []Display
	for line := range strings.Lines(out) {
		rest, ok := strings.CutPrefix(line, "Display ")
		number, rest, found := strings.Cut(rest, " (")
		kind, rest, closed := strings.Cut(rest, ")")
		id, err := strconv.ParseUint(number, 10, 64)
		virtual := kind == "Virtual display"
		if !ok || !found || !closed || err != nil || !virtual && !strings.HasPrefix(kind, "HWC display ") || known(list, id) {
			continue
		}
		d := Display{Physical: id, Logical: -1, Virtual: virtual}
		if _, name, named := strings.Cut(rest, `displayName="`); named {
			name, _, _ = cutLast(strings.TrimRight(name, "\r\n"), `"`)
			d.Name = displayName(name)
		}
		if list = append(list, d); len(list) == maxDisplays {
			break
		}
	}
	return list
}

func known(list []Display, physical uint64) bool {
	return slices.ContainsFunc(list, func(d Display) bool { return d.Physical == physical })
}

// displayName makes a name fit to be shown: a device chooses it.
func displayName(name string) string {
	return cut(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, name), maxName)
}

// parseDisplays reads the logical displays from what dumpsys display prints.
// The viewports say which physical display a logical one is on and are the
// same since Android 7; what they do not name, virtual displays for one, stands
// in the list of logical displays.
func parseDisplays(out string) []Display {
	var list []Display
	add := func(d Display) {
		taken := slices.ContainsFunc(list, func(have Display) bool { return have.Logical == d.Logical })
		if d.Logical >= 0 && !taken && len(list) < maxDisplays {
			list = append(list, d)
		}
	}
	for line := range strings.Lines(out) {
		if _, viewports, found := strings.Cut(line, "mViewports=["); found {
			for part := range strings.SplitSeq(viewports, "DisplayViewport{") {
				add(parseViewport(part))
			}
		}
	}
	for line := range strings.Lines(out) {
		info, found := strings.CutPrefix(strings.TrimSpace(line), "mBaseDisplayInfo=DisplayInfo{")
		if !found {
			continue
		}
		d := parseInfo(info)
		at := slices.IndexFunc(list, func(have Display) bool { return have.Logical == d.Logical })
		if at < 0 {
			add(d)
			continue
		}
		list[at].Name = cmp.Or(list[at].Name, d.Name)
		list[at].Physical = cmp.Or(list[at].Physical, d.Physical)
		if list[at].Width == 0 {
			list[at].Width, list[at].Height = d.Width, d.Height
		}
	}
	return list
}

// parseViewport reads "type=INTERNAL, …, displayId=0, uniqueId='local:46…', …,
// logicalFrame=Rect(0, 0 - 1920, 1080), …".
func parseViewport(text string) Display {
	d := Display{Logical: -1}
	if logical, err := strconv.ParseInt(value(text, "displayId=", ",}"), 10, 32); err == nil && strings.Contains(text, "valid=true") {
		d.Logical = int(logical)
	}
	d.setUnique(value(text, "uniqueId='", "'"))
	size, _, _ := strings.Cut(value(text, "logicalFrame=Rect(0, 0 - ", "}"), ")")
	width, height, _ := strings.Cut(size, ", ")
	d.setSize(width, height)
	return d
}

// parseInfo reads `"Built-in Screen", displayId 0, …, real 1920 x 1080, …,
// uniqueId "local:46…", …`.
func parseInfo(text string) Display {
	d := Display{Logical: -1}
	text, quoted := strings.CutPrefix(text, `"`)
	name, rest, found := strings.Cut(text, `", displayId `)
	if !quoted || !found {
		// Until Android 8 the id stood within the quotes: "Built-in Screen, displayId 0".
		name, rest, found = strings.Cut(text, ", displayId ")
		if !found {
			return d
		}
	}
	d.Name = displayName(name)
	end := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' })
	if logical, err := strconv.ParseInt(rest[:max(end, 0)], 10, 32); err == nil {
		d.Logical = int(logical)
	}
	d.setUnique(value(rest, `uniqueId "`, `"`))
	width, height, _ := strings.Cut(value(rest, ", real ", ","), " x ")
	d.setSize(width, height)
	return d
}

// value is what stands behind a key, up to one of the characters in end.
func value(text, key, end string) string {
	_, rest, found := strings.Cut(text, key)
	if !found {
		return ""
	}
	if i := strings.IndexAny(rest, end); i >= 0 {
		return rest[:i]
	}
	return ""
}

func (d *Display) setUnique(unique string) {
	physical, local := strings.CutPrefix(unique, "local:")
	d.Virtual = unique != "" && !local
	if id, err := strconv.ParseUint(physical, 10, 64); local && err == nil {
		d.Physical = id
	}
}

// maxPixels bounds a side of a display.
const maxPixels = 1 << 16

func (d *Display) setSize(width, height string) {
	w, err1 := strconv.ParseUint(width, 10, 32)
	h, err2 := strconv.ParseUint(height, 10, 32)
	if err1 == nil && err2 == nil && w <= maxPixels && h <= maxPixels {
		d.Width, d.Height = int(w), int(h)
	}
}
