package toolbox

import (
	"context"
	"io"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/adbsim/logd"
	"github.com/farbench/farbench/agent/adbsim/machine"
	"github.com/farbench/farbench/agent/adbsim/memfs"
)

// noon is what the device's clock shows: its own messages of the seconds
// before it are cleared away.
var noon = time.Date(2026, 11, 21, 11, 0, 0, 123_456_789, time.UTC)

func newMachine(t *testing.T) *machine.Machine {
	now := func() time.Time { return noon }
	m := &machine.Machine{
		FS:    memfs.New(1<<20, now),
		Props: machine.NewProps(map[string]string{"persist.sys.timezone": "Europe/Berlin"}),
		Log:   logd.New(now, 0), Now: now, Random: func([]byte) {},
	}
	m.Boot(noon.Add(-time.Minute))
	Install(m)
	t.Cleanup(m.Halt)
	return m
}

// sh runs a command to its end.
func sh(t *testing.T, m *machine.Machine, command string) (out string, exit int) {
	t.Helper()
	var files machine.Files
	r, w := machine.NewPipe()
	files[1], files[2] = w, w.Dup()
	p, err := m.Start("sh", files, []string{"PATH=/system/bin"}, "/", func(p *machine.Proc) int {
		return p.Exec("sh", "-c", command)
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	text, err := io.ReadAll(reader{ctx, r})
	if err != nil {
		t.Fatalf("%s: %v", command, err)
	}
	<-p.Done()
	return string(text), p.Status()
}

type reader struct {
	ctx context.Context
	f   *machine.Shared
}

func (r reader) Read(b []byte) (int, error) { return r.f.Read(r.ctx, b) }

// said is a machine whose log holds three entries and nothing else.
func said(t *testing.T) *machine.Machine {
	m := newMachine(t)
	m.Log.Clear(logd.All())
	at := func(ms int) time.Time { return noon.Add(time.Duration(ms) * time.Millisecond) }
	m.Log.Write(logd.Entry{Time: at(0), Buffer: logd.Main, Priority: 'I', PID: 1402, TID: 1467, UID: 1000, Tag: "CarService", Message: "one\ntwo"})
	m.Log.Write(logd.Entry{Time: at(1), Buffer: logd.System, Priority: 'W', PID: 11, TID: 12, UID: 2000, Tag: "AM", Message: "three\x00four"})
	m.Log.Write(logd.Entry{Time: at(2), Buffer: logd.Main, Priority: 'E', PID: 1402, TID: 1402, UID: 1010080, Tag: "CarService", Message: "\x07 five"})
	return m
}

func TestLogcat_formats(t *testing.T) {
	m := said(t)
	const dividers = "--------- beginning of main\n"
	for options, want := range map[string]string{
		"-b main": dividers +
			"11-21 12:00:00.123  1402  1467 I CarService: one\n11-21 12:00:00.123  1402  1467 I CarService: two\n11-21 12:00:00.125  1402  1402 E CarService: \x07 five\n",
		"-b system -v brief":                     "--------- beginning of system\nW/AM      (   11): three\n",
		"-b system -v process":                   "--------- beginning of system\nW(   11) three  (AM)\n",
		"-b system -v tag":                       "--------- beginning of system\nW/AM      : three\n",
		"-b system -v thread":                    "--------- beginning of system\nW(   11:   12) three\n",
		"-b system -v raw":                       "--------- beginning of system\nthree\n",
		"-b system -v time":                      "--------- beginning of system\n11-21 12:00:00.124 W/AM      (   11): three\n",
		"-b main -v long -t 2":                   dividers + "[ 11-21 12:00:00.123  1402: 1467 I/CarService ]\none\ntwo\n\n[ 11-21 12:00:00.125  1402: 1402 E/CarService ]\n\x07 five\n\n",
		"-b system -v epoch -v usec":             "--------- beginning of system\n         1795258800.124456    11    12 W AM      : three\n",
		"-b system -v monotonic":                 "--------- beginning of system\n    60.001    11    12 W AM      : three\n",
		"-b system -v year -v UTC":               "--------- beginning of system\n2026-11-21 11:00:00.124    11    12 W AM      : three\n",
		"-b system -v threadtime,year,zone,nsec": "--------- beginning of system\n2026-11-21 12:00:00.124456789 +0100    11    12 W AM      : three\n",
		"-b system -v uid":                       "--------- beginning of system\n11-21 12:00:00.124 shell    11    12 W AM      : three\n",
		"-b system -v color":                     "--------- beginning of system\n\x1b[38;5;166m11-21 12:00:00.124    11    12 W AM      : three\x1b[0m\n",
		"-b main -t 1 -v printable -v raw":       dividers + "\\x07 five\n",
		"-s AM":                                  "--------- beginning of system\n11-21 12:00:00.124    11    12 W AM      : three\n",
		"-v raw AM:E CarService:W *:S":           dividers + "\x07 five\n",
		"-v raw --pid=11":                        "--------- beginning of system\nthree\n",
		"-v raw -e t[wh] -m 1":                   dividers + "one\ntwo\n",
		"-v raw -D":                              dividers + "one\ntwo\n--------- beginning of system\nthree\n--------- switch to main\n\x07 five\n",
		"-v raw -T '11-21 12:00:00.125'":         dividers + "\x07 five\n",
		"-v raw -t '2026-11-21 12:00:00.125'":    dividers + "\x07 five\n",
		"-v raw -t 1795258800.125":               dividers + "\x07 five\n",
		"-b events":                              "",
	} {
		if got, exit := sh(t, m, "logcat -d "+options); got != want || exit != 0 {
			t.Errorf("logcat -d %s: exit %d\n%q, want\n%q", options, exit, got, want)
		}
	}
}

func TestLogcat_binary(t *testing.T) {
	got, _ := sh(t, said(t), "logcat -d -B -b system")
	// length, head's length; pid, tid, seconds, nanoseconds, buffer, uid; payload
	const want = "\x0f\x00\x1c\x00" + "\x0b\x00\x00\x00\x0c\x00\x00\x00\xb0\x79\x01\x6b\x55\x0f\x6b\x07\x03\x00\x00\x00\xd0\x07\x00\x00" +
		"\x05AM\x00three\x00four\x00"
	if got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestLogcat_refusals(t *testing.T) {
	m := said(t)
	for options, want := range map[string]string{
		"-v pretty":      "logcat: Invalid parameter \"pretty\" to -v.\n",
		"-b attic":       "logcat: Unknown buffer 'attic'\n",
		"-t yesterday":   "logcat: -t 'yesterday' not in time format\n",
		"-T ''":          "logcat: -T '' not in time format\n",
		"-G 1":           "logcat: failed to set the log size: Invalid argument\n",
		"--pid=x":        "logcat: --pid 'x' not a number\n",
		"-m 0":           "logcat: -m '0' isn't a number greater than zero\n",
		"-e '('":         "logcat: Invalid regex\n",
		"-v":             "logcat: option requires an argument -- 'v'\n",
		"-X":             "logcat: invalid option -- 'X'\n",
		"TAG:Q":          "logcat: Invalid filter expression 'TAG:Q'\n",
		"-T 1.123456789": "",
	} {
		got, exit := sh(t, m, "logcat -d "+options)
		if want != "" && (got != want || exit != 1) || want == "" && exit != 0 {
			t.Errorf("logcat %s: exit %d, %q", options, exit, got)
		}
	}
	if err := m.Props.Set(oldLogcat, "old"); err != nil {
		t.Fatal(err)
	}
	if got, exit := sh(t, m, "logcat -d -v epoch"); exit != 1 || got != "logcat: Invalid parameter \"epoch\" to -v.\n" {
		t.Errorf("an old logcat with a modifier: exit %d, %q", exit, got)
	}
}

func TestLogcat_buffers(t *testing.T) {
	m := said(t)
	for _, c := range []struct{ command, want string }{
		{"logcat -g -b system", "system: ring buffer is 256 KiB (43 B consumed, 43 B readable), max entry is 5120 B, max payload is 4068 B\n"},
		{"logcat -b main,system -G 16M; logcat -g -b main", "main: ring buffer is 16 MiB (95 B consumed, 95 B readable), max entry is 5120 B, max payload is 4068 B\n"},
		{"logcat -c -b system; logcat -d -b system", ""},
		{"log -p w -t Tester hello there; logcat -d -v tag -s Tester", "--------- beginning of main\nW/Tester  : hello there\n"},
		{"printf 'a\\nb\\n' | log; logcat -d -v raw -s log", "--------- beginning of main\na\nb\n"},
	} {
		if got, _ := sh(t, m, c.command); got != c.want {
			t.Errorf("%s: %q, want %q", c.command, got, c.want)
		}
	}
	m = newMachine(t)
	if got, _ := sh(t, m, "dmesg | head -n 1"); got != "[    0.000000] Booting Linux on physical CPU 0x0000000000 [0x413fd0c1]\n" {
		t.Errorf("dmesg: %q", got)
	}
	if got, _ := sh(t, m, "dmesg -T | head -n 1"); got != "[Sat Nov 21 11:59:00 2026] Booting Linux on physical CPU 0x0000000000 [0x413fd0c1]\n" {
		t.Errorf("dmesg -T: %q", got)
	}
	sh(t, m, "log before")
	m.Boot(noon)
	if got, _ := sh(t, m, "logcat -d -v raw -s log; logcat -L -v raw -s log"); got != "--------- beginning of main\nbefore\n" {
		t.Errorf("after a boot: %q", got)
	}
}

func TestLogcat_followsWhatOthersWrite(t *testing.T) {
	m := said(t)
	got, exit := sh(t, m, "(sleep 0.02; log -t Late now) & logcat -v raw -m 1 -s Late")
	if got != "--------- beginning of main\nnow\n" || exit != 0 {
		t.Errorf("exit %d, %q", exit, got)
	}
}

func BenchmarkLogcat(b *testing.B) {
	now := time.Now
	m := &machine.Machine{FS: memfs.New(1<<20, now), Props: machine.NewProps(nil), Log: logd.New(now, 0), Now: now, Random: func([]byte) {}}
	Install(m)
	const lines = 100_000
	m.Log.Resize(logd.Main, 64<<20)
	for range lines {
		m.Log.Write(logd.Entry{Buffer: logd.Main, Priority: 'I', Tag: "CarPropertyService", Message: "onPropertyChange PERF_VEHICLE_SPEED area=0 value=3.5"})
	}
	for b.Loop() {
		var files machine.Files
		null, _ := machine.NewPipe()
		files[0] = null
		r, w := machine.NewPipe()
		files[1] = w
		p, err := m.Start("logcat", files, nil, "/", func(p *machine.Proc) int {
			return logcat(p, []string{"logcat", "-d", "-v", "threadtime", "-v", "epoch", "-v", "usec"})
		})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, reader{b.Context(), r}); err != nil {
			b.Fatal(err)
		}
		<-p.Done()
	}
	b.ReportMetric(lines*float64(b.N)/b.Elapsed().Seconds(), "lines/s")
}
