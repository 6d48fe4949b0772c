package android_test

import (
	"context"
	"io"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/adbsim/android"
	"github.com/farbench/farbench/agent/adbsim/logd"
	"github.com/farbench/farbench/agent/adbsim/machine"
	"github.com/farbench/farbench/agent/adbsim/memfs"
	"github.com/farbench/farbench/agent/adbsim/toolbox"
)

const (
	centre    = 4619827259835644672
	passenger = 4619827551948147201
)

var headUnit = android.Model{
	Displays: []android.Display{
		{Logical: 0, Physical: centre, Port: 0, PNP: "FBH", Name: "Center display", Width: 1920, Height: 1080, Density: 213},
		{Logical: 2, Physical: passenger, Port: 1, PNP: "FBC", Name: "Passenger display", Width: 1280, Height: 480, Density: 160},
	},
	Users: []android.User{{ID: 0, Name: "Driver", Flags: 0x813}, {ID: 10, Name: "Tester", Flags: 0x412}}, Foreground: 10, Vehicle: true,
	Apps: []android.App{{Component: "com.farbench.navigation/.MapActivity", AppID: 80, PID: 2011, Display: 0}},
}

// unit is a device with a clock of its own.
type unit struct {
	*machine.Machine
	t *testing.T

	mu  sync.Mutex // guards now
	now time.Time
}

func newUnit(t *testing.T, model android.Model) *unit {
	u := &unit{t: t, now: time.Date(2026, 11, 21, 11, 0, 0, 0, time.UTC)}
	random := byte(0)
	u.Machine = &machine.Machine{
		FS:     memfs.New(8<<20, u.clock),
		Props:  machine.NewProps(map[string]string{"ro.serialno": "SIM0001", "ro.product.device": "farbench_hu", "ro.build.id": "TQ3A"}),
		Log:    logd.New(u.clock, 0),
		Now:    u.clock,
		Random: func(p []byte) { random++; p[0] = random },
	}
	u.Boot(u.now.Add(-time.Hour))
	toolbox.Install(u.Machine)
	android.Install(u.Machine, model)
	t.Cleanup(u.Halt)
	return u
}

func (u *unit) clock() time.Time {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.now
}

// sh runs a command to its end, its two outputs apart.
func (u *unit) sh(command string) (out, errs string, exit int) {
	u.t.Helper()
	var files machine.Files
	outR, outW := machine.NewPipe()
	errR, errW := machine.NewPipe()
	files[1], files[2] = outW, errW
	p, err := u.Start("sh", files, []string{"PATH=/system/bin"}, "/", func(p *machine.Proc) int { return p.Exec("sh", "-c", command) })
	if err != nil {
		u.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(u.t.Context(), 20*time.Second)
	defer cancel()
	second := make(chan string, 1)
	go func() {
		text, _ := io.ReadAll(reader{ctx, errR})
		second <- string(text)
	}()
	text, err := io.ReadAll(reader{ctx, outR})
	if err != nil {
		u.t.Fatalf("%s: %v", command, err)
	}
	errs = <-second
	<-p.Done()
	return string(text), errs, p.Status()
}

type reader struct {
	ctx context.Context
	f   *machine.Shared
}

func (r reader) Read(b []byte) (int, error) { return r.f.Read(r.ctx, b) }

// says checks that commands, one after another, end well and print what their
// patterns want. A pattern is for the whole output; a ! before a command means
// that it has to fail.
func (u *unit) says(steps ...[2]string) {
	u.t.Helper()
	for _, step := range steps {
		command, fails := strings.CutPrefix(step[0], "! ")
		out, errs, exit := u.sh(command)
		if (exit != 0) != fails || !regexp.MustCompile(`(?s)\A(?:`+step[1]+`)\z`).MatchString(out+errs) {
			u.t.Errorf("%s ended with %d and said\n%s%s, want %s", command, exit, out, errs, step[1])
		}
	}
}

func TestCommands_trueFormats(t *testing.T) {
	u := newUnit(t, headUnit)
	u.says(
		[2]string{"pm list users", `Users:\n\tUserInfo\{0:Driver:813\} running\n\tUserInfo\{10:Tester:412\} running\n`},
		[2]string{"am get-current-user", `10\n`},
		[2]string{"am start -W -n com.farbench.dcm/.StatusActivity", `Starting: Intent \{ cmp=com\.farbench\.dcm/\.StatusActivity \}\nStatus: ok\nLaunchState: COLD\nActivity: com\.farbench\.dcm/\.StatusActivity\nTotalTime: \d+\nWaitTime: \d+\nComplete\n`},
		[2]string{"am start -W -n com.farbench.dcm/.StatusActivity", `.*Warning: Activity not started, its current task has been brought to the front\n.*LaunchState: HOT\n.*`},
		[2]string{"! am start -n org.nobody/.X", `.*Error type 3\nError: Activity class \{org\.nobody/org\.nobody\.X\} does not exist\.\n`},
		[2]string{"am broadcast -a com.farbench.PING", `Broadcasting: Intent \{ act=com\.farbench\.PING flg=0x400000 \}\nBroadcast completed: result=0\n`},
		[2]string{"am instrument -w -r com.farbench.dcm.test/androidx.test.runner.AndroidJUnitRunner", `INSTRUMENTATION_STATUS: class=.*INSTRUMENTATION_STATUS_CODE: 1\n.*OK \(3 tests\)\n\n\nINSTRUMENTATION_CODE: -1\n`},
		[2]string{"pm clear com.farbench.dcm", `Success\n`},
		[2]string{"! pm clear org.nobody", `Failed\n`},
		[2]string{"pm grant com.farbench.dcm android.permission.CAMERA; pm revoke com.farbench.dcm android.permission.CAMERA", ``},
		[2]string{"svc wifi disable", `Success\n`},
		[2]string{"settings get global wifi_on", `0\n`},
		[2]string{"wm size", `Physical size: 1920x1080\n`},
		[2]string{"wm size 1280x720 -d 2; wm size -d 2", `Physical size: 1280x480\nOverride size: 1280x720\n`},
		[2]string{"wm density 240; wm density", `Physical density: 213\nOverride density: 240\n`},
		[2]string{"! wm size -d 7", `.*Display 7 does not exist\n`},
		[2]string{"input -d 2 tap 10 20; input keyevent --longpress KEYCODE_HOME; input text 'a%sb'", ``},
		[2]string{"! input tap x y", `.*NumberFormatException.*`},
		[2]string{"cmd uimode night", `Night mode: no\n`},
		[2]string{"cmd uimode night yes", `Night mode: yes\n`},
		[2]string{"cmd media_session dispatch play; dumpsys media_session", `.*state=PLAYING\(3\).*`},
		[2]string{"ip addr show eth0", `2: eth0: <BROADCAST.*inet 10\.42\.0\.\d+/24 .*`},
		[2]string{"ping -c 2 -i 0.2 10.42.0.1", `PING 10\.42\.0\.1 .*2 packets transmitted, 2 received, 0% packet loss.*`},
		[2]string{"! ping -c 1 192.0.2.1", `.*1 packets transmitted, 0 received, 100% packet loss.*`},
		[2]string{"dumpsys battery", `Current Battery Service state:\n.*  level: 100\n.*`},
		[2]string{"dumpsys thermalservice", `.*Temperature\{mValue=\d+\.\d, mType=0, mName=CPU0, mStatus=0\}.*`},
		[2]string{"dumpsys meminfo", `.*Total PSS by process:\n    412,318K: system_server \(pid 1104\).*com\.farbench\.navigation \(pid 2011.*Total RAM: 7,864,320K.*`},
		[2]string{"dumpsys meminfo com.farbench.navigation | grep TOTAL", ` +TOTAL +\d+.*`},
		[2]string{"dumpsys gfxinfo com.farbench.navigation", `.*Janky frames: \d+ \(\d+\.\d\d%\).*`},
		[2]string{"dumpsys cpuinfo | tail -n 1", `\d+% TOTAL: .*\n`},
		[2]string{"dumpsys package com.farbench.dcm | grep versionName", ` +versionName=.*\n`},
		[2]string{"dumpsys dropbox --print SYSTEM_BOOT", `Drop box contents: 3 entries\n.*SYSTEM_BOOT \(text, \d+ bytes\)\n.*`},
		[2]string{"dumpsys connectivity | grep eth0 | wc -l", `1\n`},
		[2]string{"dumpsys nosuch", `Can't find service: nosuch\n`},
		[2]string{"! cmd nosuch", `cmd: Can't find service: nosuch\n`},
		[2]string{"bugreportz -v", `1\.2\n`},
		[2]string{"ps -A | grep ' com.farbench.navigation$' | grep -v shell", `u10_a80 +2011 +612 .* S com\.farbench\.navigation\n`},
		[2]string{"am force-stop com.farbench.navigation; pidof com.farbench.navigation || echo gone", `gone\n`},
		[2]string{"perfetto -t 10ms -o /data/misc/perfetto-traces/t.pb; ls /data/misc/perfetto-traces", `.*t\.pb\n.*`},
		[2]string{"monkey -p com.farbench.radio -v 10", `.*Events injected: 10\n.*`},
		[2]string{"service check car_service", `Service car_service: found\n`},
		[2]string{"seq 9 | grep -B 1 -A 2 -n 4", `3-3\n4:4\n5-5\n6-6\n`},
		[2]string{"seq 20 | grep -C 1 -m 2 '[38]$'", `2\n3\n4\n--\n7\n8\n9\n`},
		[2]string{"top -b -n 1 | head -n 1", `Tasks: \d+ total, .*\n`},
	)
}

func TestSettings_perNamespaceAndUser(t *testing.T) {
	u := newUnit(t, headUnit)
	u.says(
		[2]string{"settings put system font_scale 1.3 --user 10; settings get --user 10 system font_scale", `1\.3\n`},
		[2]string{"settings get system font_scale", `1\.0\n`},
		[2]string{"settings get --user current system font_scale", `1\.3\n`},
		[2]string{"settings get secure nothing", `null\n`},
		[2]string{"settings put global note 'a b'; settings list global | grep note", `note=a b\n`},
		[2]string{"settings delete global note; settings delete global note", `Deleted 1 rows\nDeleted 0 rows\n`},
		[2]string{"! settings get nowhere x", `Invalid namespace 'nowhere'\n`},
		[2]string{"! settings get --user 99 system x", `Invalid user: 99\n`},
	)
}

func TestVehicle_propertiesChangeStateAndLog(t *testing.T) {
	u := newUnit(t, headUnit)
	u.says(
		[2]string{"cmd car_service get-property-value 0x11600207", `HalPropValue\{Property: PERF_VEHICLE_SPEED\(0x11600207\), .*floatValues: \[0\.0\].*`},
		[2]string{"cmd car_service inject-vhal-event 0x11400400 8", ``},
		[2]string{"cmd car_service inject-vhal-event 0x11200402 0 false; cmd car_service inject-vhal-event 0x11600207 12.5 -t 1", ``},
		[2]string{"cmd car_service get-property-value PERF_VEHICLE_SPEED", `.*floatValues: \[12\.5\].*`},
		[2]string{"dumpsys car_service | grep Driving", `  Driving state: 2 \(MOVING\)\n`},
		[2]string{"logcat -d -s CarDrivingStateService", `.*driving state PARKED -> IDLING\n.*driving state IDLING -> MOVING\n`},
		[2]string{"logcat -d -s CarPropertyService:D | grep 'PERF_VEHICLE_SPEED area=0 value=12.5'", `.*onPropertyChange .*`},
		[2]string{"cmd car_service set-property-value HVAC_TEMPERATURE_SET 49 23", `Property HVAC_TEMPERATURE_SET is set to 23\n`},
		[2]string{"cmd car_service get-property-value HVAC_TEMPERATURE_SET 49", `.*areaId: SEAT_0x31\(0x31\), .*floatValues: \[23\.0\].*\n`},
		[2]string{"cmd car_service get-property-value HVAC_TEMPERATURE_SET 68", `.*floatValues: \[21\.5\].*\n`},
		[2]string{"! cmd car_service inject-vhal-event HVAC_TEMPERATURE_SET 23", `Property area type inconsistent with given zone\n`},
		[2]string{"! cmd car_service inject-vhal-event 0x11600207 fast", `Invalid property Id zone Id or value.*`},
		[2]string{"! cmd car_service set-property-value PERF_VEHICLE_SPEED 0 1", `.*not writable\n`},
		[2]string{"cmd car_service get-carpropertyconfig HVAC_FAN_SPEED", `Property:HVAC_FAN_SPEED\(0x15400500\), group:SYSTEM.*areaType:SEAT.*areaId:SEAT_0x31.*`},
		[2]string{"cmd car_service list-vhal-props | wc -l", `27\n`},
		[2]string{"cmd car_service emulate-driving-state park; dumpsys car_service | grep Driving", `  Driving state: 0 \(PARKED\)\n`},
		[2]string{"cmd car_service day-night-mode night; cmd uimode night", `DayNightMode changed to: night\nNight mode: yes\n`},
		[2]string{"cmd car_service garage-mode on; cmd car_service garage-mode query", `Garage mode: true\nGarage mode: true\n`},
		[2]string{"cmd car_service suspend; dumpsys power | grep Wake; cmd car_service resume; dumpsys power | grep Wake", `  mWakefulness=Asleep\n  mWakefulness=Awake\n`},
		[2]string{"cmd car_service get-display-by-user 10", `0\n`},
		[2]string{"cmd car_service inject-key -d 1 24", `Succeeded\n`},
		[2]string{"cmd car_service inject-rotary -i 11 -c true; dumpsys audio | grep -A 4 STREAM_MUSIC | grep streamVolume", `Succeeded in injecting.*streamVolume:12\n`},
		[2]string{"cmd car_service inject-custom-input F3", `Succeeded in injecting.*inputCode = 1003.*`},
		[2]string{"! cmd car_service inject-custom-input F11", `.*Invalid input event.*`},
	)
	u = newUnit(t, android.Model{Users: []android.User{{ID: 0, Name: "Owner"}}})
	u.says([2]string{"! cmd car_service list-vhal-props", `cmd: Can't find service: car_service\n`}, [2]string{"screencap -p | wc -c", `0\nFailed to get ID for any displays.\n`})
}

func TestReboot_keepsSettingsAndForgetsWhatRan(t *testing.T) {
	u := newUnit(t, headUnit)
	u.says([2]string{"settings put global kept 1; wm density 200; pm create-user Guest; am switch-user 11; cmd car_service inject-vhal-event PERF_VEHICLE_SPEED 30; cmd car_service suspend; am force-stop com.farbench.navigation; cmd media_session dispatch play", `Success: created user id 11\n`})
	u.Boot(u.clock())
	u.says(
		[2]string{"settings get global kept; wm density; am get-current-user; pm list users | wc -l", `1\nPhysical density: 213\nOverride density: 200\n11\n4\n`},
		[2]string{"cmd car_service get-property-value PERF_VEHICLE_SPEED", `.*floatValues: \[0\.0\].*`},
		[2]string{"dumpsys car_service | grep mCurrentState; pidof com.farbench.navigation", `  mCurrentState: ON\n2011\n`},
		[2]string{"dumpsys media_session | grep -c PAUSED", `1\n`},
	)
}

func TestReboot_servicesAnswerOnceAndroidIsUp(t *testing.T) {
	u := newUnit(t, headUnit)
	u.Props.Put("init.svc.bootanim", "running")
	u.says(
		[2]string{"! am get-current-user", `cmd: Can't find service: activity\n`},
		[2]string{"! cmd car_service list-vhal-props", `cmd: Can't find service: car_service\n`},
		[2]string{"! settings get global wifi_on", `cmd: Can't find service: settings\n`},
		[2]string{"dumpsys display", `Can't find service: display\n`},
		[2]string{"dumpsys SurfaceFlinger --display-id | wc -l", `2\n`},
	)
	u.Props.Put("init.svc.bootanim", "stopped")
	u.says([2]string{"am get-current-user", `10\n`})
}

func TestUsers_areSwitchedAndRemoved(t *testing.T) {
	u := newUnit(t, headUnit)
	u.says(
		[2]string{"! am switch-user 99", `Error: Failed to switch to user 99\n`},
		[2]string{"! am switch-user 0", `Error: UserSwitchabilityResult=4\n`},
		[2]string{"! pm remove-user 10", `Error: couldn't remove user id 10\n`},
		[2]string{"pm create-user Guest", `Success: created user id 11\n`},
		[2]string{"settings get --user 11 system font_scale", `1\.0\n`},
		[2]string{"am switch-user 11; am get-current-user; ps -A | grep navigation", `11\nu11_a80 .*`},
		[2]string{"pm remove-user 10; pm list users", `Success: removed user\nUsers:\n\tUserInfo\{0:Driver:813\} running\n\tUserInfo\{11:Guest:410\} running\n`},
		[2]string{"logcat -d -b events | grep am_switch_user", `.*: 11\n`},
	)
}
