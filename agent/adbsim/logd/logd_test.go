package logd

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// clock is a device's clock that the test turns.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func newLog() (*Log, *clock) {
	c := &clock{time.Date(2026, 11, 21, 11, 0, 0, 0, time.UTC)}
	l := New(c.now, 7)
	l.Boot(c.at.Add(-time.Hour))
	return l, c
}

func TestLog_Read_isTheSameForEverybodyWheneverTheyLook(t *testing.T) {
	early, c := newLog()
	late, c2 := newLog()
	for range 100 {
		c.at = c.at.Add(73 * time.Millisecond)
		early.Read(All(), 0, 1)
	}
	c2.at = c.at
	newest := func(l *Log) string {
		all := l.Read([]Buffer{Main, System, Events, Crash}, 0, 10_000)
		var b strings.Builder
		for _, e := range all[len(all)-100:] {
			e.Seq = 0
			fmt.Fprintln(&b, e)
		}
		return b.String()
	}
	if a, b := newest(early), newest(late); a != b {
		t.Errorf("%s\nis not\n%s", a, b)
	}
}

func TestLog_Write_staysWithinTheBuffer(t *testing.T) {
	l, _ := newLog()
	for i := range 20_000 {
		l.Write(Entry{Buffer: Main, Priority: 'I', Tag: "T", Message: fmt.Sprint(i)})
	}
	limit, used := l.Size(Main)
	all := l.Read([]Buffer{Main}, 0, 1<<30)
	if used > limit || used < limit-100 {
		t.Errorf("%d of %d bytes are used", used, limit)
	}
	if all[len(all)-1].Message != "19999" || cap(l.rings[Main].all) > 4*len(all) {
		t.Errorf("the newest of %d is %q; room for %d", len(all), all[len(all)-1].Message, cap(l.rings[Main].all))
	}
	for i := range all[1:] {
		if all[i+1].Seq <= all[i].Seq || all[i+1].Time.Before(all[i].Time) {
			t.Fatalf("%v comes after %v", all[i+1], all[i])
		}
	}
	l.Write(Entry{Buffer: Main, Tag: strings.Repeat("t", 5000), Message: strings.Repeat("m", 50_000)})
	if all := l.Read([]Buffer{Main}, all[len(all)-1].Seq, 10); len(all[0].Tag)+len(all[0].Message) > MaxPayload {
		t.Errorf("an entry of %d bytes", len(all[0].Tag)+len(all[0].Message))
	}
}

func TestLog_Flood_writesAtItsRate(t *testing.T) {
	l, c := newLog()
	if !l.Resize(Main, 1<<20) {
		t.Fatal("not resized")
	}
	const rate = 5_000
	l.Flood(rate)
	c.at = c.at.Add(2 * time.Second)
	flooded := func() (n int, last string) {
		for _, e := range l.Read([]Buffer{Main}, 0, 1<<30) {
			if e.Tag == "Flood" {
				n, last = n+1, e.Message
			}
		}
		return n, last
	}
	if n, last := flooded(); n != 2*rate || !strings.HasPrefix(last, "line 000010000 ") {
		t.Errorf("%d lines in 2 s, the last %q", n, last)
	}
	c.at = c.at.Add(time.Hour) // nobody looked: no more is made than the buffer holds
	if _, last := flooded(); !strings.HasPrefix(last, "line 018010000 ") {
		t.Errorf("the last is %q", last)
	}
	l.Flood(0)
	c.at = c.at.Add(time.Minute)
	if _, last := flooded(); !strings.HasPrefix(last, "line 018010000 ") {
		t.Errorf("it ended, and the last is %q", last)
	}
}

func TestLog_Boot_keepsWhatWasSaidBefore(t *testing.T) {
	l, c := newLog()
	l.Write(Entry{Buffer: Main, Tag: "T", Message: "before"})
	c.at = c.at.Add(time.Second)
	l.Boot(c.at)
	for _, e := range l.Read([]Buffer{Main}, 0, 1000) {
		t.Errorf("after the boot: %v", e)
	}
	last := l.Last([]Buffer{Main}, 0, 10_000)
	if len(last) == 0 || last[len(last)-1].Message != "before" && last[len(last)-2].Message != "before" {
		t.Errorf("of before the boot: %v", last)
	}
	// A clock that begins in 1970, as of a device without a battery.
	c.at = time.Unix(40, 0)
	l.Boot(c.at.Add(-10 * time.Second))
	c.at = c.at.Add(time.Second)
	if all := l.Read(All(), 0, 1000); len(all) == 0 || all[len(all)-1].Time.After(c.at) {
		t.Errorf("%v", all)
	}
}
