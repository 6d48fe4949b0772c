package inventory

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/adb"
	"github.com/farbench/farbench/agent/wire"
)

var start = time.UnixMilli(1_795_246_488_590)

func ready(serial, devpath string, transport int64) adb.Device {
	return adb.Device{Serial: serial, DevPath: devpath, State: "device", TransportID: transport}
}

func (r *roster) states() map[string]wire.DeviceState {
	states := map[string]wire.DeviceState{}
	for id, e := range r.entries {
		e.show(id, "")
		states[id] = e.device.State
	}
	return states
}

func TestRoster_see_vanished(t *testing.T) {
	r := newRoster(5 * time.Second)
	r.see([]adb.Device{ready("A", "", 1)}, start)
	r.see(nil, start.Add(time.Second))
	if got := r.states()["a"]; got != "offline" {
		t.Fatalf("a second after it left it is %q", got)
	}
	if got := r.next(start.Add(2 * time.Second)); got != 4*time.Second {
		t.Errorf("looks again in %v", got)
	}
	r.see(nil, start.Add(5900*time.Millisecond))
	if len(r.entries) != 1 {
		t.Fatal("gone before its time")
	}
	r.see([]adb.Device{ready("A", "", 2)}, start.Add(5950*time.Millisecond))
	if got := r.states()["a"]; got != "device" {
		t.Fatalf("back, it is %q", got)
	}
	r.see(nil, start.Add(10*time.Second))
	r.expire(start.Add(15 * time.Second))
	if len(r.entries) != 0 {
		t.Error("still there 5 s after it left")
	}
}

// questions are the errands due to devices, by what they ask.
func (r *roster) questions(now time.Time, k kind) (ids []string) {
	for _, e := range r.errands(now) {
		if e.kind == k {
			ids = append(ids, e.id+e.addr)
		}
	}
	return ids
}

func TestRoster_errands_properties(t *testing.T) {
	r := newRoster(5 * time.Second)
	r.see([]adb.Device{ready("A", "", 1), {Serial: "B", State: "offline", TransportID: 2}}, start)
	if got := r.questions(start, readProperties); len(got) != 1 || got[0] != "a" {
		t.Fatalf("asks %v", got)
	}
	if got := r.errands(start); len(got) != 0 {
		t.Fatalf("asks %v while it waits", got)
	}
	a := errand{kind: readProperties, id: "a", transport: 1}
	r.take(done{errand: a, err: errors.New("no")}, start)
	if got := r.errands(start.Add(4 * time.Second)); len(got) != 0 {
		t.Fatalf("asks %v right after a failure", got)
	}
	if got := r.questions(start.Add(5*time.Second), readProperties); len(got) != 1 {
		t.Fatalf("asks %v after a pause", got)
	}
	r.take(done{errand: a, properties: map[string]string{"ro.product.model": strings.Repeat("x", 9000), "other": "y"}}, start)
	if p := r.entries["a"].device.Properties; len(p["ro.product.model"]) != maxText || p["other"] != "" {
		t.Errorf("properties %v", p)
	}
	if got := r.questions(start.Add(time.Hour), readProperties); len(got) != 0 {
		t.Fatalf("asks %v again", got)
	}
	r.see([]adb.Device{ready("A", "", 9)}, start)
	if got := r.questions(start.Add(time.Hour), readProperties); len(got) != 1 {
		t.Fatalf("asks %v after it came back", got)
	}
	r.take(done{errand: a, properties: nil}, start)
	if p := r.entries["a"].device.Properties; len(p) == 0 {
		t.Error("an old answer replaced the properties")
	}
}

func TestRoster_news_onlyWhenSomethingChanged(t *testing.T) {
	r := newRoster(5 * time.Second)
	if _, _, changed := r.news(); changed {
		t.Error("news before anything was seen")
	}
	r.see(nil, start)
	if devices, _, changed := r.news(); !changed || devices == nil {
		t.Errorf("the empty list is news: %v, %v", devices, changed)
	}
	r.see([]adb.Device{ready("B", "", 1), ready("A", "", 2)}, start)
	if devices, _, changed := r.news(); !changed || len(devices) != 2 || devices[0].ID != "a" {
		t.Errorf("news %v, %v", devices, changed)
	}
	r.see([]adb.Device{ready("A", "", 2), ready("B", "", 1)}, start)
	if _, _, changed := r.news(); changed {
		t.Error("the same list is news")
	}
	r.reason = "no server"
	if _, reason, changed := r.news(); !changed || reason != "no server" {
		t.Errorf("reason %q, %v", reason, changed)
	}
}

func TestDescribe(t *testing.T) {
	for state, want := range map[string]struct{ state, reason, hint string }{
		"device":       {"device", "", ""},
		"unauthorized": {"unauthorized", "has not authorised", "Accept the key prompt"},
		"recovery":     {"recovery", "In recovery", "Reboot to use it"},
		"no permissions (user in plugdev group; are your udev rules wrong?); see [http://developer.android.com/tools/device.html]": {
			"no permissions", "may not open the device (user in plugdev", "udev rule",
		},
		"dreaming\x1b[2J": {"dreaming [2J", "adb calls its state dreaming", "look at it"},
	} {
		d := describe("x", adb.Device{Serial: "X", State: state}, nil)
		if string(d.State) != want.state || !strings.Contains(d.Reason, want.reason) || !strings.Contains(d.Hint, want.hint) || (want.reason == "") != (d.Reason == "") {
			t.Errorf("%q: %q, %q, %q", state, d.State, d.Reason, d.Hint)
		}
	}
}
