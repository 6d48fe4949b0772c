package run

import (
	"testing"
	"time"
)

// readsFor drives a run that prints as fast as it is read, 64 KiB at a time in
// no time, and returns the bytes it got rid of.
func readsFor(p *pacer, run string, from time.Time, d time.Duration) (bytes int64) {
	const n = 64 << 10
	for now := from; now.Before(from.Add(d)); {
		bytes += n
		if bytes > 1<<30 {
			return bytes
		}
		now = now.Add(p.read(run, n, bytes, now) + time.Microsecond)
	}
	return bytes
}

func TestPacer(t *testing.T) {
	start := time.Unix(1000, 0)
	beside := func() *pacer {
		p := &pacer{}
		p.accepted("flood", start)
		p.accepted("command", start.Add(time.Minute))
		return p
	}
	t.Run("alone a flood runs free", func(t *testing.T) {
		p := &pacer{}
		p.accepted("flood", start)
		if got := readsFor(p, "flood", start, time.Second); got < 1<<30 {
			t.Errorf("%d bytes in a second", got)
		}
	})
	t.Run("beside a newer run it keeps to the rate", func(t *testing.T) {
		got := readsFor(beside(), "flood", start.Add(time.Minute), time.Second)
		if got < paceRate || got > paceRate+paceFree+paceBurst+256<<10 {
			t.Errorf("%d bytes in a second, want about %d", got, int64(paceRate))
		}
	})
	t.Run("all older runs share the rate", func(t *testing.T) {
		p, now := beside(), start.Add(time.Minute)
		var wait time.Duration
		for range 32 {
			wait = max(p.read("flood", 64<<10, 1<<30, now), p.read("another", 64<<10, 1<<30, now))
		}
		if want := time.Second * (64*64<<10 - paceBurst) / paceRate; wait < want-time.Millisecond || wait > want+time.Millisecond {
			t.Errorf("wait %v after 4 MiB at once, want %v", wait, want)
		}
	})
	t.Run("the newest run and short ones never wait", func(t *testing.T) {
		p, now := beside(), start.Add(time.Minute)
		for range 1000 {
			if d := p.read("command", 64<<10, 1<<30, now); d != 0 {
				t.Fatalf("the newest waits %v", d)
			}
			if d := p.read("flood", 1<<10, paceFree, now); d != 0 {
				t.Fatalf("a short run waits %v", d)
			}
		}
	})
	t.Run("a while after the newest run's start it runs free again", func(t *testing.T) {
		if got := readsFor(beside(), "flood", start.Add(time.Minute+paceFor), time.Second); got < 1<<30 {
			t.Errorf("%d bytes in a second", got)
		}
	})
}
