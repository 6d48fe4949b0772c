package toolbox

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/farbench/farbench/agent/adbsim/logd"
	"github.com/farbench/farbench/agent/adbsim/machine"
)

// logOptions is what logcat was asked for.
type logOptions struct {
	format   logFormat
	buffers  []logd.Buffer
	filters  []logFilter
	pid, uid int // -1 for any
	match    *regexp.Regexp
	printAll bool // with match: the others are printed too, but not counted
	count    int  // end after so many; 0 for never

	dump, binary, dividers, last bool
	most                         int // the newest so many; 0 for all
	since                        time.Time
	file                         string
}

// logFilter is TAG:PRIORITY.
type logFilter struct {
	tag   string // "*" for all others
	least byte
}

// oldLogcat is the property that makes logcat one of before Android 7, which
// knows no modifiers of a format: "old".
const oldLogcat = "debug.farbench.logcat"

// logWords are the options that take a value, and the long names of all.
const logWithValue = "vbtTmefrnG"

var logLong = map[string]byte{
	"format": 'v', "buffer": 'b', "max-count": 'm', "regex": 'e', "file": 'f', "rotate-kbytes": 'r', "rotate-count": 'n', "buffer-size": 'g',
	"clear": 'c', "dividers": 'D', "last": 'L', "binary": 'B', "prune": 'p', "statistics": 'S', "help": 'h',
	"pid": 1, "uid": 2, "print": 3, "wrap": 4, "id": 5,
}

// logcatOptions reads the command line. With done logcat has nothing more to
// do.
func logcatOptions(p *machine.Proc, args []string) (o logOptions, done bool, status int) {
	o = logOptions{pid: -1, uid: -1, format: logFormat{base: "threadtime", booted: p.Machine.Booted()}}
	fail := func(format string, a ...any) (logOptions, bool, int) {
		p.Errorf("logcat: "+format+"\n", a...)
		return o, true, 1
	}
	var act byte
	var size string
	words, filters, err := logArguments(args[1:])
	if err != nil {
		return fail("%v", err)
	}
	for _, w := range words {
		switch w.option {
		case 'v':
			for _, word := range strings.FieldsFunc(w.value, func(r rune) bool { return r == ',' || r == ' ' }) {
				if p.Machine.Props.Get(oldLogcat) == "old" && modifier(word) || !o.format.set(word) {
					return fail("Invalid parameter \"%s\" to -v.", word)
				}
			}
		case 'b':
			more, bad := logBuffers(w.value)
			if bad != "" {
				return fail("Unknown buffer '%s'", bad)
			}
			o.buffers = append(o.buffers, more...)
		case 't', 'T':
			o.dump = o.dump || w.option == 't'
			if n, err := strconv.Atoi(w.value); err == nil {
				o.most = max(n, 1)
			} else if o.since, err = logTime(p.Machine, w.value); err != nil {
				return fail("-%c '%s' not in time format", w.option, w.value)
			}
		case 'm':
			if o.count, err = strconv.Atoi(w.value); err != nil || o.count < 1 {
				return fail("-m '%s' isn't a number greater than zero", w.value)
			}
		case 'e':
			if o.match, err = regexp.Compile(w.value); err != nil {
				return fail("Invalid regex")
			}
		case 1, 2:
			n, err := strconv.Atoi(w.value)
			if err != nil {
				return fail("%s '%s' not a number", w.name, w.value)
			}
			if w.option == 1 {
				o.pid = n
			} else {
				o.uid = n
			}
		case 3:
			o.printAll = true
		case 'f':
			o.file = w.value
		case 'd':
			o.dump = true
		case 'B':
			o.binary = true
		case 'D':
			o.dividers = true
		case 'L':
			o.last = true
		case 's':
			o.filters = append(o.filters, logFilter{"*", 'S'})
		case 'c', 'g', 'S', 'p', 'h':
			act = w.option
		case 'G':
			act, size = 'G', w.value
		}
	}
	if len(filters) == 0 && len(o.filters) == 0 {
		filters = strings.Fields(strings.Trim(p.Getenv("ANDROID_LOG_TAGS"), "'\""))
	}
	for _, text := range filters {
		f, ok := parseFilter(text)
		if !ok {
			return fail("Invalid filter expression '%s'", text)
		}
		o.filters = append(o.filters, f)
	}
	if o.buffers == nil {
		o.buffers = []logd.Buffer{logd.Main, logd.System, logd.Crash}
	}
	if act != 0 {
		return o, true, logAct(p, act, o.buffers, size)
	}
	return o, false, 0
}

// logWord is one option of the command line.
type logWord struct {
	option byte
	name   string
	value  string
}

// logArguments parts options, short or long, from filters.
func logArguments(args []string) (words []logWord, filters []string, err error) {
	for len(args) > 0 {
		word := args[0]
		args = args[1:]
		long, isLong := strings.CutPrefix(word, "--")
		switch {
		case word == "--":
			return words, append(filters, args...), nil
		case isLong:
			name, value, given := strings.Cut(long, "=")
			option, known := logLong[name]
			if !known {
				return nil, nil, fmt.Errorf("Unrecognized Option %s", word) //nolint:staticcheck // logcat's own words
			}
			takes := option == 1 || option == 2 || strings.IndexByte(logWithValue, option) >= 0
			if takes && !given {
				if len(args) == 0 {
					return nil, nil, fmt.Errorf("option '--%s' requires an argument", name)
				}
				value, args = args[0], args[1:]
			} else if name == "buffer-size" && given {
				option = 'G'
			}
			words = append(words, logWord{option, "--" + name, value})
		case len(word) < 2 || word[0] != '-':
			filters = append(filters, word)
		default:
			for i := 1; i < len(word); i++ {
				c := word[i]
				if strings.IndexByte(logWithValue, c) < 0 {
					if strings.IndexByte("cdgsLBDSph", c) < 0 {
						return nil, nil, fmt.Errorf("invalid option -- '%c'", c)
					}
					words = append(words, logWord{c, "", ""})
					continue
				}
				value := word[i+1:]
				if value == "" {
					if len(args) == 0 {
						return nil, nil, fmt.Errorf("option requires an argument -- '%c'", c)
					}
					value, args = args[0], args[1:]
				}
				words = append(words, logWord{c, "", value})
				break
			}
		}
	}
	return words, filters, nil
}

func logBuffers(list string) (buffers []logd.Buffer, bad string) {
	for name := range strings.SplitSeq(list, ",") {
		switch b, known := logd.ParseBuffer(name); {
		case name == "default":
			buffers = append(buffers, logd.Main, logd.System, logd.Crash)
		case name == "all":
			buffers = append(buffers, logd.All()...)
		case !known:
			return nil, name
		default:
			buffers = append(buffers, b)
		}
	}
	return buffers, ""
}

// logTime reads MM-DD HH:MM:SS.mmm, the same with a year, or SECONDS.mmm.
func logTime(m *machine.Machine, text string) (time.Time, error) {
	now := m.Now()
	if seconds, fraction, ok := strings.Cut(text, "."); ok && !strings.Contains(seconds, " ") {
		s, err := strconv.ParseUint(seconds, 10, 36)
		nanos, err2 := strconv.ParseUint((fraction + "000000000")[:9], 10, 32)
		if err != nil || err2 != nil || len(fraction) > 9 {
			return time.Time{}, errors.New("not a time")
		}
		return time.Unix(int64(s), int64(nanos)), nil
	}
	t, err := time.ParseInLocation("2006-01-02 15:04:05", text, zone(m, now))
	if err != nil {
		if t, err = time.ParseInLocation("2006-01-02 15:04:05", now.Format("2006-")+text, zone(m, now)); err != nil {
			return t, err
		}
		if t.Sub(now) > 24*time.Hour {
			t = t.AddDate(-1, 0, 0)
		}
	}
	return t, nil
}

// tail gives the entries that -t and -T ask for.
func (o *logOptions) tail(entries []logd.Entry) []logd.Entry {
	if !o.since.IsZero() {
		for len(entries) > 0 && entries[0].Time.Before(o.since) {
			entries = entries[1:]
		}
	}
	if o.most > 0 && len(entries) > o.most {
		entries = entries[len(entries)-o.most:]
	}
	return entries
}
