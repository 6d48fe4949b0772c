package inventory

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/adb"
	"github.com/farbench/farbench/agent/wire"
)

// course plays what happens to a bench, second by second, and answers what the
// roster asks its devices.
type course struct {
	t   *testing.T
	r   *roster
	now time.Time
	// What the device "A" is.
	state     string // "" where it is not listed
	transport int64
	boot      adb.Boot
	silent    bool

	tcp        bool
	reconnects []time.Duration // since start
	connects   int
	connected  error
}

func newCourse(t *testing.T) *course {
	c := &course{t: t, r: newRoster(5 * time.Second), now: start, state: "device", transport: 1, boot: adb.Boot{ID: "first", Completed: true}}
	c.pass(2 * time.Second)
	c.want(wire.DeviceReady)
	return c
}

func (c *course) serial() string {
	if c.tcp {
		return "10.0.0.7:7001"
	}
	return "A"
}

// pass lets time pass, in which the server is asked twice a second.
func (c *course) pass(d time.Duration) {
	for end := c.now.Add(d); c.now.Before(end); c.now = c.now.Add(500 * time.Millisecond) {
		c.look()
	}
	c.look()
}

func (c *course) look() {
	var list []adb.Device
	if c.state != "" {
		list = []adb.Device{{Serial: c.serial(), State: c.state, TransportID: c.transport}}
	}
	c.r.see(list, c.now)
	for {
		all := c.r.errands(c.now)
		if len(all) == 0 {
			return
		}
		for _, e := range all {
			d := done{errand: e, boot: c.boot, version: usualVersion}
			switch e.kind {
			case connect:
				c.connects++
				d.err = c.connected
			case reconnect:
				c.reconnects = append(c.reconnects, c.now.Sub(start))
			default:
				if c.silent {
					d.err = &adb.Error{Code: wire.OpenFailed, Err: os.ErrDeadlineExceeded}
				}
			}
			c.r.take(d, c.now)
		}
	}
}

// want checks what testers see; "" is nothing.
func (c *course) want(state wire.DeviceState) {
	c.t.Helper()
	seen := wire.DeviceState("")
	for _, s := range c.r.states() {
		seen = s
	}
	if seen != state {
		c.t.Fatalf("%v after the start it is %q, want %q", c.now.Sub(start), seen, state)
	}
	if reason := c.reason(); (reason == "") != (state == wire.DeviceReady || state == "") {
		c.t.Errorf("%q is explained with %q", state, reason)
	}
}

func (c *course) reason() (text string) {
	for _, e := range c.r.entries {
		text = e.device.Reason + e.device.Hint
	}
	return text
}

func (c *course) leave() { c.state = "" }

func (c *course) back(boot string, completed bool) {
	c.transport++
	c.state, c.boot = "device", adb.Boot{ID: boot, Completed: completed}
}

func TestRoster_hubReset(t *testing.T) {
	c := newCourse(t)
	c.leave()
	c.pass(4 * time.Second)
	c.want("offline")
	if len(c.r.entries) != 1 {
		t.Fatal("it is gone already")
	}
	c.back("first", true)
	c.pass(0)
	c.want(wire.DeviceReady)
}

func TestRoster_notReadyBeforeItsBootIsKnown(t *testing.T) {
	c := newCourse(t)
	c.leave()
	c.pass(time.Second)
	c.r.see([]adb.Device{ready("A", "", 2)}, c.now) // and no answer yet
	c.want("offline")
	if got := c.r.questions(c.now, readBoot); len(got) != 1 {
		t.Errorf("asks %v", got)
	}
	c.r.take(done{errand: errand{kind: readBoot, id: "a", transport: 2}, err: errors.New("no such file")}, c.now)
	c.want(wire.DeviceReady) // one that cannot say it is not held back
}

func TestRoster_silence(t *testing.T) {
	c := newCourse(t)
	c.silent = true
	c.pass(beatEvery + time.Second)
	c.want(wire.DeviceNotAnswering)
	c.pass(time.Minute)
	c.want(wire.DeviceNotAnswering)
	c.silent = false
	c.pass(beatEvery + time.Second)
	c.want(wire.DeviceReady)

	c.silent = true
	c.pass(beatEvery + time.Second)
	c.leave()
	c.pass(time.Second)
	c.want("offline")
	c.silent = false
	c.back("first", true)
	c.pass(0)
	c.want(wire.DeviceReady)
}

func TestRoster_stuckOffline(t *testing.T) {
	c := newCourse(t)
	c.state = "offline"
	c.pass(5 * time.Minute)
	c.want("offline")
	want := "[12s 42s 1m42s 3m42s]"
	if got := fmt.Sprint(c.reconnects); got != want {
		t.Errorf("reconnected at %s, want %s", got, want)
	}
	c.back("first", true)
	c.pass(time.Second)
	c.want(wire.DeviceReady)
	c.reconnects, c.state = nil, "offline"
	c.pass(stuckFor + time.Second)
	if len(c.reconnects) != 1 {
		t.Errorf("stuck anew it is reconnected %d times, want once", len(c.reconnects))
	}
}

// A real server forgets a TCP device that it is told to reconnect.
func TestRoster_stuckOfflineOverTCP(t *testing.T) {
	r := newRoster(time.Second)
	r.see([]adb.Device{{Serial: "10.0.0.7:7001", State: "offline", TransportID: 1}, {Serial: "B", State: "offline", TransportID: 2}}, start)
	r.errands(start)
	got := map[string]string{}
	for _, e := range r.errands(start.Add(stuckFor)) {
		if e.kind == reconnect {
			got[e.id] = e.addr
		}
	}
	if len(got) != 2 || got["10-0-0-7-7001"] != "10.0.0.7:7001" || got["b"] != "" {
		t.Errorf("reconnects %v", got)
	}
}

func TestRoster_serverRestart(t *testing.T) {
	t.Run("its devices are kept and explained", func(t *testing.T) {
		c := newCourse(t)
		c.r.streamLost(1, c.now)
		c.r.sever(c.now)
		c.want(wire.DeviceServerLost)
		c.now = c.now.Add(20 * time.Second)
		c.r.sever(c.now)
		c.want(wire.DeviceServerLost)
		c.leave() // a new server lists nothing at first
		c.pass(time.Second)
		c.want(wire.DeviceServerLost)
		c.back("first", true)
		c.state = "offline"
		c.pass(time.Second)
		c.want(wire.DeviceServerLost)
		c.state = "device"
		c.pass(time.Second)
		c.want(wire.DeviceReady)
	})
	t.Run("one that does not come back is gone", func(t *testing.T) {
		c := newCourse(t)
		c.r.sever(c.now)
		c.leave()
		c.pass(9 * time.Second)
		c.want(wire.DeviceServerLost)
		c.pass(2 * time.Second)
		c.want("")
	})
	t.Run("without a server for long", func(t *testing.T) {
		c := newCourse(t)
		c.r.sever(c.now)
		c.now = c.now.Add(31 * time.Second)
		c.r.sever(c.now)
		c.want("")
	})
	t.Run("what was connected over TCP is connected again", func(t *testing.T) {
		c := newCourse(t)
		c.tcp = true
		c.back("first", true)
		c.pass(20 * time.Second)
		c.want(wire.DeviceReady)
		c.r.sever(c.now)
		c.leave()
		c.connected = errors.New("refused")
		c.pass(500 * time.Millisecond)
		c.want(wire.DeviceServerLost)
		if c.connects != 1 {
			t.Errorf("%d attempts at once, want 1", c.connects)
		}
		c.pass(4 * time.Second)
		if c.connects != 3 {
			t.Errorf("%d attempts in 4.5 s, want 3", c.connects)
		}
		c.back("first", true)
		c.pass(time.Minute)
		c.want(wire.DeviceReady)
		if c.connects != 3 {
			t.Errorf("%d attempts, want no more once it is back", c.connects)
		}
	})
	t.Run("but not what was taken away", func(t *testing.T) {
		c := newCourse(t)
		c.tcp = true
		c.back("first", true)
		c.pass(20 * time.Second)
		c.leave()
		c.pass(time.Minute)
		if c.connects != 0 {
			t.Errorf("%d attempts", c.connects)
		}
	})
	t.Run("a server of another version is named", func(t *testing.T) {
		r := newRoster(time.Second)
		r.see(nil, start)
		if all := r.errands(start); len(all) != 1 || all[0].kind != askVersion {
			t.Fatalf("asks %v", all)
		}
		r.take(done{errand: errand{kind: askVersion}, version: 40}, start)
		if _, reason, _ := r.news(); !strings.Contains(reason, "version 40") {
			t.Errorf("reason %q", reason)
		}
		r.take(done{errand: errand{kind: askVersion}, version: 36}, start)
		if _, reason, _ := r.news(); !strings.Contains(reason, "version 36") || !strings.Contains(reason, "Update") {
			t.Errorf("reason %q", reason)
		}
		r.sever(start)
		r.see(nil, start)
		if all := r.errands(start); len(all) != 1 {
			t.Errorf("asks %v of the next one", all)
		}
	})
}
