package adb_test

import (
	"net"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/farbench/farbench/agent/adb/adbtest"
	"github.com/farbench/farbench/agent/adbsim"
)

// The third leg is run here as whoever has a device runs it: in another process
// that is told a serial and a server, and nothing of the simulation behind them.
// Every test of the suite has to pass there or say why it was not asked, and the
// device has to be left as it was.
func TestDeviceLeg_passesAndLeavesNothingBehind(t *testing.T) {
	if os.Getenv(serialVariable) != "" {
		t.Skip("the suite runs on a device of this environment already")
	}
	b := onReal(t, adbsim.Config{}, "")
	before := b.sh(t, "cd ..; ls -A; getprop ro.boottime.init; cat /proc/sys/kernel/random/boot_id")
	out, err := thirdLeg(t, b.Addr(), b.serial, "-test.v", "-test.timeout=3m", "-test.run=^TestBench_/^device$")
	if err != nil {
		went := regexp.MustCompile(`(?m)^( *=== RUN .*| *--- (PASS|SKIP): .*|.*: (not asked of a real device|this device speaks).*)\n`)
		t.Fatalf("the device leg: %v\n%s", err, went.ReplaceAllString(out, ""))
	}
	passed, left := 0, 0
	for _, name := range suite(t) {
		leg := regexp.QuoteMeta(name) + `/device\S*`
		switch {
		case regexp.MustCompile(`--- PASS: ` + leg).MatchString(out):
			passed++
		case regexp.MustCompile(`=== RUN +` + leg + `\n.*: not asked of a real device: this test \w+`).MatchString(out):
			left++
		default:
			t.Errorf("%s neither ran on the device nor says why it was not asked", name)
		}
	}
	if passed < 30 {
		t.Error("too few ran on the device")
	}
	t.Logf("%d tests passed on the device, %d were not asked", passed, left)
	if after := b.sh(t, "cd ..; ls -A; getprop ro.boottime.init; cat /proc/sys/kernel/random/boot_id"); after != before {
		t.Errorf("before it the device had\n%safter it\n%s", before, after)
	}
	if ports := append(b.forwards(t), b.reverses(t)...); len(ports) != 0 {
		t.Errorf("ports are left: %v", ports)
	}
	if got := b.run(t, "pgrep -f -l 'sleep|logcat|cat$'"); got.out != "" {
		t.Errorf("processes are left: %s", got.out)
	}
}

// suite is the names of the suite's tests.
func suite(t *testing.T) []string {
	t.Helper()
	out, err := exec.Command(os.Args[0], "-test.list=^TestBench_").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(string(out))
}

// thirdLeg runs this very program with a device in its environment.
func thirdLeg(t *testing.T, server, serial string, args ...string) (string, error) {
	t.Helper()
	host, port, err := net.SplitHostPort(server)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Env = append(os.Environ(), serialVariable+"="+serial, addressVariable+"="+host, portVariable+"="+port)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// A device that cannot serve is said once, at once, and before any test.
func TestDeviceLeg_aDeviceThatCannotServe(t *testing.T) {
	server := adbtest.Start(t)
	server.Handle("host:transport-id:2", func(conn net.Conn, _ string) {
		in(conn, "FAIL"+adbtest.Block("device unauthorized.\nThis adb server's $ADB_VENDOR_KEYS is not set"))
	})
	server.Handle("host:transport-id:3", func(conn net.Conn, _ string) { in(conn, "FAIL"+adbtest.Block("device offline")) })
	server.Handle("host:transport-id:7", func(conn net.Conn, _ string) {
		in(conn, "OKAY")
		_, _ = adbtest.Request(conn)
		in(conn, "OKAY"+adbtest.Packet(1, "[ro.build.version.sdk]: [25]\n")+adbtest.Packet(3, "\x00"))
	})
	server.Set(
		adbtest.Line("ASKS", "unauthorized", "", 2), adbtest.Line("AWAY", "offline", "", 3), adbtest.Line("TWICE", "device", "", 4),
		adbtest.Line("TWICE", "device", "", 5), adbtest.Line("MENDS", "recovery", "", 6), adbtest.Line("OLD", "device", "", 7),
	)
	empty := adbtest.Start(t)
	for name, c := range map[string]struct {
		serial, server string
		want           []string
	}{
		"not there":          {"GONE", server.Addr(), []string{"GONE", "lists only ASKS, AWAY", "connect it, name one of these, or unset ANDROID_SERIAL"}},
		"nothing there":      {"GONE", empty.Addr(), []string{"lists no device", "connect it"}},
		"unauthorized":       {"ASKS", server.Addr(), []string{`"unauthorized"`, "has not authorised this PC", "Accept the key prompt"}},
		"offline":            {"AWAY", server.Addr(), []string{`"offline"`, "Check its cable and power"}},
		"in recovery":        {"MENDS", server.Addr(), []string{`"recovery"`, "a booted Android"}},
		"twice":              {"TWICE", server.Addr(), []string{"2 devices", "leave one connected"}},
		"too old":            {"OLD", server.Addr(), []string{`API "25"`, "Android 8"}},
		"no server":          {"X", "127.0.0.1:1", []string{"no adb server answers at 127.0.0.1:1", "adb start-server"}},
		"a port that is not": {"X", "127.0.0.1:adb", []string{`ANDROID_ADB_SERVER_PORT="adb" is no port`, "5037"}},
	} {
		t.Run(name, func(t *testing.T) {
			out, err := thirdLeg(t, c.server, c.serial, "-test.v")
			if err == nil || strings.Contains(out, "=== RUN") || strings.Count(out, "\n") != 1 {
				t.Errorf("%v: %s", err, out)
			}
			for _, want := range c.want {
				if !strings.Contains(out, want) {
					t.Errorf("%q is missing in %s", want, out)
				}
			}
		})
	}
}
