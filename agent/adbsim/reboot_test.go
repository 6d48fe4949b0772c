package adbsim

import (
	"strings"
	"testing"
	"time"
)

// clockwork is a clock whose waits end when a test says so.
type clockwork struct{ waits chan chan time.Time }

func (c clockwork) after(time.Duration) <-chan time.Time {
	done := make(chan time.Time, 1)
	c.waits <- done
	return done
}

// pass ends the next wait.
func (c clockwork) pass(t *testing.T) {
	t.Helper()
	select {
	case done := <-c.waits:
		done <- time.Now()
	case <-time.After(10 * time.Second):
		t.Fatal("nobody waits")
	}
}

func stateOf(d *Device) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.state
}

func TestReboot_isEverythingThatARebootIs(t *testing.T) {
	clock := clockwork{make(chan chan time.Time, 8)}
	b, addr := startBench(t, Config{Devices: 1, After: clock.after})
	d := b.Devices()[0]
	sh := func(command string) string { return strings.TrimSpace(run(t, addr, command).out) }

	before := sh("cat /proc/sys/kernel/random/boot_id")
	fingerprint := sh("getprop ro.build.fingerprint")
	sh("setprop persist.lab.kept 1; setprop lab.lost 1; echo kept >/data/local/tmp/f")
	d.SetFirmware("11600001")
	running := openOn(t, addr, d.Serial(), "shell,v2,raw:trap '' HUP; echo up; sleep 600")
	running.line()

	asking := openOn(t, addr, d.Serial(), "reboot:")
	if r := running.collect(); r.exit != -1 {
		t.Errorf("a command in a reboot ended with %d", r.exit)
	}
	if left := asking.collect(); left.out != "" {
		t.Errorf("reboot: says %q", left.out)
	}
	eventually(t, "the device to leave", func() bool { return stateOf(d) == "" })
	if n := len(d.machine.Processes()); n != 0 {
		t.Errorf("%d processes live through a reboot", n)
	}
	clock.pass(t) // it is away
	eventually(t, "the device to come back", func() bool { return stateOf(d) == StateDevice })
	if got := sh("getprop sys.boot_completed; getprop init.svc.bootanim; pm list packages 2>&1"); got != "running\ncmd: Can't find service: package" {
		t.Errorf("while it boots: %q", got)
	}
	clock.pass(t) // it boots
	eventually(t, "the boot to complete", func() bool { return sh("getprop sys.boot_completed") == "1" })

	if got := sh("cat /proc/sys/kernel/random/boot_id"); got == before {
		t.Error("the boot id is the same")
	}
	if got := sh("getprop ro.build.fingerprint"); got == fingerprint || !strings.Contains(got, "/11600001:") {
		t.Errorf("the fingerprint is %s", got)
	}
	if got := sh("getprop ro.boot.bootreason; getprop ro.boot.slot_suffix; getprop persist.lab.kept; getprop lab.lost; cat /data/local/tmp/f"); got != "reboot,adb\n_b\n1\n\nkept" {
		t.Errorf("after the reboot: %q", got)
	}
	if got := sh("cut -d. -f1 /proc/uptime"); len(got) > 3 {
		t.Errorf("up for %s s", got)
	}
}

func TestReboot_intoOtherModes(t *testing.T) {
	for mode, state := range map[string]string{RebootRecovery: StateRecovery, RebootSideload: StateSideload, RebootBootloader: StateBootloader} {
		t.Run(mode, func(t *testing.T) {
			clock := clockwork{make(chan chan time.Time, 8)}
			b, addr := startBench(t, Config{Devices: 1, After: clock.after})
			d := b.Devices()[0]
			if mode == RebootSideload { // takes root
				c := openOn(t, addr, d.Serial(), "reboot:sideload")
				text := make([]byte, 64)
				n, _ := c.Read(text)
				if !strings.Contains(string(text[:n]), "'adb root' is required") {
					t.Errorf("without root: %q", text[:n])
				}
				d.becomeRoot()
			}
			openOn(t, addr, d.Serial(), "reboot:"+mode)
			clock.pass(t)
			eventually(t, "the device to be in "+state, func() bool { return stateOf(d) == state })
			if state == StateBootloader {
				clock.pass(t) // nobody speaks fastboot: it goes on by itself
			} else {
				openOn(t, addr, d.Serial(), "reboot:")
			}
			clock.pass(t)
			eventually(t, "the device to be back", func() bool { return stateOf(d) == StateDevice })
		})
	}
}

// A reboot that another fault overtakes leaves that fault alone; the system
// behind the cable boots to its end.
func TestReboot_overtaken(t *testing.T) {
	clock := clockwork{make(chan chan time.Time, 8)}
	b, _ := startBench(t, Config{Devices: 1, After: clock.after})
	d := b.Devices()[0]
	over := make(chan struct{})
	go func() {
		defer close(over)
		d.reboot(t.Context(), RebootSystem, "reboot,test", 0)
	}()
	eventually(t, "the device to leave", func() bool { return stateOf(d) == "" })
	d.SetState(StateUnauthorized)
	clock.pass(t)
	clock.pass(t)
	<-over
	if got := stateOf(d); got != StateUnauthorized {
		t.Errorf("the device is %q", got)
	}
	if got := d.machine.Props.Get("sys.boot_completed"); got != "1" {
		t.Errorf("boot_completed is %q", got)
	}
}
