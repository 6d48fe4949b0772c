package android

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/farbench/farbench/agent/adbsim/machine"
)

// dumps are the services that dumpsys shows something of.
var dumps = map[string]func(*call) int{
	"activity": dumpActivities, "audio": dumpAudio, "battery": dumpBattery, "bluetooth_manager": dumpBluetooth,
	"car_service": dumpCar, "connectivity": dumpConnectivity, "cpuinfo": dumpCPU, "display": dumpDisplay,
	"dropbox": dumpDropbox, "gfxinfo": dumpGraphics, "media_session": dumpMediaSession, "meminfo": dumpMemory,
	"power": dumpPower, "SurfaceFlinger": dumpFlinger, "thermalservice": dumpThermal, "uimode": dumpUIMode, "user": dumpUsers,
	"wifi": dumpWifi, "window": dumpWindow,
}

// quiet are services that are there and have nothing to tell.
var quiet = []string{"alarm", "input", "input_method", "notification", "package", "permissionmgr", "settings", "statusbar", "storagestats", "vehicle"}

func (s *System) services() []string {
	var names []string
	for _, name := range append(slices.Collect(maps.Keys(dumps)), quiet...) {
		if name != "car_service" && name != "vehicle" || s.model.Vehicle {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) })
	return names
}

// dumpsys is dumpsys [-l] [-t SECONDS] [SERVICE …].
func (s *System) dumpsys(p *machine.Proc, args []string) int {
	for len(args) > 2 && (args[1] == "-t" || args[1] == "-T") {
		args = append([]string{args[0]}, args[3:]...)
	}
	switch {
	case len(args) > 1 && args[1] != "-l" && args[1] != "SurfaceFlinger" && !s.up():
		p.Errorf("Can't find service: %s\n", args[1])
		return 0
	case len(args) == 1 || args[1] == "-l":
		p.Printf("Currently running services:\n")
		for _, name := range s.services() {
			p.Printf("  %s\n", name)
		}
		return 0
	case args[1] == "package" && s.packages != nil:
		return s.packages(p, append([]string{"pm", "dump"}, args[2:]...))
	case dumps[args[1]] != nil:
		return s.with(p, args, dumps[args[1]])
	case slices.Contains(s.services(), args[1]):
		p.Printf("DUMP OF SERVICE %s:\n", args[1])
		return 0
	}
	p.Errorf("Can't find service: %s\n", args[1])
	return 0
}

// service is service list|check NAME.
func (s *System) service(p *machine.Proc, args []string) int {
	names := s.services()
	switch {
	case len(args) > 1 && args[1] == "list":
		p.Printf("Found %d services:\n", len(names))
		for i, name := range names {
			p.Printf("%d\t%s: []\n", i, name)
		}
	case len(args) > 2 && args[1] == "check":
		found := "not found"
		if slices.Contains(names, args[2]) {
			found = "found"
		}
		p.Printf("Service %s: %s\n", args[2], found)
	default:
		p.Errorf("Usage: service [-h|-?]\n       service list\n       service check SERVICE\n")
		return 10
	}
	return 0
}

// wave is a number that moves with the clock, from -1 to 1 in steps.
func (s *System) wave(slow int64) float64 {
	n := s.m.Now().Unix()/slow + int64(appID(s.m.Props.Get("ro.serialno")))
	return float64(n%21-10) / 10
}

func dumpBattery(c *call) int {
	fmt.Fprintf(&c.out, "Current Battery Service state:\n  AC powered: true\n  USB powered: false\n  Wireless powered: false\n  Dock powered: false\n"+
		"  Max charging current: 0\n  Max charging voltage: 0\n  Charge counter: 0\n  status: 5\n  health: 2\n  present: true\n  level: 100\n  scale: 100\n"+
		"  voltage: %d\n  temperature: %d\n  technology: 12V\n", 13800+int(c.wave(7)*150), 310+int(c.wave(11)*12))
	return 0
}

func dumpThermal(c *call) int {
	c.out.WriteString("IsStatusOverride: false\nThermalEventListeners:\n\tcallbacks: 1\n\tkilled: false\n\tbroadcasts count: -1\nThermal Status: 0\nCached temperatures:\n")
	temperatures := func() {
		for _, t := range []struct {
			name string
			kind int
			mean float64
		}{{"CPU0", 0, 54.1}, {"CPU1", 0, 53.4}, {"GPU", 1, 47.8}, {"battery", 2, 31}, {"skin", 3, 41}} {
			fmt.Fprintf(&c.out, "\tTemperature{mValue=%.1f, mType=%d, mName=%s, mStatus=0}\n", t.mean+c.wave(5), t.kind, t.name)
		}
	}
	temperatures()
	c.out.WriteString("HAL Ready: true\nHAL connection:\n\tThermalHAL AIDL 1  connected: yes\nCurrent temperatures from HAL:\n")
	temperatures()
	c.out.WriteString("Current cooling devices from HAL:\n\tCoolingDevice{mValue=0, mType=0, mName=fan0}\n")
	return 0
}

// systemMemory is what the system's own processes take, in KiB.
var systemMemory = []struct {
	name string
	pid  int
	pss  int
}{{"system_server", serverPID, 412318}, {"com.android.systemui", 1533, 231906}, {"com.android.car", carPID, 121870}, {"surfaceflinger", 498, 48212}, {"com.android.bluetooth", 1377, 40118}}

func dumpMemory(c *call) int {
	if name := c.arg(2); name != "" && !strings.HasPrefix(name, "-") {
		return dumpOneMemory(c, name)
	}
	up := c.uptime()
	fmt.Fprintf(&c.out, "Applications Memory Usage (in Kilobytes):\nUptime: %d Realtime: %d\n\nTotal PSS by process:\n", up.Milliseconds(), up.Milliseconds())
	used := 0
	line := func(name string, pid, pss int, activities string) {
		used += pss
		fmt.Fprintf(&c.out, "%11sK: %s (pid %d%s)\n", thousands(pss), name, pid, activities)
	}
	for _, one := range systemMemory {
		line(one.name, one.pid, one.pss, "")
	}
	for _, a := range c.apps {
		line(a.name, a.pid, a.rss, " / activities")
	}
	const total = 7864320
	free := total - used - 2700000
	fmt.Fprintf(&c.out, "\nTotal RAM: %sK (status normal)\n Free RAM: %sK (%sK cached pss + %sK cached kernel + %sK free)\n Used RAM: %sK (%sK used pss + %sK kernel)\n Lost RAM:   121,904K\n     ZRAM:    64,512K physical used for   274,692K in swap (3,145,724K total swap)\n   Tuning: 256 (large 512), oom   322,560K, restore limit   107,520K (high-end-gfx)\n",
		thousands(total), thousands(free), thousands(free/8), thousands(free/2), thousands(free-free/8-free/2), thousands(total-free), thousands(used), thousands(total-free-used))
	return 0
}

func dumpOneMemory(c *call, name string) int {
	pid, pss := 0, 0
	for _, one := range systemMemory {
		if one.name == name {
			pid, pss = one.pid, one.pss
		}
	}
	for _, a := range c.apps {
		if a.name == name {
			pid, pss = a.pid, a.rss
		}
	}
	if pid == 0 {
		fmt.Fprintf(&c.out, "No process found for: %s\n", name)
		return 0
	}
	up := c.uptime().Milliseconds()
	fmt.Fprintf(&c.out, "Applications Memory Usage (in Kilobytes):\nUptime: %d Realtime: %d\n\n** MEMINFO in pid %d [%s] **\n", up, up, pid, name)
	c.out.WriteString("                   Pss  Private  Private  SwapPss      Rss     Heap     Heap     Heap\n                 Total    Dirty    Clean    Dirty    Total     Size    Alloc     Free\n                ------   ------   ------   ------   ------   ------   ------   ------\n")
	for _, part := range []struct {
		name string
		of   int
	}{{"Native Heap", 4}, {"Dalvik Heap", 6}, {"Graphics", 5}, {"Unknown", 12}} {
		n := pss / part.of
		fmt.Fprintf(&c.out, "  %-13s %6d %8d %8d %8d %8d\n", part.name, n, n*9/10, n/20, 0, n*11/10)
	}
	fmt.Fprintf(&c.out, "        TOTAL %8d %8d %8d %8d %8d\n \n App Summary\n           TOTAL PSS: %8d            TOTAL RSS: %8d      TOTAL SWAP PSS:        0\n", pss, pss*9/10, pss/20, 0, pss*11/10, pss, pss*11/10)
	return 0
}

// thousands writes a number as Android does here: 412,318.
func thousands(n int) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

func dumpCPU(c *call) int {
	now := c.m.Now().UTC()
	fmt.Fprintf(&c.out, "Load: %.2f / 1.37 / 1.29\nCPU usage from 61024ms to 1021ms ago (%s to %s):\n", 1.42+c.wave(3)/4,
		now.Add(-61024*time.Millisecond).Format("2006-01-02 15:04:05.000"), now.Add(-1021*time.Millisecond).Format("2006-01-02 15:04:05.000"))
	c.out.WriteString("  9.1% 1104/system_server: 5.6% user + 3.4% kernel / faults: 2113 minor\n  4.7% 498/surfaceflinger: 2.2% user + 2.5% kernel\n")
	for i, a := range c.apps {
		total := 3.3 / float64(i+1)
		fmt.Fprintf(&c.out, "  %.1f%% %d/%s: %.1f%% user + %.1f%% kernel / faults: %d minor\n", total, a.pid, a.name, total*.8, total*.2, 400/(i+1))
	}
	c.out.WriteString("18% TOTAL: 11% user + 6.5% kernel + 0% iowait + 0.3% irq + 0.1% softirq\n")
	return 0
}

func dumpGraphics(c *call) int {
	up := c.uptime().Milliseconds()
	fmt.Fprintf(&c.out, "Applications Graphics Acceleration Info:\nUptime: %d Realtime: %d\n", up, up)
	for _, a := range c.apps {
		if name := c.arg(2); name != "" && name != a.name {
			continue
		}
		frames := c.uptime().Milliseconds() / 17 % 1_000_000
		janky := frames / 83
		fmt.Fprintf(&c.out, "\n** Graphics info for pid %d [%s] **\n\nStats since: %dns\nTotal frames rendered: %d\nJanky frames: %d (%.2f%%)\n50th percentile: 6ms\n90th percentile: 11ms\n95th percentile: 14ms\n99th percentile: 23ms\nNumber Missed Vsync: %d\nNumber High input latency: 0\nNumber Slow UI thread: %d\n",
			a.pid, a.name, up*1_000_000/3, frames, janky, float64(janky)*100/float64(max(frames, 1)), janky/3, janky/2)
	}
	return 0
}

func dumpActivities(c *call) int {
	c.out.WriteString("ACTIVITY MANAGER ACTIVITIES (dumpsys activity activities)\n")
	for _, d := range c.model.Displays {
		front := c.resumed[d.Logical]
		fmt.Fprintf(&c.out, "Display #%d (activities from top to bottom):\n", d.Logical)
		if front != "" {
			fmt.Fprintf(&c.out, "  * Task{5f2a1c0 #%d type=standard A=%d%05d:%s U=%d visible=true}\n    topResumedActivity=ActivityRecord{a8101 u%d %s t%d}\n",
				20+d.Logical, c.foreground, 10000+appID(strings.Split(front, "/")[0]), strings.Split(front, "/")[0], c.foreground, c.foreground, short(front), 20+d.Logical)
		}
	}
	return 0
}

func dumpWindow(c *call) int {
	c.out.WriteString("WINDOW MANAGER WINDOWS (dumpsys window windows)\n")
	for _, d := range c.model.Displays {
		w, h := c.size(d)
		fmt.Fprintf(&c.out, "  Display: mDisplayId=%d (organized)\n    init=%dx%d %ddpi cur=%dx%d app=%dx%d rng=%dx%d-%dx%d\n",
			d.Logical, d.Width, d.Height, d.Density, w, h, w, h, min(w, h), min(w, h), max(w, h), max(w, h))
		if front := c.resumed[d.Logical]; front != "" {
			fmt.Fprintf(&c.out, "  mCurrentFocus=Window{3c0f1a2 u%d %s}\n", c.foreground, front)
		}
	}
	return 0
}

func dumpPower(c *call) int {
	fmt.Fprintf(&c.out, "POWER MANAGER (dumpsys power)\n\nPower Manager State:\n  mDirty=0x0\n  mWakefulness=%s\n  mIsPowered=true\n  mPlugType=1\n  mBatteryLevel=100\n  mStayOn=true\n  mBootCompleted=true\nDisplay Power: state=%s\n",
		map[bool]string{true: "Awake", false: "Asleep"}[c.car.power == "ON"], map[bool]string{true: "ON", false: "OFF"}[c.car.power == "ON"])
	return 0
}

func dumpUIMode(c *call) int {
	fmt.Fprintf(&c.out, "Current UI Mode Service state:\n  mDockState=0 mLastBroadcastState=0\n  mNightMode=%d (%s)  mNightModeLocked=false\n  mCurUiMode=0x%x\n  mComputedNightMode=%t\n",
		map[string]int{"auto": 0, "no": 1, "yes": 2}[c.nightMode], c.nightMode, map[bool]int{true: 0x23, false: 0x13}[c.dark()], c.dark())
	return 0
}

func dumpUsers(c *call) int {
	fmt.Fprintf(&c.out, "Current user: %d\nUsers:\n", c.foreground)
	for _, u := range c.users {
		fmt.Fprintf(&c.out, "  UserInfo{%d:%s:%x} serialNo=%d isPrimary=%t\n    State: %s\n", u.ID, u.Name, u.Flags, u.ID, u.ID == 0,
			map[bool]string{true: "RUNNING_UNLOCKED", false: "-1"}[u.ID == 0 || u.ID == c.foreground])
	}
	return 0
}

func dumpWifi(c *call) int {
	fmt.Fprintf(&c.out, "Wi-Fi is %s\nStay-awake conditions: 7\n", map[bool]string{true: "enabled", false: "disabled"}[c.radios["wifi"]])
	if c.radios["wifi"] {
		fmt.Fprintf(&c.out, "mWifiInfo SSID: \"farbench-lab\", BSSID: 02:fb:00:01:00:fe, MAC: 02:fb:00:01:00:01, Supplicant state: COMPLETED, RSSI: %d, Link speed: 433Mbps\n", -58+int(c.wave(9)*6))
	}
	return 0
}

func dumpDropbox(c *call) int {
	props := c.m.Props
	head := fmt.Sprintf("Build: %s\nHardware: %s\nBootloader: %s\nRadio: %s\nKernel: Linux version 6.1.75-android14-11-farbench\n",
		props.Get("ro.build.fingerprint"), props.Get("ro.hardware"), props.Get("ro.bootloader"), props.Get("gsm.version.baseband"))
	booted := c.m.Booted().UTC()
	entries := []struct {
		at        time.Time
		tag, text string
	}{
		{booted.Add(-26 * time.Hour), "SYSTEM_TOMBSTONE", head + "\n*** *** *** *** *** *** *** *** *** *** *** *** *** *** *** ***\npid: 2477, tid: 2477, name: diag_probe  >>> /vendor/bin/diag_probe <<<\nsignal 6 (SIGABRT), code -1 (SI_QUEUE), fault addr --------\n"},
		{booted.Add(2 * time.Second), "SYSTEM_BOOT", head + "\nLast boot reason: " + props.Get("ro.boot.bootreason") + "\n"},
		{booted.Add(94 * time.Second), "system_app_anr", "Process: com.farbench.navigation\nPID: 2011\nFlags: 0x20c83e44\nPackage: com.farbench.navigation v530 (5.3.0)\nForeground: Yes\nSubject: Input dispatching timed out (MapActivity is not responding)\n" + head},
	}
	_, print := options(c.args[2:])
	set, _ := options(c.args[2:])
	_, whole := set["--print"]
	_, short := set["-p"]
	fmt.Fprintf(&c.out, "Drop box contents: %d entries\nMax entries: 1000\nLow priority rate limit period: 2000 ms\nLow priority tags: {data_app_wtf, keymaster, system_server_wtf, system_app_strictmode}\n", len(entries))
	if len(print) > 0 {
		fmt.Fprintf(&c.out, "\nSearching for: %s\n", strings.Join(print, " "))
	}
	for _, e := range entries {
		if len(print) > 0 && !slices.Contains(print, e.tag) {
			continue
		}
		if whole || short {
			c.out.WriteString("\n========================================\n")
		}
		fmt.Fprintf(&c.out, "%s %s (text, %d bytes)\n", e.at.Format("2006-01-02 15:04:05"), e.tag, len(e.text))
		if whole || short {
			c.out.WriteString(e.text)
		}
	}
	return 0
}
