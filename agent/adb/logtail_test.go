package adb

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// line is a message of a buffer at so many milliseconds.
func line(buffer string, ms int, text string) LogEntry {
	return LogEntry{Buffer: buffer, Time: time.Unix(1_795_258_800, 0).Add(time.Duration(ms) * time.Millisecond), Priority: 'I', Text: text}
}

// resumed reads before, loses the stream and reads after; it gives what is told
// then. Lines are "buffer@ms text".
func resumed(t *testing.T, now int, before, after []string) string {
	t.Helper()
	parse := func(text string) LogEntry {
		var buffer, said string
		var ms int
		if _, err := fmt.Sscanf(strings.Replace(text, "@", " ", 1), "%s %d %s", &buffer, &ms, &said); err != nil {
			t.Fatal(text, err)
		}
		return line(buffer, ms, said)
	}
	tail := newLogTail()
	for _, text := range before {
		tail.take(parse(text), nil)
	}
	from, ok := tail.from(time.Microsecond)
	if !ok {
		t.Fatal("nothing was read")
	}
	tail.resume(from, time.Unix(1_795_258_800+int64(now), 0))
	var told []string
	for _, text := range after {
		e := parse(text)
		if e.Time.Before(from) {
			continue // -T
		}
		for _, e := range tail.take(e, nil) {
			switch e.Kind {
			case LogResumed:
				told = append(told, "RESUMED")
			case LogGap:
				told = append(told, "GAP")
			default:
				told = append(told, e.Text)
			}
		}
	}
	return strings.Join(told, " ")
}

func TestLogTail(t *testing.T) {
	for name, c := range map[string]struct {
		before, after []string
		want          string
	}{
		"nothing new":           {[]string{"m@0 a", "m@1 b"}, []string{"m@0 a", "m@1 b"}, "RESUMED"},
		"news behind":           {[]string{"m@0 a", "m@1 b"}, []string{"m@0 a", "m@1 b", "m@2 c", "m@2 c"}, "RESUMED c c"},
		"the same twice":        {[]string{"m@0 a", "m@0 a"}, []string{"m@0 a", "m@0 a", "m@0 a"}, "RESUMED a"},
		"only the newest left":  {[]string{"m@0 a", "m@1 b"}, []string{"m@1 b", "m@2 c"}, "RESUMED c"},
		"run over":              {[]string{"m@0 a", "m@1 b"}, []string{"m@5 c", "m@6 d"}, "GAP c d"},
		"another one run over":  {[]string{"m@0 a", "s@1 b"}, []string{"s@1 b", "m@5 c", "s@6 d"}, "GAP c d"},
		"both still hold":       {[]string{"m@0 a", "s@1 b"}, []string{"m@0 a", "s@1 b", "m@5 c", "s@6 d"}, "RESUMED c d"},
		"a late one before":     {[]string{"m@0 a", "m@5 b"}, []string{"m@0 a", "m@3 late", "m@5 b", "m@6 c"}, "RESUMED late c"},
		"a buffer that is new":  {[]string{"m@0 a"}, []string{"m@0 a", "x@1 b"}, "RESUMED b"},
		"far back, few":         {[]string{"s@0 a", "m@90000 b"}, []string{"m@90000 b", "s@90001 c"}, "RESUMED c"},
		"two seconds are known": {[]string{"m@0 a", "m@3000 b"}, []string{"m@0 a", "m@3000 b", "m@3001 c"}, "RESUMED c"},
	} {
		if got := resumed(t, 100, c.before, c.after); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestLogTail_isBounded(t *testing.T) {
	tail := newLogTail()
	for i := range 3 * tailSize {
		e := line(fmt.Sprint("b", i%100), i, "x")
		tail.add(&e)
	}
	if len(tail.ring) != tailSize || len(tail.buffers) > tailBuffers {
		t.Errorf("%d messages of %d buffers are known", len(tail.ring), len(tail.buffers))
	}
	from, _ := tail.from(time.Microsecond)
	tail.resume(from, time.Unix(1_795_258_800+100, 0))
	var out []LogEntry
	for i := range 10 * tailHeld { // none of it is known
		out = tail.take(LogEntry{Kind: LogOther, Text: fmt.Sprint(i)}, out[:0])
		if len(tail.held) > tailHeld {
			t.Fatalf("%d are held", len(tail.held))
		}
	}
	if !tail.decided || !tail.gap {
		t.Error("nobody can know, and it is not told")
	}
}
