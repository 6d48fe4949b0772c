package adb

import (
	"context"
	"crypto/rand"
	"path"
	"strings"
	"sync"
	"time"
)

// partName is a name for a file that is not whole yet.
func partName() string { return ".farbench-" + strings.ToLower(rand.Text()[:16]) + ".part" }

// keepsName are the parts of a device where adbd gives a file its owner, mode
// and label by its name: there it is written under that from the start.
var keepsName = []string{"/system/", "/system_ext/", "/vendor/", "/odm/", "/oem/", "/product/"}

func placedByName(p string) bool {
	for _, prefix := range keepsName {
		if strings.HasPrefix(path.Clean(p), prefix) {
			return true
		}
	}
	return false
}

// placing are files that are whole on the device and wait for their names, in
// which many get them by one script.
type placing struct {
	sync  *Sync
	parts []part
	size  int // of the script's lines
}

type part struct {
	temp, name string
	placed     func()
}

const (
	// maxScript bounds the lines of a script, maxPath included twice: a request
	// has 64 KiB.
	maxScript = 48 << 10
	// settleTimes is how many OpenTimeouts a script may take: the device may
	// have much to write first.
	settleTimes = 6
	maxWords    = 4 << 10 // what a script may say
	// cleanTime bounds how long a push that was cancelled still cleans up.
	cleanTime = 2 * time.Second
)

// put sends one file under another name and keeps it until settle, or, when it
// fails, until abandon. A device
// whose shell does not tell how a script ended gets it under its own at once.
func (pl *placing) put(ctx context.Context, name string, send func(to string) error, placed func()) error {
	if placedByName(name) || !pl.sync.features.Has("shell_v2") {
		err := send(name)
		if err == nil {
			placed()
		}
		return err
	}
	one := part{path.Join(path.Dir(name), partName()), name, placed}
	pl.parts = append(pl.parts, one)
	if err := send(one.temp); err != nil {
		return err
	}
	if pl.size += len(one.line()); pl.size < maxScript-2*maxSyncPath {
		return nil
	}
	return pl.settle(ctx)
}

// placeWord replaces a file or a link, as adbd itself would, and goes into no
// folder.
const placeWord = `bad=0
place() {
if [ -h "$2" ]; then rm -f "$2"; elif [ -d "$2" ]; then echo "$2: Is a directory" >&2; rm -f "$1"; bad=1; return; fi
mv -f "$1" "$2" || { rm -f "$1"; bad=1; }
}
`

func (p part) line() string { return "place " + quoted(p.temp) + " " + quoted(p.name) + "\n" }

// settle gives all that wait their names.
func (pl *placing) settle(ctx context.Context) error {
	const op = "naming what was pushed"
	if len(pl.parts) == 0 {
		return nil
	}
	var script strings.Builder
	script.WriteString(placeWord)
	for _, p := range pl.parts {
		script.WriteString(p.line())
	}
	script.WriteString("exit $bad")
	if err := pl.sync.script(ctx, op, script.String()); err != nil {
		return err
	}
	for _, p := range pl.parts {
		p.placed()
	}
	pl.parts, pl.size = pl.parts[:0], 0
	return nil
}

// abandon takes away what gets no name. adbd does so itself where a push breaks
// off, but what was given up here may have reached it whole. The push is over
// by then, perhaps because its context is: this has a moment of its own. A
// device that cannot be reached is asked again at its next session.
func (pl *placing) abandon(ctx context.Context) {
	if len(pl.parts) == 0 {
		return
	}
	c, id := pl.sync.client, pl.sync.transportID
	for _, p := range pl.parts {
		c.litter.add(id, p.temp)
	}
	pl.parts = nil
	c.clean(ctx, id)
}

// clean takes away what pushes to a device have left there.
func (c *Client) clean(ctx context.Context, transportID int64) {
	temps := c.litter.take(transportID)
	if len(temps) == 0 {
		return
	}
	script := "rm -f"
	for _, temp := range temps {
		script += " " + quoted(temp)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), min(c.OpenTimeout, cleanTime))
	defer cancel()
	if _, err := c.script(ctx, "removing what was not finished", transportID, script, cleanTime, maxWords); err != nil {
		for _, temp := range temps {
			c.litter.add(transportID, temp)
		}
	}
}

// litter is what has to be taken away from devices: of each transport what one
// script can, and of so many transports. More is left where it is.
type litter struct {
	mu    sync.Mutex // guards temps
	temps map[int64][]string
}

const maxLitterDevices = 64

func (l *litter) add(transportID int64, temp string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	known, size := l.temps[transportID], len(quoted(temp))
	for _, other := range known {
		size += len(quoted(other)) + 1
	}
	if size < maxScript && (known != nil || len(l.temps) < maxLitterDevices) {
		l.temps[transportID] = append(known, temp)
	}
}

func (l *litter) take(transportID int64) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	temps := l.temps[transportID]
	delete(l.temps, transportID)
	return temps
}

// makeFolders makes folders that no file brings along.
func (s *Sync) makeFolders(ctx context.Context, folders []string) error {
	for len(folders) > 0 {
		script := "mkdir -p"
		for len(folders) > 0 && len(script) < maxScript {
			script += " " + quoted(folders[0])
			folders = folders[1:]
		}
		if err := s.script(ctx, "making folders", script); err != nil {
			return err
		}
	}
	return nil
}

// script runs a script that has to end well.
func (s *Sync) script(ctx context.Context, op, text string) error {
	r, err := s.client.script(ctx, op, s.transportID, text, settleTimes*s.client.OpenTimeout, maxWords)
	if err == nil && r.exit != 0 {
		err = s.explain(op, deviceRefused(r.err))
	}
	return err
}
