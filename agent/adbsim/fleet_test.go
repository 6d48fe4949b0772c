package adbsim

import (
	"strings"
	"testing"
	"time"
)

// onShell runs a command on a device.
func onShell(t *testing.T, addr, serial, command string) string {
	t.Helper()
	c := openOn(t, addr, serial, "shell,v2,raw:"+command)
	defer c.Close()
	return c.collect().out
}

func TestBench_default(t *testing.T) {
	b, addr := startBench(t, Config{})
	if got := states(t, addr); got != "SIM0001=device sim0002:5555=device SIM0003=unauthorized " {
		t.Fatalf("the default bench is %s", got)
	}
	for command, want := range map[string]string{
		"pm list users | grep -c running":              "2\n",
		"am get-current-user":                          "10\n",
		"dumpsys SurfaceFlinger --display-id | wc -l":  "2\n",
		"cmd display get-displays -i":                  "0\n2\n",
		"pm list packages -3 | sort":                   "package:com.farbench.dcm\npackage:com.farbench.navigation\npackage:com.farbench.radio\n",
		"getprop ro.product.vendor.model; getprop x.y": "Farbench HU\n\n",
	} {
		if got := onShell(t, addr, "SIM0001", command); got != want {
			t.Errorf("head unit: %s says %q", command, got)
		}
	}
	if got := onShell(t, addr, "sim0002:5555", "am get-current-user; pm list packages -3; wm size"); got != "0\npackage:com.farbench.cluster\npackage:com.farbench.dcm\nPhysical size: 1920x720\n" {
		t.Errorf("the cluster says %q", got)
	}
	suffers(t, addr, "authorize SIM0003")
	eventually(t, "the third to be authorized", func() bool { return strings.Contains(states(t, addr), "SIM0003=device") })
	if got := onShell(t, addr, "SIM0003", "getprop ro.product.model"); got != "Farbench Rear Seat\n" {
		t.Errorf("the third one says %q", got)
	}
	suffers(t, addr, "authorize SIM0099") // only told to the log
	if len(b.Devices()) != DefaultDevices {
		t.Errorf("%d devices", len(b.Devices()))
	}
}

func TestBench_asManyAsAsked(t *testing.T) {
	b, _ := startBench(t, Config{Devices: 50})
	seen := map[string]bool{}
	for _, d := range b.list() {
		if seen[d.Serial] || d.DevPath != "" && seen[d.DevPath] {
			t.Errorf("%s at %s is there twice", d.Serial, d.DevPath)
		}
		seen[d.Serial], seen[d.DevPath] = true, true
	}
	if len(b.list()) != 50 {
		t.Errorf("%d devices", len(b.list()))
	}
}

func TestBench_isAlikeWithTheSameSeedAndClock(t *testing.T) {
	noon := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	const look = "cat /proc/sys/kernel/random/boot_id; head -c 16 /dev/urandom | sha256sum; getprop; logcat -d -b all; " +
		"dumpsys meminfo; dumpsys cpuinfo; dumpsys thermalservice; dumpsys dropbox --print; dumpsys car_service; uptime; screencap -p 2>/dev/null | sha256sum"
	said := func(seed uint64, serial string) string {
		_, addr := startBench(t, Config{Seed: seed, Now: func() time.Time { return noon }})
		return onShell(t, addr, serial, look)
	}
	first := said(1, "SIM0001")
	if len(first) < 10_000 {
		t.Fatalf("said only %q", first)
	}
	if again := said(1, "SIM0001"); again != first {
		t.Error("the same seed and clock give another device")
	}
	if other := said(2, "SIM0001"); other == first {
		t.Error("another seed gives the same device")
	}
	if neighbour := said(1, "sim0002:5555"); neighbour == first {
		t.Error("two devices of a bench are alike")
	}
}
