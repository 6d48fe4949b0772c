package daemon

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/farbench/farbench/agent/wire"
)

func refused(t *testing.T, a wire.Answer, code wire.Code) {
	t.Helper()
	if a.Result == nil || a.Result.State != wire.Ended || a.Result.Outcome != wire.Refused || a.Result.Fault == nil || a.Result.Fault.Code != code {
		t.Fatalf("answer %+v, want refused: %s", a, code)
	}
}

func TestDaemon_RunsAnIDOnce(t *testing.T) {
	h := newHub(t)
	data := t.TempDir()
	in := func(c *Config) { c.Data = data }
	b := startBench(t, h, in)
	// Each execution would leave a line in a file of the device.
	const command = "echo ran >> /data/local/tmp/count; cat /data/local/tmp/count"
	clock := h.clock()
	s := wire.Start{Life: clock.Life, VoidAt: clock.ClockMS + 30_000, Run: "once", Device: "sim0001", Command: command, TimeoutS: 60}
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() {
			if a := h.send(s); a.Result == nil || a.Result.Run != "once" {
				t.Errorf("answer %+v", a)
			}
		})
	}
	wg.Wait()
	h.result("once")
	if out := h.log("once").out.String(); out != "ran\n" {
		t.Fatalf("the device says %q", out)
	}
	// The same again, to the old life and to the new one.
	b.stop()
	startBench(t, h, in)
	for range 20 {
		if a := h.send(s); a.Result == nil || a.Result.Outcome != wire.Exited {
			t.Fatalf("answer %+v", a)
		}
		if a := h.start("once", command); a.Result == nil || a.Result.Outcome != wire.Exited {
			t.Fatalf("answer %+v", a)
		}
	}
	if n := len(h.log("once").lines); n != 1 {
		t.Fatalf("%d lines in the log", n)
	}
}

func TestDaemon_NeverLate(t *testing.T) {
	h := newHub(t)
	startBench(t, h)
	t.Run("a moment that has passed", func(t *testing.T) {
		a := h.start("late", "echo late", func(s *wire.Start) { s.VoidAt = h.clock().ClockMS })
		refused(t, a, wire.TooLate)
		if r := h.result("late"); r.Fault.Code != wire.TooLate {
			t.Fatalf("result %+v", r)
		}
		refused(t, h.start("late", "echo late"), wire.TooLate) // known now
	})
	t.Run("another life", func(t *testing.T) {
		a := h.start("other", "echo other", func(s *wire.Start) { s.Life = "someone-else" })
		if a.Fault == nil || a.Fault.Code != wire.OtherLife || a.Life == "" || a.Life == "someone-else" {
			t.Fatalf("answer %+v", a)
		}
		if a := h.start("other", "echo other"); a.Result == nil || a.Result.State != wire.Accepted {
			t.Fatalf("sent again to the right life: %+v", a)
		}
	})
	t.Run("an id that never arrived", func(t *testing.T) {
		refused(t, h.run("never"), wire.NeverArrived)
		if r := h.result("never"); r.Fault.Code != wire.NeverArrived {
			t.Fatalf("result %+v", r)
		}
		refused(t, h.start("never", "echo too late"), wire.NeverArrived)
	})
}

func TestDaemon_RefusesWhatCannotStart(t *testing.T) {
	h := newHub(t)
	startBench(t, h)
	refused(t, h.start("r1", "id", func(s *wire.Start) { s.Device = "nosuch" }), wire.DeviceUnknown)
	for i, change := range []func(*wire.Start){
		func(s *wire.Start) { s.Command = "" },
		func(s *wire.Start) { s.Command = "a\x00b" },
		func(s *wire.Start) { s.Command = strings.Repeat("x", wire.MaxCommand+1) },
		func(s *wire.Start) { s.TimeoutS = 0 },
		func(s *wire.Start) { s.Run = "a.b" },
	} {
		if a := h.start(fmt.Sprint("bad", i), "id", change); a.Fault == nil || a.Fault.Code != wire.Invalid {
			t.Errorf("%d: answer %+v", i, a)
		}
	}
}

func TestDaemon_AnswersOnlyOnTheRelaysSubject(t *testing.T) {
	h := newHub(t)
	startBench(t, h)
	sub := must(h.nc.SubscribeSync(">"))
	for _, id := range []string{"a.b", "*", ">", "", "x.>"} {
		_ = h.nc.PublishRequest("cmd.request.clock", "cmd.run.start", must(jsonOf(wire.Request{Relay: id, Req: "ok"})))
		_ = h.nc.PublishRequest("cmd.request.clock", "cmd.run.start", must(jsonOf(wire.Request{Relay: "ok", Req: id})))
	}
	h.clock() // the bench has worked through them
	for {
		n, _, _ := sub.Pending()
		if n == 0 {
			break
		}
		m := must(sub.NextMsg(0))
		if strings.HasPrefix(m.Subject, "up.reply.") && !strings.HasPrefix(m.Subject, "up.reply."+h.relay+".") || m.Subject == "cmd.run.start" {
			t.Errorf("answered on %s", m.Subject)
		}
	}
}
