package bridge

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestJunk_ALineAMinuteAndTheCount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		log := slog.New(slog.NewTextHandler(&out, nil))
		var j Junk
		for range 1000 {
			j.Warn(log, "b1", "dropped a beat", "bytes", 7)
		}
		j.Warn(log, "b2", "dropped a beat")
		j.Warn(log, "b1", "dropped an inventory")
		if got := strings.Count(out.String(), "\n"); got != 3 {
			t.Errorf("%d lines:\n%s", got, out.String())
		}
		time.Sleep(junkEvery)
		out.Reset()
		j.Warn(log, "b1", "dropped a beat", "bytes", 7)
		if !strings.Contains(out.String(), "bench=b1 bytes=7 before=999") {
			t.Error(out.String())
		}
		for n := range 5000 {
			j.Warn(log, fmt.Sprint(n), "x")
		}
		if len(j.seen) > maxJunk {
			t.Errorf("%d remembered", len(j.seen))
		}
	})
}
