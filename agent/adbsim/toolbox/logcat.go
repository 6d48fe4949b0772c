package toolbox

import (
	"io"
	"os"
	"strings"
	"time"

	"github.com/farbench/farbench/agent/adbsim/logd"
	"github.com/farbench/farbench/agent/adbsim/machine"
)

// logcat prints the device's log, by the options of Android's own.
func logcat(p *machine.Proc, args []string) int {
	o, done, status := logcatOptions(p, args)
	if done {
		return status
	}
	out := p.Stdout()
	if o.file != "" {
		f, err := p.Open(o.file, os.O_WRONLY|os.O_CREATE|os.O_APPEND)
		if err != nil {
			p.Errorf("logcat: Couldn't open output file: %s\n", machine.Reason(err))
			return 1
		}
		defer f.Close()
		out = machine.Bound{P: p, F: f}
	}
	r := &logReader{p: p, out: out, o: o, begun: map[logd.Buffer]bool{}}
	if o.last {
		entries := p.Machine.Log.Last(o.buffers, 0, 1<<20)
		return failed(r.print(o.tail(entries)))
	}
	return r.follow()
}

// logReader is one logcat that runs.
type logReader struct {
	p   *machine.Proc
	out io.Writer
	o   logOptions

	after   uint64 // the newest entry that was read
	begun   map[logd.Buffer]bool
	buffer  logd.Buffer // of the newest line
	any     bool        // there is one
	printed int
	buf     []byte
}

// readAtOnce bounds what one look takes of the log.
const readAtOnce = 4096

// follow prints what the log holds and, unless it is a dump, what comes.
func (r *logReader) follow() int {
	log := r.p.Machine.Log
	if r.o.most > 0 || !r.o.since.IsZero() {
		entries := log.Read(r.o.buffers, 0, 1<<30)
		if len(entries) > 0 {
			r.after = entries[len(entries)-1].Seq
		}
		if r.print(r.o.tail(entries)) != nil {
			return 1
		}
		if r.o.dump {
			return 0
		}
	}
	for !r.p.Killed() && !r.enough() {
		changed, pause := log.Changed()
		entries := log.Read(r.o.buffers, r.after, readAtOnce)
		if len(entries) > 0 {
			r.after = entries[len(entries)-1].Seq
			if r.print(entries) != nil {
				return 1
			}
			continue
		}
		if r.o.dump {
			return 0
		}
		timer := time.NewTimer(pause)
		select {
		case <-changed:
		case <-timer.C:
		case <-r.p.Context().Done():
		}
		timer.Stop()
	}
	return 0
}

func (r *logReader) enough() bool { return r.o.count > 0 && r.printed >= r.o.count }

// print writes the entries that are wanted, and the dividers between buffers.
func (r *logReader) print(entries []logd.Entry) error {
	r.buf = r.buf[:0]
	format := r.o.format
	if format.local == nil && len(entries) > 0 { // one zone for what is printed at once
		format.local = zone(r.p.Machine, entries[0].Time)
	}
	for i := range entries {
		e := &entries[i]
		wanted, counted := r.o.wants(e)
		if !wanted || r.enough() {
			continue
		}
		if counted {
			r.printed++
		}
		if r.o.binary {
			r.buf = appendBinary(r.buf, e)
		} else {
			r.divide(e.Buffer)
			r.buf = format.append(r.buf, e)
		}
		if len(r.buf) >= 32<<10 {
			if err := r.flush(); err != nil {
				return err
			}
		}
	}
	return r.flush()
}

func (r *logReader) flush() error {
	_, err := r.out.Write(r.buf)
	r.buf = r.buf[:0]
	return err
}

func (r *logReader) divide(b logd.Buffer) {
	if r.any && b == r.buffer {
		return
	}
	r.any, r.buffer = true, b
	switch {
	case !r.begun[b]:
		r.begun[b] = true
		r.buf = append(r.buf, "--------- beginning of "+b.String()+"\n"...)
	case r.o.dividers:
		r.buf = append(r.buf, "--------- switch to "+b.String()+"\n"...)
	}
}

// logWrite is log [-p PRIORITY] [-t TAG] [MESSAGE…]; without a message every
// line of standard input is one.
func logWrite(p *machine.Proc, args []string) int {
	set, words, ok := flags(p, args, "", "pt")
	if !ok {
		return 1
	}
	priority, tag := byte('I'), "log"
	if text := set['p']; text != "" {
		at := strings.IndexByte("VDIWEFvdiwef", text[0])
		if at < 0 {
			p.Errorf("log: bad -p '%s'\n", text)
			return 1
		}
		priority = text[0] &^ 0x20
	}
	if text, given := set['t']; given {
		tag = text
	}
	if len(words) > 0 {
		p.Log(logd.Main, priority, tag, strings.Join(words, " "))
		return 0
	}
	eachLine(p.Stdin(), func(line []byte, _ bool) bool {
		p.Log(logd.Main, priority, tag, string(line))
		return !p.Killed()
	})
	return 0
}

// dmesg prints the kernel's messages: [-T] with the time of day, [-r] as they
// are stored, [-t] without time, [-c] and forgets them, [-C] only that, [-w]
// and waits for more.
func dmesg(p *machine.Proc, args []string) int {
	set, _, ok := flags(p, args, "CcrtTwS", "ns")
	if !ok {
		return 1
	}
	has := func(c byte) bool {
		_, given := set[c]
		return given
	}
	log, after := p.Machine.Log, uint64(0)
	for !has('C') {
		changed, pause := log.Changed()
		entries := log.Read([]logd.Buffer{logd.Kernel}, after, readAtOnce)
		for _, e := range entries {
			after = e.Seq
			up := e.Time.Sub(p.Machine.Booted())
			if has('r') {
				p.Printf("<6>")
			}
			switch {
			case has('t'):
				p.Printf("%s\n", e.Message)
			case has('T'):
				p.Printf("[%s] %s\n", local(p.Machine, e.Time).Format("Mon Jan _2 15:04:05 2006"), e.Message)
			default:
				p.Printf("[%5d.%06d] %s\n", int64(up.Seconds()), up.Microseconds()%1e6, e.Message)
			}
		}
		if len(entries) > 0 && !p.Killed() {
			continue
		}
		if !has('w') || p.Killed() {
			break
		}
		timer := time.NewTimer(pause)
		select {
		case <-changed:
		case <-timer.C:
		case <-p.Context().Done():
		}
		timer.Stop()
	}
	if has('c') || has('C') {
		log.Clear([]logd.Buffer{logd.Kernel})
	}
	return 0
}
