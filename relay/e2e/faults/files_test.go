package faults

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/client"
	"github.com/farbench/farbench/relay/e2e/lab"
)

const folder = "/data/local/tmp/"

// transfer is a farbench push or pull with its events.
type transfer struct {
	cmd    *exec.Cmd
	events *bufio.Reader
	errors bytes.Buffer
	last   map[string]any
}

func (c *chain) transfer(args ...string) *transfer {
	c.t.Helper()
	f := &transfer{cmd: exec.CommandContext(c.ctx, built.Path("farbench"), args...)}
	f.cmd.Env = append(os.Environ(), "FARBENCH_URL="+c.relay.Base, "FARBENCH_TOKEN="+lab.Token)
	f.cmd.Stderr = &f.errors
	out, err := f.cmd.StdoutPipe()
	c.must(err)
	f.events = bufio.NewReader(out)
	c.must(f.cmd.Start())
	c.t.Cleanup(func() { _ = f.cmd.Process.Kill() })
	return f
}

// moving waits until bytes have moved, which shows that it is in the middle.
func (f *transfer) moving() error {
	for {
		if err := f.event(); err != nil {
			return fmt.Errorf("it ended before anything moved: %w: %s", err, f.errors.String())
		}
		if n, _ := f.last["bytes"].(float64); f.last["event"] == "progress" && n > 0 {
			return nil
		}
	}
}

func (f *transfer) event() error {
	line, err := f.events.ReadBytes('\n')
	if err != nil {
		return err
	}
	f.last = nil
	return json.Unmarshal(line, &f.last)
}

// end waits for it and gives its exit code; last is its last event.
func (f *transfer) end() int {
	for last := f.last; ; last = f.last {
		if f.event() != nil {
			f.last = last
			break
		}
	}
	_ = f.cmd.Wait()
	return f.cmd.ProcessState.ExitCode()
}

func (c *chain) big(size int) (path string, content []byte) {
	c.t.Helper()
	content = make([]byte, size)
	_, _ = rand.NewChaCha8([32]byte{7}).Read(content)
	path = filepath.Join(c.t.TempDir(), "big")
	c.must(os.WriteFile(path, content, 0o600))
	return path, content
}

// clean waits until nothing of a transfer that failed is left on the device:
// who lost it may have to be back first.
func (c *chain) clean(names ...string) {
	c.t.Helper()
	c.until("a command that can be started", func() bool {
		_, err := c.relay.API.Start(c.ctx, api.RunRequest{Bench: "demo", Device: "sim0001", Command: "true"})
		return err == nil
	})
	list := ""
	c.until("the device without a partial file", func() bool {
		list = c.shell("ls -A " + folder)
		return !strings.Contains(list, ".part")
	})
	for _, name := range names {
		if strings.Contains(list, name) {
			c.t.Errorf("the device has %q: %s", name, list)
		}
	}
}

// What crosses the whole chain is what was sent, also beside other work.
func TestFiles_CrossTheWholeChain(t *testing.T) {
	c := startChain(t)
	path, content := c.big(256 << 20)
	push := c.transfer("push", "--json", "--sha256", path, "demo/sim0001:"+folder)
	if code := push.end(); code != 0 {
		t.Fatalf("push ended with %d: %s", code, &push.errors)
	}
	var wait sync.WaitGroup
	for i := range 2 {
		wait.Go(func() {
			to := filepath.Join(t.TempDir(), "back")
			pull := c.transfer("pull", "--json", "--sha256", "demo/sim0001:"+folder+"big", to)
			if code := pull.end(); code != 0 {
				t.Errorf("pull %d ended with %d: %s", i, code, &pull.errors)
				return
			}
			back, err := os.ReadFile(to)
			if err != nil || !bytes.Equal(back, content) {
				t.Errorf("pull %d brought %d bytes (%v), and not those that were pushed", i, len(back), err)
			}
		})
	}
	// A command beside them is not held up until they are done.
	for i := range 20 {
		if out := c.shell(fmt.Sprintf("echo %d", i)); out != fmt.Sprint(i) {
			t.Errorf("a command beside them printed %q", out)
		}
	}
	wait.Wait()
}

// A link, relay, broker or agent that is lost in the middle ends a transfer with
// a fault, and nothing of it is left.
func TestFiles_WhateverIsLostInTheMiddle(t *testing.T) {
	c := startChain(t)
	path, _ := c.big(300 << 20)
	if out := c.shell("head -c 200000000 /dev/zero > " + folder + "source"); out != "" {
		t.Fatal(out)
	}
	for _, fault := range []struct {
		name         string
		break_, mend func()
	}{
		{"relay killed", func() { c.relay.Kill() }, func() { c.must(c.relay.Start()) }},
		{"relay stopped", func() { _, _ = c.relay.Stop(20 * time.Second) }, func() { c.must(c.relay.Start()) }},
		{"broker killed", func() { c.broker.Kill() }, func() { c.must(c.broker.Start()) }},
		{"agent killed", func() { c.agent.Kill() }, func() { c.must(c.agent.Start()) }},
		{"agent stopped", func() { _, _ = c.agent.Stop(20 * time.Second) }, func() { c.must(c.agent.Start()) }},
		{"link cut", c.link.Cut, c.link.Mend},
	} {
		t.Run(fault.name, func(t *testing.T) {
			c := &chain{t: t, ctx: c.ctx, broker: c.broker, relay: c.relay, sim: c.sim, agent: c.agent, link: c.link}
			into := t.TempDir()
			push := c.transfer("push", "--json", path, "demo/sim0001:"+folder+"pushed")
			pull := c.transfer("pull", "--json", "demo/sim0001:"+folder+"source", into)
			c.must(push.moving())
			c.must(pull.moving())
			fault.break_()
			for what, f := range map[string]*transfer{"push": push, "pull": pull} {
				code := f.end()
				end, _ := f.last["fault"].(map[string]any)
				if code != 126 || f.last["event"] != "end" || end["message"] == "" || end["hint"] == nil {
					t.Errorf("%s ended with %d and %v: %s", what, code, f.last, &f.errors)
				}
			}
			if left, err := os.ReadDir(into); err != nil || len(left) > 0 {
				t.Errorf("the pull left %v (%v)", left, err)
			}
			fault.mend()
			c.clean("pushed")
		})
	}
}

// Transfers that are given up leave nothing: no file, no descriptor.
func TestFiles_GivenUpAHundredTimes(t *testing.T) {
	c := startChain(t)
	path, _ := c.big(64 << 20)
	if out := c.shell("head -c 100000000 /dev/zero > " + folder + "source"); out != "" {
		t.Fatal(out)
	}
	round := func(n int) {
		var wait sync.WaitGroup
		for range 4 {
			wait.Go(func() {
				for i := range n {
					into := t.TempDir()
					f := c.transfer([]string{"push", "--json", path, "demo/sim0001:" + folder + "pushed"}...)
					if i%2 == 0 {
						_ = f.cmd.Process.Kill()
						_ = f.cmd.Wait()
						f = c.transfer("pull", "--json", "demo/sim0001:"+folder+"source", into)
					}
					if err := f.moving(); err != nil {
						t.Error(err)
					}
					how := []os.Signal{os.Interrupt, syscall.SIGKILL}[i/2%2]
					_ = f.cmd.Process.Signal(how)
					if code := f.end(); how == os.Interrupt && code != 130 {
						t.Errorf("ended with %d at ^C: %s", code, &f.errors)
					}
					if left, err := os.ReadDir(into); how == os.Interrupt && (err != nil || len(left) > 0) {
						t.Errorf("the pull left %v (%v)", left, err)
					}
				}
			})
		}
		wait.Wait()
	}
	round(2)
	c.clean("pushed")
	processes := map[string]int{"agent": c.agent.PID(), "relay": c.relay.PID(), "sim": c.sim.PID()}
	before := map[string]int{}
	for name, pid := range processes {
		before[name] = descriptors(t, pid)
	}
	round(25)
	c.clean("pushed")
	for name, pid := range processes {
		// A spare connection more is none that was left.
		c.until("the descriptors of the "+name+" as before", func() bool { return descriptors(t, pid) <= before[name]+2 })
	}
}

func descriptors(t *testing.T, pid int) int {
	t.Helper()
	list, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}

func resident(t *testing.T, pid int) (mib int) {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		t.Fatal(err)
	}
	var all, pages int
	if _, err := fmt.Sscan(string(text), &all, &pages); err != nil {
		t.Fatal(err)
	}
	return pages * os.Getpagesize() >> 20
}

// A reader that takes its time holds the device up and nothing else: what waits
// anywhere is bounded.
func TestFiles_SlowReaderFillsNoMemory(t *testing.T) {
	c := startChain(t)
	if out := c.shell("head -c 300000000 /dev/zero > " + folder + "source"); out != "" {
		t.Fatal(out)
	}
	relay, err := client.New(client.Config{URL: c.relay.Base, Token: lab.Token})
	c.must(err)
	bulk, err := relay.Bulk(c.ctx)
	c.must(err)
	defer bulk.Close()
	pids := map[string]int{"agent": c.agent.PID(), "relay": c.relay.PID(), "broker": c.broker.Process().PID()}
	before := map[string]int{}
	for name, pid := range pids {
		before[name] = resident(t, pid)
	}
	stream, err := bulk.Open(c.ctx, api.SessionRequest{Bench: "demo", Device: "sim0001", SessionSpec: wire.SessionSpec{Kind: wire.SessionPull, Path: folder + "source"}})
	c.must(err)
	for range 16 {
		if _, err := io.CopyN(io.Discard, stream, 1<<20); err != nil {
			t.Fatal(err)
		}
		c.shell("true") // time passes, and others work
	}
	for name, pid := range pids {
		if now := resident(t, pid); now > before[name]+100 {
			t.Errorf("%s: %d MiB, %d before; 300 MB are on their way", name, now, before[name])
		}
	}
	stream.Close(wire.SessionEnd{})
}

// A client whose frames break the rules loses its session or its socket, and
// the bench nothing.
func TestFiles_HostileFrames(t *testing.T) {
	c := startChain(t)
	for name, frames := range map[string][][]byte{
		"beyond the credit": {frame(wire.FrameData, 0, 60_000), frame(wire.FrameData, 60_000, 60_000), frame(wire.FrameData, 120_000, 60_000), frame(wire.FrameData, 180_000, 60_000), frame(wire.FrameData, 240_000, 60_000)},
		"a hole":            {frame(wire.FrameData, 5, 10)},
		"after the end":     {frame(wire.FrameEnd, 0, 0), frame(wire.FrameData, 0, 1)},
		"no parcel":         {frame(wire.FrameData, 0, 1000)},
		"no frame":          {[]byte("\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff")},
		"another's stream":  {wire.AppendFrame(nil, wire.Frame{Type: wire.FrameData, Stream: 9, Payload: []byte("x")}), []byte("\x63")},
	} {
		t.Run(name, func(t *testing.T) {
			end, err := rudely(c.ctx, c.relay.Base, frames)
			var bye *lab.Bye
			switch {
			case errors.As(err, &bye) && bye.Code == 4503:
			case err != nil || end.Fault == nil || end.Fault.Code == wire.Internal:
				t.Errorf("ended with %+v, %v", end, err)
			}
		})
	}
	if out := c.shell("echo fine"); out != "fine" {
		t.Errorf("afterwards a command prints %q", out)
	}
	c.clean("pushed")
}

func frame(kind wire.FrameType, offset uint64, n int) []byte {
	return wire.AppendFrame(nil, wire.Frame{Type: kind, Stream: 1, Offset: offset, Payload: make([]byte, n)})
}

// rudely opens a push and sends frames as they are.
func rudely(ctx context.Context, base string, frames [][]byte) (wire.SessionEnd, error) {
	s, err := lab.DialBulk(ctx, base, lab.Token)
	if err != nil {
		return wire.SessionEnd{}, err
	}
	defer s.Close()
	body, err := json.Marshal(api.SessionRequest{
		Bench: "demo", Device: "sim0001", Stream: 1,
		SessionSpec: wire.SessionSpec{Kind: wire.SessionPush, Path: folder, Name: "pushed"},
	})
	if err != nil {
		return wire.SessionEnd{}, err
	}
	return s.Rudely(body, frames)
}
