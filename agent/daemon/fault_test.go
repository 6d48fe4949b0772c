package daemon

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/wire"
)

const manyLines = 20_000

// counting prints numbered lines for some seconds, in bursts.
const counting = `n=0; while [ $n -lt 20000 ]; do seq $((n+1)) $((n+200)); n=$((n+200)); sleep 0.02; done`

// counted waits for the run's end and wants every line once, in order.
func counted(t *testing.T, h *hub, id string) {
	t.Helper()
	r := h.result(id)
	if r.Outcome != wire.Exited || r.Lines != manyLines {
		t.Fatalf("result %+v", r)
	}
	wait(t, "all lines", func() bool { return h.log(id).last == manyLines })
	l := h.log(id)
	if l.gaps != 0 || len(l.lines) != manyLines {
		t.Fatalf("%d lines, %d in gaps", len(l.lines), l.gaps)
	}
	for i, line := range l.lines {
		if string(line.Bytes) != strconv.Itoa(i+1) {
			t.Fatalf("line %d is %q", i+1, line.Bytes)
		}
	}
}

func (h *hub) begun(id string) {
	h.t.Helper()
	wait(h.t, "the first lines of "+id, func() bool { return h.log(id).last > 1000 })
}

func TestDaemon_LinkCut(t *testing.T) {
	h := newHub(t)
	p := newProxy(t, h)
	b := startBench(t, h, func(c *Config) { c.NATS.URL = p.url() })
	h.start("r1", counting)
	h.begun("r1")
	for range 3 {
		p.setCut(true)
		before := b.spool.Size()
		wait(t, "the spool grows", func() bool { return b.spool.Size() > before+2000 || b.runner.Going() == 0 })
		p.setCut(false)
		wait(t, "the link is back", func() bool { return h.nc.NumSubscriptions() > 0 && b.spool.Idle() || b.runner.Going() == 0 })
	}
	counted(t, h, "r1")
}

func TestDaemon_AcknowledgementsLost(t *testing.T) {
	h := newHub(t)
	p := newProxy(t, h)
	startBench(t, h, func(c *Config) { c.NATS.URL = p.url(); c.ackWait = 200 * time.Millisecond })
	h.start("r1", counting)
	h.begun("r1")
	p.setMute(true)
	at := h.log("r1").last
	wait(t, "lines that nobody acknowledges", func() bool { return h.log("r1").last > at })
	// What was swallowed broke the protocol's stream: only a new connection
	// brings it back.
	p.setCut(true)
	p.setMute(false)
	p.setCut(false)
	counted(t, h, "r1")
}

func TestDaemon_BrokerRestarted(t *testing.T) {
	h := newHub(t)
	startBench(t, h)
	h.start("r1", counting)
	h.begun("r1")
	h.down()
	h.up()
	wait(t, "lines after it", func() bool { return h.log("r1").last > 3000 })
	h.down()
	h.up()
	counted(t, h, "r1")
}

func TestDaemon_StorePutBack(t *testing.T) {
	h := newHub(t)
	b := startBench(t, h)
	h.start("r1", counting)
	h.begun("r1")
	h.down()
	copied := filepath.Join(t.TempDir(), "copy")
	if err := os.CopyFS(copied, os.DirFS(h.dir)); err != nil {
		t.Fatal(err)
	}
	h.up()
	wait(t, "newer lines", func() bool { return h.log("r1").last > 5000 })
	h.down()
	h.dir = copied
	h.up()
	counted(t, h, "r1")
	wait(t, "all is acknowledged", b.spool.Idle)
}

func TestDaemon_PublishesRefused(t *testing.T) {
	h := newHub(t)
	b := startBench(t, h)
	limit := func(msgs int64) {
		stream := must(h.js.Stream(t.Context(), wire.StreamRuns))
		c := stream.CachedInfo().Config
		c.MaxMsgs = msgs
		must(h.js.UpdateStream(t.Context(), c))
	}
	h.start("r1", counting)
	h.begun("r1")
	stream := must(h.js.Stream(t.Context(), wire.StreamRuns))
	for range 3 {
		limit(int64(must(stream.Info(t.Context())).State.Msgs) + 3) // full: the stream refuses
		before := b.spool.Size()
		wait(t, "the spool grows", func() bool { return b.spool.Size() > before+2000 || b.runner.Going() == 0 })
		limit(-1)
		at := h.log("r1").last
		wait(t, "lines arrive again", func() bool { return h.log("r1").last > at || h.log("r1").last == manyLines })
	}
	counted(t, h, "r1")
}

func TestDaemon_WaitsForABrokerAndAStream(t *testing.T) {
	h := newHub(t)
	for _, name := range []string{wire.StreamRuns, wire.StreamResults, wire.StreamBenches} {
		if err := h.js.DeleteStream(t.Context(), name); err != nil {
			t.Fatal(err)
		}
	}
	h.down()
	go func() { // the agent waits in startBench until the broker is there
		<-time.After(300 * time.Millisecond)
		h.up()
	}()
	startBench(t, h)
	if a := h.start("r1", "echo early"); a.Result == nil {
		t.Fatalf("answer %+v", a)
	}
	h.makeStreams()
	if r := h.result("r1"); r.Outcome != wire.Exited {
		t.Fatalf("result %+v", r)
	}
	wait(t, "its line", func() bool { return h.log("r1").out.String() == "early\n" })
	wait(t, "the inventory", func() bool {
		stream := must(h.js.Stream(t.Context(), wire.StreamBenches))
		_, err := stream.GetLastMsgForSubject(t.Context(), wire.UpState)
		return err == nil
	})
}

func TestDaemon_SpoolOverflowsAsCountedGap(t *testing.T) {
	h := newHub(t)
	p := newProxy(t, h)
	b := startBench(t, h, func(c *Config) { c.NATS.URL = p.url(); c.SpoolBound = 1 << 20 })
	h.start("r1", "sleep 4; seq 1 500000")
	h.running("r1")
	p.setCut(true)
	wait(t, "the command's end", func() bool { return b.runner.Going() == 0 })
	p.setCut(false)
	if r := h.result("r1"); r.Outcome != wire.Exited || r.Lines != 500_000 {
		t.Fatalf("result %+v", r)
	}
	wait(t, "the last line", func() bool { return h.log("r1").last == 500_000 })
	l := h.log("r1")
	if l.gaps == 0 || l.gaps+int64(len(l.lines)) != 500_000 {
		t.Fatalf("%d lines, %d in gaps", len(l.lines), l.gaps)
	}
	for _, line := range l.lines {
		if string(line.Bytes) != fmt.Sprint(line.N) {
			t.Fatalf("line %d is %q", line.N, line.Bytes)
		}
	}
}
