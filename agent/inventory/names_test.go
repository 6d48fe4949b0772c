package inventory

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/farbench/farbench/agent/adb"
	"github.com/farbench/farbench/agent/wire"
)

// named gives a list its ids: by transport id.
func (n *names) named(t testing.TB, devices ...adb.Device) map[int64]string {
	t.Helper()
	ids, _ := n.give(devices)
	byTransport := map[int64]string{}
	taken := map[string]bool{}
	for i, d := range devices {
		if !wire.ValidDeviceID(ids[i]) {
			t.Errorf("%q is no device id", ids[i])
		}
		if taken[ids[i]] {
			t.Errorf("two devices are %q", ids[i])
		}
		taken[ids[i]] = true
		byTransport[d.TransportID] = ids[i]
	}
	return byTransport
}

func TestNames(t *testing.T) {
	type list []adb.Device
	type ids map[int64]string
	for _, c := range []struct {
		name  string
		lists []list
		want  []ids
	}{
		{"a serial", []list{{ready("SIM0001", "usb:1-4", 1)}}, []ids{{1: "sim0001"}}},
		{"an address", []list{{ready("192.168.1.5:5555", "", 1)}}, []ids{{1: "192-168-1-5-5555"}}},
		{"replugged elsewhere", []list{{ready("A1", "usb:1-4", 1)}, {}, {ready("A1", "usb:1-5", 2)}}, []ids{{1: "a1"}, {}, {2: "a1"}}},
		{"units that all report 0000, one vanishes", []list{
			{ready("0000", "usb:1-4", 1), ready("0000", "usb:1-5", 2)},
			{ready("0000", "usb:1-5", 2)},
			{ready("0000", "usb:1-4", 3), ready("0000", "usb:1-5", 2)},
		}, []ids{{1: "0000-usb-1-4", 2: "0000-usb-1-5"}, {2: "0000-usb-1-5"}, {3: "0000-usb-1-4", 2: "0000-usb-1-5"}}},
		{"0000 alone has the id that it will have", []list{{ready("0000", "usb:1-5", 2)}}, []ids{{2: "0000-usb-1-5"}}},
		{"a second one appears", []list{
			{ready("X1", "usb:1-4", 1)},
			{ready("X1", "usb:1-3", 2), ready("X1", "usb:1-4", 1)},
			{ready("X1", "usb:1-3", 4)},
			{ready("X1", "usb:1-4", 5)},
		}, []ids{{1: "x1"}, {1: "x1", 2: "x1-usb-1-3"}, {4: "x1-usb-1-3"}, {5: "x1"}}},
		{"equal in all", []list{
			{ready("X1", "", 1), ready("X1", "", 2)},
			{ready("X1", "", 2)},
			{ready("X1", "", 2), ready("X1", "", 3)},
		}, []ids{{1: "x1-1", 2: "x1-2"}, {2: "x1-2"}, {2: "x1-2", 3: "x1-1"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := newNames()
			for i, l := range c.lists {
				if got := n.named(t, l...); !maps.Equal(got, c.want[i]) {
					t.Errorf("list %d: %v, want %v", i, got, c.want[i])
				}
			}
		})
	}
}

func TestNames_differentSerialsNeverShareAnID(t *testing.T) {
	n := newNames()
	long := strings.Repeat("x", 60)
	devices := []adb.Device{
		ready("a.1", "", 1), ready("A-1", "", 2), ready("a_1", "", 3), ready("...", "", 4), ready("---", "", 5),
		ready(long+"1", "", 6), ready(long+"2", "", 7), ready("дев", "", 8),
		ready("q", "1-2", 9), ready("q", "1-3", 10), ready("q-1-2", "", 11),
	}
	first := n.named(t, devices...)
	slices.Reverse(devices)
	if again := n.named(t, devices...); !maps.Equal(first, again) {
		t.Errorf("in another order they are %v, were %v", again, first)
	}
	// Another process, which sees them in another order, gives the same.
	if other := newNames().named(t, devices...); !maps.Equal(first, other) {
		t.Errorf("another process gives %v, want %v", other, first)
	}
}

func FuzzNames(f *testing.F) {
	f.Add("a.1", "usb:1-4", "A-1", "", "a.1", "usb:1-5")
	f.Add("0000", "1", "0000", "1", "0000", "")
	f.Add("(no serial number)", "", "", "", "\xff", "\x00")
	f.Fuzz(func(t *testing.T, s1, p1, s2, p2, s3, p3 string) {
		n := newNames()
		all := []adb.Device{ready(s1, p1, 1), ready(s2, p2, 2), ready(s3, p3, 3)}
		n.named(t, all[:1]...)
		n.named(t, all[:2]...)
		before := n.named(t, all...)
		if after := n.named(t, all[1:]...); after[2] != before[2] || after[3] != before[3] {
			t.Errorf("%v became %v when one left", before, after)
		}
	})
}

func FuzzRemember(f *testing.F) {
	f.Add([]byte(`{"devices":[{"serial":"0000","devpath":"usb:1-4","nth":1,"id":"0000-usb-1-4"}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		n := newNames()
		_ = n.remember(text)
		for i := range 3 {
			n.named(t, ready("0000", "usb:1-4", int64(i)), ready("0000", fmt.Sprint(i), int64(i+9)))
		}
	})
}
