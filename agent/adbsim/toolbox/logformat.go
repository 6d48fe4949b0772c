package toolbox

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
	"time"

	"github.com/farbench/farbench/agent/adbsim/logd"
)

// logFormat is how logcat prints an entry: a base and its modifiers, by the
// words of logcat -v.
type logFormat struct {
	base                                            string
	color, descriptive, epoch, monotonic, printable bool
	uid, usec, nsec, year, zone                     bool
	local                                           *time.Location
	booted                                          time.Time
}

// set takes one word of -v; false for one that logcat does not know.
func (f *logFormat) set(word string) bool {
	switch word {
	case "brief", "long", "process", "raw", "tag", "thread", "threadtime", "time":
		f.base = word
	case "color", "colour":
		f.color = true
	case "descriptive":
		f.descriptive = true
	case "epoch":
		f.epoch = true
	case "monotonic":
		f.monotonic = true
	case "printable":
		f.printable = true
	case "uid":
		f.uid = true
	case "usec":
		f.usec = true
	case "nsec":
		f.nsec = true
	case "UTC":
		f.local = time.UTC
	case "year":
		f.year = true
	case "zone":
		f.zone = true
	default:
		return setZone(f, word)
	}
	return true
}

// modifier says whether Android 7 brought the word.
func modifier(word string) bool {
	var f logFormat
	return f.set(word) && f.base == ""
}

// setZone takes a zone's name, as -v does for TZ.
func setZone(f *logFormat, word string) bool {
	if !strings.Contains(word, "/") && !strings.HasPrefix(word, "GMT") {
		return false
	}
	zone, known := zoneNamed(word)
	if known {
		f.local, f.zone = zone, true
	}
	return known
}

var logColors = map[byte]string{'D': "75", 'I': "40", 'W': "166", 'E': "196", 'F': "196"}

// append puts an entry at dst's end. Every line of its message gets the head,
// save in the long format.
func (f *logFormat) append(dst []byte, e *logd.Entry) []byte {
	var color, plain string
	if f.color {
		color, plain = "\x1b[38;5;231m", "\x1b[0m"
		if c := logColors[e.Priority]; c != "" {
			color = "\x1b[38;5;" + c + "m"
		}
	}
	head := append(make([]byte, 0, 128), color...)
	tail := plain + "\n"
	uid := ""
	if f.uid {
		uid = userName(e.UID) + ":"
	}
	switch f.base {
	case "tag":
		head = fmt.Appendf(head, "%c/%-8s: ", e.Priority, e.Tag)
	case "process":
		head = fmt.Appendf(head, "%c(%s%5d) ", e.Priority, uid, e.PID)
		tail = "  (" + e.Tag + ")" + tail
	case "thread":
		head = fmt.Appendf(head, "%c(%s%5d:%5d) ", e.Priority, uid, e.PID, e.TID)
	case "raw":
	case "time":
		head = fmt.Appendf(f.clock(head, e.Time), " %c/%-8s(%s%5d): ", e.Priority, e.Tag, uid, e.PID)
	case "brief":
		head = fmt.Appendf(head, "%c/%-8s(%s%5d): ", e.Priority, e.Tag, uid, e.PID)
	case "long":
		head = fmt.Appendf(f.clock(append(head, "[ "...), e.Time), " %s%5d:%5d %c/%-8s ]\n", uid, e.PID, e.TID, e.Priority, e.Tag)
		return append(append(append(dst, head...), f.text(e.Message)...), plain+"\n\n"...)
	default:
		head = f.threadtime(head, uid, e)
	}
	rest := strings.TrimSuffix(f.text(e.Message), "\n")
	for more := true; more; {
		var line string
		line, rest, more = strings.Cut(rest, "\n")
		dst = append(append(append(dst, head...), line...), tail...)
	}
	return dst
}

// threadtime is the head of most lines: no word of fmt, so that a flood keeps
// its pace.
func (f *logFormat) threadtime(head []byte, uid string, e *logd.Entry) []byte {
	head = append(f.clock(head, e.Time), ' ')
	if uid != "" {
		head = append(append(head, uid[:len(uid)-1]...), ' ')
	}
	head = append(padded(head, e.PID), ' ')
	head = append(padded(head, e.TID), ' ', e.Priority, ' ')
	head = append(head, e.Tag...)
	for n := len(e.Tag); n < 8; n++ {
		head = append(head, ' ')
	}
	return append(head, ": "...)
}

func padded(dst []byte, n int) []byte {
	for limit := 10000; limit > 1 && n < limit; limit /= 10 {
		dst = append(dst, ' ')
	}
	return strconv.AppendInt(dst, int64(n), 10)
}

func (f *logFormat) clock(dst []byte, t time.Time) []byte {
	switch {
	case f.monotonic:
		up := t.Sub(f.booted)
		dst = fmt.Appendf(dst, "%6d", int64(up.Seconds()))
		return f.fraction(dst, int(up%time.Second))
	case f.epoch:
		const blank = "                   " // as wide as any int64
		var digits [20]byte
		n := strconv.AppendInt(digits[:0], t.Unix(), 10)
		return f.fraction(append(append(dst, blank[min(len(n), len(blank)):]...), n...), t.Nanosecond())
	}
	t = t.In(f.local)
	layout := "01-02 15:04:05"
	if f.year {
		layout = "2006-01-02 15:04:05"
	}
	dst = f.fraction(t.AppendFormat(dst, layout), t.Nanosecond())
	if f.zone {
		dst = t.AppendFormat(dst, " -0700")
	}
	return dst
}

func (f *logFormat) fraction(dst []byte, nsec int) []byte {
	digits := 3
	if f.usec {
		digits = 6
	}
	if f.nsec {
		digits = 9
	}
	dst = append(dst, '.')
	for at, unit := 0, 100_000_000; at < digits; at, unit = at+1, unit/10 {
		dst = append(dst, byte('0'+nsec/unit%10))
	}
	return dst
}

// text is a message as it is printed: to its first NUL, as C's strings are.
func (f *logFormat) text(message string) string {
	message, _, _ = strings.Cut(message, "\x00")
	if !f.printable {
		return message
	}
	var b strings.Builder
	for _, c := range []byte(message) {
		switch {
		case c == '\n' || c >= ' ' && c < 0x7f || c >= 0x80:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "\\x%02X", c)
		}
	}
	return b.String()
}

var userNames = map[int]string{0: "root", 1036: "logd", 2000: "shell"}

func userName(uid int) string {
	if name := userNames[uid]; name != "" {
		return fmt.Sprintf("%5s", name)
	}
	return fmt.Sprintf("%5d", uid)
}

var priorities = map[byte]byte{'V': 2, 'D': 3, 'I': 4, 'W': 5, 'E': 6, 'F': 7}

// appendBinary puts an entry at dst's end as logcat -B does: struct
// logger_entry, then priority, tag and message, or an event of one string.
func appendBinary(dst []byte, e *logd.Entry) []byte {
	const head = 28
	var body []byte
	if e.Buffer == logd.Events {
		tag := fnv.New32a()
		_, _ = tag.Write([]byte(e.Tag))
		body = binary.LittleEndian.AppendUint32(body, tag.Sum32()&0xffff)
		body = append(body, 2) // EVENT_TYPE_STRING
		body = binary.LittleEndian.AppendUint32(body, uint32(len(e.Message)))
		body = append(body, e.Message...)
	} else {
		body = append(append(body, priorities[e.Priority]), e.Tag...)
		body = append(append(append(body, 0), bytes.TrimRight([]byte(e.Message), "\x00")...), 0)
	}
	dst = binary.LittleEndian.AppendUint16(dst, uint16(len(body)))
	dst = binary.LittleEndian.AppendUint16(dst, head)
	for _, v := range []int{e.PID, e.TID, int(e.Time.Unix()), e.Time.Nanosecond(), int(e.Buffer), e.UID} {
		dst = binary.LittleEndian.AppendUint32(dst, uint32(v))
	}
	return append(dst, body...)
}
