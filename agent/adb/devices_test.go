package adb

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

func TestParseDevices(t *testing.T) {
	const udev = "no permissions (user in plugdev group; are your udev rules wrong?); see [http://developer.android.com/tools/device.html]"
	for _, c := range []struct {
		line string
		want []Device
	}{
		{"", nil},
		{
			"SIM0001                device product:farbench_hu model:Farbench_HU device:hu transport_id:1",
			[]Device{{Serial: "SIM0001", State: "device", Product: "farbench_hu", Model: "Farbench_HU", Name: "hu", TransportID: 1}},
		},
		{
			"0000                   device usb:1-4 product:p model:m device:d transport_id:12",
			[]Device{{Serial: "0000", DevPath: "usb:1-4", State: "device", Product: "p", Model: "m", Name: "d", TransportID: 12}},
		},
		{"192.168.1.5:5555       unauthorized transport_id:3", []Device{{Serial: "192.168.1.5:5555", State: "unauthorized", TransportID: 3}}},
		{
			"0123456789ABCDEF0123456789 offline usb:2-1 transport_id:4",
			[]Device{{Serial: "0123456789ABCDEF0123456789", DevPath: "usb:2-1", State: "offline", TransportID: 4}},
		},
		{"X                      " + udev + " usb:1-4 transport_id:5", []Device{{Serial: "X", DevPath: "usb:1-4", State: udev, TransportID: 5}}},
		{"X                      " + udev + " transport_id:5", []Device{{Serial: "X", State: udev, TransportID: 5}}},
		{"X                      no permissions usb:1-4 transport_id:5", []Device{{Serial: "X", DevPath: "usb:1-4", State: "no permissions", TransportID: 5}}},
		{"X                      no permissions transport_id:5", []Device{{Serial: "X", State: "no permissions", TransportID: 5}}},
		{"(no serial number)     device usb:1-4 transport_id:6", []Device{{Serial: "(no serial number)", DevPath: "usb:1-4", State: "device", TransportID: 6}}},
		{"X device model:a_transport_id:9 transport_id:7", []Device{{Serial: "X", State: "device", Model: "a_transport_id:9", TransportID: 7}}},
		// what is no device is passed over, and takes nothing else with it
		{"X\tdevice", nil},
		{"X device transport_id:", nil},
		{"X device transport_id:99999999999999999999", nil},
		{"transport_id:7", nil},
		{" transport_id:7", nil},
		{"X transport_id:7", nil},
		{"rubbish\r\nX device transport_id:7\r\nrubbish", []Device{{Serial: "X", State: "device", TransportID: 7}}},
	} {
		if got := parseDevices(c.line); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q gives %+v, want %+v", c.line, got, c.want)
		}
	}
}

func TestParseProperties(t *testing.T) {
	got := parseProperties("[a]: [1]\n[ro.x]: []\n[b]: [two\nlines]\n[c]: [[x]]\n[d]: [end]\n")
	want := map[string]string{"a": "1", "ro.x": "", "b": "two\nlines", "c": "[x]", "d": "end"}
	for key, value := range want {
		if v, there := got[key]; v != value || !there {
			t.Errorf("%s is %q, want %q", key, v, value)
		}
	}
}

func FuzzParseDevices(f *testing.F) {
	f.Add("SIM0001                device usb:1-4 product:p model:m device:d transport_id:1\n")
	f.Add("X no permissions (a b); see [c] usb:1-4 transport_id:5\n")
	f.Fuzz(func(t *testing.T, list string) {
		for _, d := range parseDevices(list) {
			if d.Serial == "" || d.State == "" || strings.ContainsAny(d.Serial, "\n") {
				t.Errorf("%q gives %+v", list, d)
			}
		}
		parseProperties(list)
	})
}

// FuzzParseDevice_again writes a device as the server does and reads it back.
func FuzzParseDevice_again(f *testing.F) {
	f.Add("SIM0001", "device", "usb:1-4", "hu", int64(3))
	f.Fuzz(func(t *testing.T, serial, state, devpath, product string, transport int64) {
		for _, word := range []string{serial, state, devpath, product} {
			for _, r := range word {
				if r <= ' ' || r > '~' || r == ':' {
					t.Skip("the server's own words have none")
				}
			}
		}
		if serial == "" || state == "" || product == "" {
			t.Skip("the server leaves out what is empty")
		}
		want := Device{Serial: serial, State: state, DevPath: devpath, Product: product, TransportID: transport}
		if devpath != "" {
			devpath = " " + devpath
		}
		line := fmt.Sprintf("%-22s %s%s product:%s transport_id:%d", serial, state, devpath, product, transport)
		if got, ok := parseDevice(line); !ok || got != want {
			t.Errorf("%q gives %+v, want %+v", line, got, want)
		}
	})
}
