package adb

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

var (
	logZone = time.FixedZone("", 3600)
	logNow  = time.Date(2027, 1, 1, 0, 30, 0, 0, logZone)
)

func parseLog(long bool, pieces ...string) (entries []LogEntry) {
	p := newLogParser(logZone, logNow, long)
	for _, piece := range pieces {
		entries = p.feed([]byte(piece), entries)
	}
	return p.end(entries)
}

// told is an entry in short.
func told(e LogEntry) string {
	switch e.Kind {
	case LogMessage:
		return fmt.Sprintf("%s|%s|%d|%d|%c|%s|%q", e.Time.Format(time.RFC3339Nano), e.UID, e.PID, e.TID, e.Priority, e.Tag, e.Text)
	case LogBuffer:
		return "buffer " + e.Buffer
	}
	return fmt.Sprintf("%d|%s|%d", e.Kind, e.Text, e.Count)
}

func TestLogParser_threadtime(t *testing.T) {
	for line, want := range map[string]string{
		"11-21 12:00:00.123  1402  1467 I CarService: one":                     "2026-11-21T12:00:00.123+01:00||1402|1467|I|CarService|\"one\"",
		"01-01 00:29:59.999     1     1 F x       : ":                          "2027-01-01T00:29:59.999+01:00||1|1|F|x|\"\"",
		"12-31 23:59:59.000 32767 32768 W a b     : c: d":                      "2026-12-31T23:59:59+01:00||32767|32768|W|a b|\"c: d\"",
		"02-29 01:02:03.004     1     2 D leap    : day":                       "2024-02-29T01:02:03.004+01:00||1|2|D|leap|\"day\"",
		"2025-03-04 05:06:07.000008     1     2 E year    : usec":              "2025-03-04T05:06:07.000008+01:00||1|2|E|year|\"usec\"",
		"2025-03-04 05:06:07.000 +0000     1     2 V zone    : other":          "2025-03-04T05:06:07Z||1|2|V|zone|\"other\"",
		"2025-03-04 05:06:07.000000009 -0530     1     2 V zone    : nsec":     "2025-03-04T05:06:07.000000009-05:30||1|2|V|zone|\"nsec\"",
		"         1795258800.124456    11    12 W AM      : epoch":             "2026-11-21T12:00:00.124456+01:00||11|12|W|AM|\"epoch\"",
		"         1795258800.124456  root    11    12 W AM      : with a user": "2026-11-21T12:00:00.124456+01:00|root|11|12|W|AM|\"with a user\"",
		"11-21 12:00:00.123 10080  1402  1467 I CarService: uid":               "2026-11-21T12:00:00.123+01:00|10080|1402|1467|I|CarService|\"uid\"",
		"11-21 12:00:00.123  1402  1467 I         : no tag":                    "2026-11-21T12:00:00.123+01:00||1402|1467|I||\"no tag\"",
		"11-21 12:00:00.123  1402  1467 I bytes   : \x00\xff\x1b[31m":          "2026-11-21T12:00:00.123+01:00||1402|1467|I|bytes|\"\\x00\\xff\\x1b[31m\"",
		"--------- beginning of main":                                          "buffer main",
		"--------- switch to system":                                           "buffer system",
		"":                                                                     "2||0",
		"logcat: read: unexpected EOF!":                                        "2|logcat: read: unexpected EOF!|0",
		"11-21 12:00:00.123  1402":                                             "2|11-21 12:00:00.123  1402|0",
		"13-41 12:00:00.123  1402  1467 I CarService: no such day":             "2|13-41 12:00:00.123  1402  1467 I CarService: no such day|0",
		"11-21 12:00:00.123  1402  9999999999 I x: tid":                        "2|11-21 12:00:00.123  1402  9999999999 I x: tid|0",
		"9999999999999999999.1     1     2 I x: far":                           "2|9999999999999999999.1     1     2 I x: far|0",
		"11-21 12:00:00.123  1402  1467 I colonless":                           "2|11-21 12:00:00.123  1402  1467 I colonless|0",
	} {
		got := parseLog(false, line+"\n")
		if len(got) != 1 || told(got[0]) != want {
			t.Errorf("%q gives\n%v, want\n%s", line, got, want)
		}
	}
}

func TestLogParser_long(t *testing.T) {
	const log = "--------- beginning of main\n" +
		"[ 11-21 12:00:00.123  1402: 1467 I/CarService ]\none\n\n" +
		"[         1795258800.124456 root:    1:    2 E/a/b      ]\nfirst\n\nthird\n[ 11-21 12:00:00.123  1402: 1467 I/Fake ]\n\n" +
		"[ 11-21 12:00:00.125    11:   12 W/empty    ]\n\n\n" +
		"--------- beginning of system\n[ 11-21 12:00:00.126    11:   12 W/last     ]\n--------- beginning of nothing\n\n"
	want := []string{
		"buffer main",
		`2026-11-21T12:00:00.123+01:00||1402|1467|I|CarService|"one"`,
		`2026-11-21T12:00:00.124456+01:00|root|1|2|E|a/b|"first\n\nthird\n[ 11-21 12:00:00.123  1402: 1467 I/Fake ]"`,
		`2026-11-21T12:00:00.125+01:00||11|12|W|empty|""`,
		"buffer system",
		`2026-11-21T12:00:00.126+01:00||11|12|W|last|"--------- beginning of nothing"`,
	}
	for cut := range len(log) {
		got := parseLog(true, log[:cut], log[cut:])
		if len(got) != len(want) {
			t.Fatalf("cut at %d: %v", cut, got)
		}
		for i := range want {
			if told(got[i]) != want[i] {
				t.Fatalf("cut at %d: %s, want %s", cut, told(got[i]), want[i])
			}
		}
	}
}

func TestLogParser_settlesWhatIsWhole(t *testing.T) {
	p := newLogParser(logZone, logNow, true)
	entries := p.settle(p.feed([]byte("[ 11-21 12:00:00.123  1402: 1467 I/T ]\none\n"), nil))
	if len(entries) != 0 {
		t.Errorf("without its blank line: %v", entries)
	}
	if entries = p.settle(p.feed([]byte("\n"), entries)); len(entries) != 1 || entries[0].Text != "one" {
		t.Errorf("with it: %v", entries)
	}
	entries = p.end(p.feed([]byte("rest\n\n"), entries[:0]))
	if len(entries) != 1 || entries[0].Text != "rest" || entries[0].Tag != "T" {
		t.Errorf("what belongs to it too: %v", entries)
	}
}

func TestLogParser_endlessLines(t *testing.T) {
	for _, long := range []bool{false, true} {
		p := newLogParser(logZone, logNow, long)
		head := "11-21 12:00:00.123  1402  1467 I T: "
		if long {
			head = "[ 11-21 12:00:00.123  1402: 1467 I/T ]\n"
		}
		entries := p.feed([]byte(head), nil)
		var bytes, most int
		for range 100 {
			entries = p.feed([]byte(strings.Repeat("x", 30_000)), entries)
			most = max(most, len(p.carry)+p.size)
			for _, e := range entries {
				bytes += len(e.Text)
				most = max(most, len(e.Text))
			}
			entries = entries[:0]
		}
		for _, e := range p.end(entries) {
			bytes += len(e.Text)
		}
		if bytes != 3_000_000 || most > 2*maxLogLine {
			t.Errorf("long %v: %d bytes came out, %d were kept at once", long, bytes, most)
		}
	}
}

func FuzzLogParser(f *testing.F) {
	for _, seed := range []string{
		"11-21 12:00:00.123  1402  1467 I CarService: one\n--------- beginning of main\n",
		"2026-11-21 12:00:00.123456 +0100 root  1402  1467 I CarService: one\n",
		"         1795258800.124456    11    12 W AM      : \x00\xff\r\n",
		"[ 11-21 12:00:00.123  1402: 1467 I/T ]\none\n\ntwo\n\n[ 1.1 0:1:2 E/ ]\n\n",
		"12-41 99:99:99.99999999999 \n-\n:\n[  ]\n[ 02-29 00:00:00.1 : A/ ]\n",
	} {
		f.Add([]byte(seed), 7, false)
		f.Add([]byte(seed), 30, true)
	}
	f.Fuzz(func(t *testing.T, log []byte, cut int, long bool) {
		cut = min(max(cut, 0), len(log))
		whole, parts := parseLog(long, string(log)), parseLog(long, string(log[:cut]), string(log[cut:]))
		if len(log) < maxLogLine && fmt.Sprint(whole) != fmt.Sprint(parts) {
			t.Errorf("whole %v; cut at %d %v", whole, cut, parts)
		}
		for _, e := range whole {
			if len(e.Text) > 2*maxLogLine || e.PID < 0 || e.TID < 0 {
				t.Errorf("%d bytes, pid %d, tid %d", len(e.Text), e.PID, e.TID)
			}
			_ = e.Append(nil)
		}
	})
}

// FuzzLogFast holds the short way to the long one, whatever line was before.
func FuzzLogFast(f *testing.F) {
	const usual = "         1795258800.124456  1402  1467 D CarPropertyService: text: more"
	for _, seed := range []string{
		usual, "1.000001 1 2 I : ", "1.000001 1 2 I a: b : c", "1.000001 0 1 2 I x: ",
		"1.1 1 2 I x: y", "0.000000 0000000000 0 A : ", "99999999999.000000 1 2 I x: y", "1.000001 1 2 I tag:no", "1.000001 1 99999999999 I x: y", "1.000001 1 2 I x:",
	} {
		f.Add("", seed)
		f.Add(usual, seed)
		f.Add(seed, strings.Replace(seed, "00000", "00012", 1))
		f.Add(seed, seed+"0")
	}
	f.Fuzz(func(t *testing.T, before, line string) {
		if strings.Contains(before+line, "\n") {
			return
		}
		p := newLogParser(logZone, logNow, false)
		for _, line := range []string{before, line, line} {
			fast, slow := LogEntry{Kind: LogOther, UID: "system", Count: 1}, LogEntry{}
			if p.fast(line, &fast) && (!p.threadtime(line, &slow) || fast != slow) {
				t.Errorf("behind %q %q is %+v by the short way, %+v by the long one", before, line, fast, slow)
			}
		}
	})
}

func BenchmarkLogParser(b *testing.B) {
	chunk := []byte(strings.Repeat("         1795258800.124456  1402  1467 D CarPropertyService: onPropertyChange PERF_VEHICLE_SPEED area=0 value=3.5\n", 560))
	p := newLogParser(time.UTC, logNow, false)
	tail := newLogTail()
	entries, out := []LogEntry(nil), []LogEntry(nil)
	b.ReportAllocs()
	for b.Loop() {
		entries, out = p.feed(chunk, entries[:0]), out[:0]
		for i := range entries {
			out = tail.take(entries[i], out)
		}
	}
	b.ReportMetric(560*float64(b.N)/b.Elapsed().Seconds(), "lines/s")
}
