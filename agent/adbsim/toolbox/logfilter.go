package toolbox

import (
	"strconv"
	"strings"

	"github.com/farbench/farbench/agent/adbsim/logd"
	"github.com/farbench/farbench/agent/adbsim/machine"
)

// priorityOrder is logcat's, S for silence.
const priorityOrder = "VDIWEFS"

// parseFilter reads TAG:PRIORITY, TAG or *:PRIORITY.
func parseFilter(text string) (f logFilter, ok bool) {
	tag, priority, given := strings.Cut(text, ":")
	f = logFilter{tag: tag, least: 'V'}
	if !given && tag == "*" {
		f.least = 'D'
	}
	if given && priority != "" && priority != "*" {
		f.least = priority[0] &^ 0x20
	}
	return f, tag != "" && strings.IndexByte(priorityOrder, f.least) >= 0
}

// wants says whether an entry is printed, and whether -m counts it.
func (o *logOptions) wants(e *logd.Entry) (wanted, counted bool) {
	if o.pid >= 0 && e.PID != o.pid || o.uid >= 0 && e.UID != o.uid {
		return false, false
	}
	if len(o.filters) > 0 {
		least, own := byte('V'), false
		for _, f := range o.filters { // the last one that names the tag decides
			if f.tag == e.Tag || f.tag == "*" && !own {
				least, own = f.least, f.tag == e.Tag
			}
		}
		if strings.IndexByte(priorityOrder, e.Priority) < strings.IndexByte(priorityOrder, least) {
			return false, false
		}
	}
	if o.match != nil && !o.match.MatchString(e.Message) {
		return o.printAll, false
	}
	return true, true
}

// logAct does what logcat does beside printing the log.
func logAct(p *machine.Proc, act byte, buffers []logd.Buffer, size string) int {
	log := p.Machine.Log
	switch act {
	case 'c':
		log.Clear(buffers)
	case 'g':
		for _, b := range buffers {
			limit, used := log.Size(b)
			p.Printf("%s: ring buffer is %s (%s consumed, %s readable), max entry is 5120 B, max payload is %d B\n",
				b, kib(limit), kib(used), kib(used), logd.MaxPayload)
		}
	case 'G':
		n, err := number(size)
		for _, b := range buffers {
			if err != nil || !log.Resize(b, n) {
				p.Errorf("logcat: failed to set the log size: Invalid argument\n")
				return 1
			}
		}
	case 'S':
		p.Printf("size/num")
		for _, b := range buffers {
			p.Printf(" %14s", b)
		}
		p.Printf("\nNow     ")
		for _, b := range buffers {
			_, used := log.Size(b)
			p.Printf(" %6d/%-7d", used, len(log.Read([]logd.Buffer{b}, 0, 1<<30)))
		}
		p.Printf("\n")
	case 'p':
		p.Printf("~! ~1000/!\n")
	case 'h':
		p.Printf("Usage: logcat [options] [filterspecs]\n")
	}
	return 0
}

func kib(n int) string {
	b := func(n int, unit string) string { return strconv.Itoa(n) + " " + unit }
	switch {
	case n >= 1<<20 && n%(1<<20) == 0:
		return b(n>>20, "MiB")
	case n >= 1<<10:
		return b(n>>10, "KiB")
	}
	return b(n, "B")
}
