package act

import (
	"bytes"
	"context"
	"strconv"
	"strings"

	"github.com/farbench/farbench/agent/adb"
	"github.com/farbench/farbench/agent/wire"
)

// logcat follows the device's log, over its reboots, until ctx ends; a dump ends
// with the log.
func (d *doing) logcat(ctx context.Context) Ending {
	o := adb.LogOptions{Buffers: d.act.Buffers, Filters: d.act.Filters, Dump: d.act.Dump}
	switch n, err := strconv.Atoi(d.act.Since); {
	case d.act.Since == "":
	case err == nil:
		o.Newest = n
	default:
		if o.Since, err = d.c.Client.LogTime(ctx, d.device.TransportID, d.act.Since); err != nil {
			return refused(err)
		}
	}
	if !d.act.Dump {
		d.say("following the log")
	}
	pages := logPages{log: d.log}
	if err := d.c.Client.Logcat(ctx, d.locate, o, pages.take); err != nil {
		return lost(err)
	}
	return exited()
}

// locate is the device's connection as the bench lists it now.
func (d *doing) locate(context.Context) (int64, error) {
	now := d.look()
	if !now.ready() {
		return 0, &adb.Error{Op: "finding the device", Code: wire.DeviceOffline, Message: "the device is " + now.words(), Hint: now.Hint}
	}
	return now.TransportID, nil
}

// logPages makes lines of a log's entries.
type logPages struct {
	log  Log
	text []byte
}

// pageSize is how much of a batch is printed at once.
const pageSize = 64 << 10

func (p *logPages) take(entries []adb.LogEntry) error {
	for i := range entries {
		e := &entries[i]
		switch e.Kind {
		case adb.LogMessage:
			begun := len(p.text)
			p.text = append(e.Append(p.text), '\n')
			if at := bytes.IndexByte(p.text[begun:len(p.text)-1], '\n'); at >= 0 {
				p.text = p.text[:begun]
				p.several(e)
			}
		case adb.LogBuffer:
			p.text = append(append(append(p.text, "--------- beginning of "...), e.Buffer...), '\n')
		case adb.LogOther:
			p.text = append(append(p.text, e.Text...), '\n')
		case adb.LogDropped:
			p.say(strconv.FormatInt(e.Count, 10) + " lines dropped: the device writes its log faster than it leaves the bench")
		case adb.LogLost:
			p.say("the log broke off: " + e.Text + "; it goes on when the device is back")
		case adb.LogResumed:
			p.say("the log goes on, nothing is missing")
		case adb.LogGap:
			p.say("the log goes on, and lines may be missing: " + e.Text)
		}
		if len(p.text) >= pageSize {
			p.print()
		}
	}
	p.print()
	return nil
}

// several prints a message of several lines as logcat does: each with its head.
func (p *logPages) several(e *adb.LogEntry) {
	for line := range strings.SplitSeq(e.Text, "\n") {
		one := *e
		one.Text = line
		p.text = append(one.Append(p.text), '\n')
	}
}

func (p *logPages) print() {
	if len(p.text) > 0 {
		p.log.Print(wire.Out, p.text)
		p.text = p.text[:0]
	}
}

// say tells a remark behind what was printed.
func (p *logPages) say(text string) {
	p.print()
	p.log.Say(text)
}
