package adbsim

import (
	"strings"
	"testing"
)

func TestHostRequests(t *testing.T) {
	_, addr := startBench(t, Config{})
	for request, want := range map[string]string{
		"host:version":                              "0029",
		"host:devices":                              "SIM0001\tdevice\nsim0002:5555\tdevice\nSIM0003\tunauthorized\n",
		"host:host-features":                        hostFeatures,
		"host-serial:SIM0001:features":              deviceFeatures,
		"host-serial:SIM0003:get-state":             "unauthorized",
		"host-serial:usb:1-3:get-serialno":          "SIM0003",
		"host-serial:sim0002:5555:get-devpath":      "unknown",
		"host-transport-id:1:get-devpath":           "usb:1-1",
		"host:list-forward":                         "",
		"host:connect:10.0.0.1:7000":                "failed to connect to '10.0.0.1:7000': this bench is simulated",
		"host-serial:model:Farbench_HU:get-devpath": "usb:1-1",
	} {
		if got, err := ask(t, addr, request); err != nil || got != want {
			t.Errorf("%s answered %q, %v; want %q", request, got, err, want)
		}
	}
	for request, want := range map[string]string{
		"host:nosuch":                      "unknown host service",
		"nosuch":                           "unknown host service",
		"host:mdns:check":                  "unknown host service",
		"host:transport:NOSUCH":            "device 'NOSUCH' not found",
		"host:transport-any":               "more than one device/emulator",
		"host:transport-id:99":             "no device with transport id '99'",
		"host:transport:SIM0003":           "device unauthorized.",
		"host-serial:SIM0003:features":     "device unauthorized.",
		"host:disconnect:1.2.3.4:5":        "no such device '1.2.3.4:5'",
		"host-transport-id:x:get-serialno": "no device with transport id '-1'",
	} {
		if _, err := ask(t, addr, request); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s answered %v; want %q", request, err, want)
		}
	}
	long, err := ask(t, addr, "host:devices-l")
	want := "SIM0001                device usb:1-1 product:farbench_hu model:Farbench_HU device:farbench_hu transport_id:1\n"
	if err != nil || !strings.HasPrefix(long, want) || !strings.Contains(long, "SIM0003                unauthorized usb:1-3 transport_id:") {
		t.Errorf("devices-l: %q, %v", long, err)
	}
	if text, err := ask(t, addr, "host:kill"); err == nil {
		t.Errorf("kill answered %q", text)
	}
	if _, err := ask(t, addr, "host:version"); err != nil {
		t.Errorf("after kill: %v", err)
	}
}

func TestTracking(t *testing.T) {
	b, addr := startBench(t, Config{Devices: 2})
	c := dial(t, addr)
	c.send("host:track-devices")
	if err := c.status(); err != nil {
		t.Fatal(err)
	}
	next := func(want string) {
		t.Helper()
		if got, err := readRequest(c); err != nil || got != want {
			t.Errorf("got %q, %v; want %q", got, err, want)
		}
	}
	next("SIM0001\tdevice\nsim0002:5555\tdevice\n")
	b.SetState("sim0002:5555", StateOffline)
	next("SIM0001\tdevice\nsim0002:5555\toffline\n")
	b.Device("SIM0001").Vanish()
	next("sim0002:5555\toffline\n")
	b.Devices()[0].SetState(StateDevice)
	next("SIM0001\tdevice\nsim0002:5555\toffline\n")
	if long, _ := ask(t, addr, "host:devices-l"); !strings.Contains(long, "SIM0001                device usb:1-1 product:farbench_hu model:Farbench_HU device:farbench_hu transport_id:3\n") {
		t.Errorf("a device that came back has its old transport id: %q", long)
	}
}

func TestDuplicateSerials(t *testing.T) {
	b, addr := startBench(t, Config{})
	b.Devices()[0].SetSerial("0000")
	b.Devices()[2].SetSerial("0000")
	if _, err := ask(t, addr, "host:transport:0000"); err == nil || err.Error() != "FAIL: more than one device with serial 0000" {
		t.Errorf("selecting by a serial that two have: %v", err)
	}
	for _, path := range []string{"usb:1-1", "usb:1-3"} {
		c := openOn(t, addr, path, "shell,v2,raw:getprop ro.serialno")
		if r := c.collect(); r.out != "0000\n" {
			t.Errorf("by devpath %s: %+v", path, r)
		}
	}
}

func TestListenADBD_PolledPorts(t *testing.T) {
	if _, err := New(Config{Devices: 3}).ListenADBD("127.0.0.1:5553"); err == nil || !strings.Contains(err.Error(), "5555 to 5585") {
		t.Errorf("got %v", err)
	}
}

func TestWaitFor(t *testing.T) {
	b, addr := startBench(t, Config{})
	b.SetState("sim0002:5555", StateOffline)
	c := dial(t, addr)
	c.send("host-serial:sim0002:5555:wait-for-any-device")
	if err := c.status(); err != nil {
		t.Fatal(err)
	}
	b.SetState("sim0002:5555", StateDevice)
	if err := c.status(); err != nil {
		t.Error(err)
	}
}
