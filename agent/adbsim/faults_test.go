package adbsim

import (
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// suffers brings a fault about as a tester does, by a shell on SIM0001.
func suffers(t *testing.T, addr, fault string) {
	t.Helper()
	c := openOn(t, addr, "SIM0001", "shell,v2,raw:setprop debug.farbench.fault '"+fault+"'")
	defer c.Close()
	c.collect()
}

func states(t *testing.T, addr string) string {
	t.Helper()
	text, err := ask(t, addr, "host:devices")
	if err != nil {
		return err.Error()
	}
	return strings.NewReplacer("\t", "=", "\n", " ").Replace(text)
}

func TestFaults_serverRestart(t *testing.T) {
	b, addr := startBench(t, Config{})
	c := openOn(t, addr, "SIM0001", "shell,v2,raw:echo up; sleep 600")
	if c.line() != "up" {
		t.Fatal("no shell")
	}
	tracker := dial(t, addr)
	tracker.send("host:track-devices")
	before := b.list()[0].TransportID
	suffers(t, addr, "server-restart 300ms")
	if r := c.collect(); r.exit != -1 {
		t.Errorf("a shell ended with %+v, want no exit packet", r)
	}
	if _, err := io.Copy(io.Discard, tracker); err != nil && !strings.Contains(err.Error(), "reset") {
		t.Errorf("the tracker ended with %v", err)
	}
	if _, err := ask(t, addr, "host:version"); err == nil {
		t.Error("a killed server answers")
	}
	eventually(t, "the server without its TCP device", func() bool {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			return false
		}
		defer conn.Close()
		io.WriteString(conn, counted("host:devices"))
		all, _ := io.ReadAll(conn)
		return strings.Contains(string(all), "SIM0001\tdevice") && !strings.Contains(string(all), "sim0002")
	})
	if now := b.list()[0].TransportID; now == before {
		t.Error("the transport id is the same")
	}
	eventually(t, "the process on the device to meet a hangup", func() bool {
		return !strings.Contains(run(t, addr, "ps").out, "sleep")
	})
	for _, want := range []string{"connected to sim0002:5555", "already connected to sim0002:5555"} {
		if said, err := ask(t, addr, "host:connect:sim0002:5555"); err != nil || said != want {
			t.Errorf("connect says %q, %v, want %q", said, err, want)
		}
	}
	if got := states(t, addr); !strings.Contains(got, "sim0002:5555=device") {
		t.Errorf("listed: %s", got)
	}
}

func TestFaults_connections(t *testing.T) {
	b, addr := startBench(t, Config{})
	for _, c := range []struct{ request, want string }{
		{"host:disconnect:sim0002:5555", "disconnected sim0002:5555"},
		{"host:connect:sim0002:5555", "connected to sim0002:5555"},
		{"host:disconnect:", "disconnected everything"},
		{"host:connect:sim0002:5555", "connected to sim0002:5555"},
		{"host:connect:nobody:1", "failed to connect to 'nobody:1': this bench is simulated"},
		{"host:connect:SIM0001", "failed to connect to 'SIM0001': this bench is simulated"},
		{"host-serial:SIM0001:reconnect", "reconnecting SIM0001 [device]\n"},
		{"host:reconnect-offline", "done"},
	} {
		if said, err := ask(t, addr, c.request); err != nil || said != c.want {
			t.Errorf("%s: %q, %v, want %q", c.request, said, err, c.want)
		}
	}
	if _, err := ask(t, addr, "host:disconnect:SIM0001"); err == nil || !strings.Contains(err.Error(), "no such device 'SIM0001'") {
		t.Errorf("disconnecting a device on USB: %v", err)
	}
	suffers(t, addr, "stuck")
	eventually(t, "a device that is stuck offline", func() bool { return strings.HasPrefix(states(t, addr), "SIM0001=offline") })
	if said, err := ask(t, addr, "host:reconnect-offline"); err != nil || said != "reconnecting SIM0001\n" {
		t.Errorf("reconnect-offline: %q, %v", said, err)
	}
	if r := run(t, addr, "echo back"); r.out != "back\n" {
		t.Errorf("after it: %+v", r)
	}
	b.Device("sim0002:5555").Vanish()
	if said, _ := ask(t, addr, "host:connect:sim0002:5555"); !strings.HasPrefix(said, "failed to connect") {
		t.Errorf("connecting what is switched off: %q", said)
	}
}

func TestFaults_serverVersion(t *testing.T) {
	_, addr := startBench(t, Config{})
	suffers(t, addr, "server-version 40")
	if said, err := ask(t, addr, "host:version"); err != nil || said != "0028" {
		t.Errorf("version %q, %v", said, err)
	}
}

func TestFaults_lateTracker(t *testing.T) {
	b, addr := startBench(t, Config{})
	suffers(t, addr, "late-tracker 300ms")
	tracker := dial(t, addr)
	tracker.send("host:track-devices")
	if err := tracker.status(); err != nil {
		t.Fatal(err)
	}
	if _, err := readRequest(tracker); err != nil { // the list as it is comes at once
		t.Fatal(err)
	}
	began := time.Now()
	b.Device("SIM0001").SetState(StateOffline)
	if got := states(t, addr); !strings.HasPrefix(got, "SIM0001=offline") {
		t.Errorf("the list says %s", got)
	}
	text, err := readRequest(tracker)
	if err != nil || !strings.Contains(text, "SIM0001\toffline") {
		t.Errorf("the tracker says %q, %v", text, err)
	}
	if late := time.Since(began); late < 300*time.Millisecond {
		t.Errorf("the tracker is %v late", late)
	}
}

func TestFaults_splitReplies(t *testing.T) {
	_, addr := startBench(t, Config{})
	suffers(t, addr, "split")
	if r := run(t, addr, "echo out; echo err >&2; exit 3"); r != (result{"out\n", "err\n", 3}) {
		t.Errorf("got %+v", r)
	}
	if got := states(t, addr); !strings.Contains(got, "SIM0001=device") {
		t.Errorf("listed: %s", got)
	}
	suffers(t, addr, "split off")
}

func TestFaults_cutReplies(t *testing.T) {
	b, addr := startBench(t, Config{})
	for after := range int64(40) {
		b.CutReplies(after)
		c := dial(t, addr)
		c.send("host:devices-l")
		if all, _ := io.ReadAll(c); int64(len(all)) != after {
			t.Errorf("%d bytes, want %d", len(all), after)
		}
	}
	b.CutReplies(-1)
	if r := run(t, addr, "echo whole"); r != (result{"whole\n", "", 0}) {
		t.Errorf("got %+v", r)
	}
}

func TestFaults_slowLink(t *testing.T) {
	_, addr := startBench(t, Config{})
	suffers(t, addr, "slow 65536")
	began := time.Now()
	if r := run(t, addr, "head -c 32768 /dev/zero"); len(r.out) != 32768 || r.exit != 0 {
		t.Errorf("%d bytes, exit %d", len(r.out), r.exit)
	}
	if took := time.Since(began); took < 400*time.Millisecond {
		t.Errorf("32 KiB at 64 KiB/s took %v", took)
	}
	suffers(t, addr, "slow 0")
	if r := run(t, addr, "head -c 10485760 /dev/zero"); len(r.out) != 10<<20 {
		t.Errorf("%d bytes", len(r.out))
	}
}

func TestFaults_full(t *testing.T) {
	_, addr := startBench(t, Config{})
	suffers(t, addr, "full")
	if r := run(t, addr, "echo x > /data/local/tmp/x"); r.exit == 0 || !strings.Contains(r.err, "No space left") {
		t.Errorf("writing: %+v", r)
	}
	suffers(t, addr, "full off")
	if r := run(t, addr, "echo x > /data/local/tmp/x"); r.exit != 0 {
		t.Errorf("writing after it: %+v", r)
	}
}

func TestFaults_noise(t *testing.T) {
	_, addr := startBench(t, Config{})
	suffers(t, addr, "noise")
	if r := run(t, addr, "echo a"); r.out != noiseText+"a\n" || r.exit != 0 {
		t.Errorf("got %+v", r)
	}
	c := openOn(t, addr, "SIM0001", "exec:echo a")
	if all, err := io.ReadAll(c); err != nil || string(all) != noiseText+"a\n" {
		t.Errorf("got %q, %v", all, err)
	}
}

func TestFaults_serial(t *testing.T) {
	_, addr := startBench(t, Config{Devices: 4})
	suffers(t, addr, "serial SIM0004")
	eventually(t, "two devices of one serial", func() bool { return strings.Count(states(t, addr), "SIM0004=device") == 2 })
}

func TestFaults_nonsense(t *testing.T) {
	_, addr := startBench(t, Config{})
	for _, fault := range []string{"nosuch", "offline soon", "slow fast", "full maybe", "late-tracker x", "serial", "serial a b", "cut", "install"} {
		suffers(t, addr, fault)
	}
	if r := run(t, addr, "echo fine"); r.out != "fine\n" {
		t.Errorf("got %+v", r)
	}
}
