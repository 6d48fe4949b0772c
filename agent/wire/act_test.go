package wire_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/farbench/farbench/agent/wire"
)

func TestAct_Words(t *testing.T) {
	for words, act := range map[string]wire.Act{
		"adb reboot":                       {Kind: wire.ActReboot},
		"adb reboot recovery":              {Kind: wire.ActReboot, Mode: wire.RebootRecovery, Wait: true},
		"adb wait-for-boot":                {Kind: wire.ActWait},
		"adb wait-for-disconnect":          {Kind: wire.ActWait, For: wire.WaitDisconnect},
		"adb uninstall -k --user 10 a.b":   {Kind: wire.ActUninstall, Package: "a.b", User: "10", Keep: true},
		"adb logcat":                       {Kind: wire.ActLogcat},
		"adb logcat -b main,crash -d":      {Kind: wire.ActLogcat, Buffers: []string{"main", "crash"}, Dump: true},
		"adb logcat -T 50 Car:I '*:S'":     {Kind: wire.ActLogcat, Since: "50", Filters: []string{"Car:I", "*:S"}},
		"adb logcat -T '11-21 09:30:00.0'": {Kind: wire.ActLogcat, Since: "11-21 09:30:00.0"},
		"adb disable-verity":               {Kind: wire.ActDisableVerity},
	} {
		if mistakes := act.Check(); mistakes != nil {
			t.Errorf("%s: %v", words, mistakes)
		}
		if got := act.Command(); got != words {
			t.Errorf("says %q, want %q", got, words)
		}
	}
}

func TestAct_Check(t *testing.T) {
	many := make([]string, 65)
	for what, c := range map[string]struct {
		act  string
		want string
	}{
		"another kind":         {`{"kind":"format"}`, "act.kind"},
		"no kind":              {`{}`, "act.kind"},
		"another mode":         {`{"kind":"reboot","mode":"recovery; rm -rf /"}`, "act.mode"},
		"another's field":      {`{"kind":"root","mode":"recovery"}`, "act.mode belongs to reboot"},
		"misspelt field":       {`{"kind":"reboot","mod":"recovery"}`, "act.mod is no field"},
		"another wait":         {`{"kind":"wait","for":"godot"}`, "act.for"},
		"no package":           {`{"kind":"uninstall"}`, "act.package"},
		"two words of one":     {`{"kind":"uninstall","package":"a.b c"}`, "act.package"},
		"package of an option": {`{"kind":"uninstall","package":"--user"}`, "act.package"},
		"package with a line":  {`{"kind":"uninstall","package":"a.b\n"}`, "act.package"},
		"another user":         {`{"kind":"uninstall","package":"a.b","user":"-1"}`, "act.user"},
		"another buffer":       {`{"kind":"logcat","buffers":["main","../x"]}`, "act.buffers"},
		"filter of options":    {`{"kind":"logcat","filters":["-c"]}`, "act.filters"},
		"filter with a NUL":    {`{"kind":"logcat","filters":["a\u0000:I"]}`, "act.filters"},
		"no such priority":     {`{"kind":"logcat","filters":["a:X"]}`, "act.filters"},
		"since when":           {`{"kind":"logcat","since":"yesterday"}`, "act.since"},
	} {
		t.Run(what, func(t *testing.T) {
			var act wire.Act
			if err := json.Unmarshal([]byte(c.act), &act); err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(act.Check(), "; "); !strings.Contains(got, c.want) {
				t.Errorf("%s: %q, want %q in it", c.act, got, c.want)
			}
		})
	}
	if act := (wire.Act{Kind: wire.ActLogcat, Filters: many}); act.Check() == nil {
		t.Error("65 filters are let pass")
	}
}

func TestActHash(t *testing.T) {
	seen := map[string]string{wire.CommandHash("adb reboot"): "the command adb reboot"}
	for what, act := range map[string]wire.Act{
		"reboot":          {Kind: wire.ActReboot},
		"reboot and wait": {Kind: wire.ActReboot, Wait: true},
		"recovery":        {Kind: wire.ActReboot, Mode: wire.RebootRecovery},
		"root":            {Kind: wire.ActRoot},
	} {
		hash := wire.ActHash(&act)
		if other := seen[hash]; other != "" {
			t.Errorf("%s has the hash of %s", what, other)
		}
		seen[hash] = what
		var again wire.Act
		text, err := json.Marshal(act)
		if err == nil {
			err = json.Unmarshal(text, &again)
		}
		if err != nil || wire.ActHash(&again) != hash {
			t.Errorf("%s has another hash after a journey (%v)", what, err)
		}
	}
}

func FuzzAct(f *testing.F) {
	f.Add([]byte(`{"kind":"logcat","buffers":["main"],"filters":["Car:I","*:S"],"since":"11-21 09:30:00.000","dump":true}`))
	f.Add([]byte(`{"kind":"uninstall","package":"a.b","user":"10","keep":true}`))
	f.Add([]byte(`{"kind":"reboot","mode":"recovery","wait":true,"x":1}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var act wire.Act
		if json.Unmarshal(text, &act) != nil || act.Check() != nil {
			return
		}
		words := act.Command()
		for _, c := range words {
			if c < ' ' || c == 0x7f {
				t.Fatalf("%q holds a control character", words)
			}
		}
	})
}

func TestAct_MayBegin(t *testing.T) {
	for _, c := range []struct {
		kind   wire.ActKind
		state  wire.DeviceState
		listed bool
		may    bool
	}{
		{wire.ActReboot, "device", true, true},
		{wire.ActReboot, "recovery", true, true},
		{wire.ActReboot, "unauthorized", true, false},
		{wire.ActReboot, "device", false, false},
		{wire.ActWait, "offline", true, true},
		{wire.ActWait, "", false, true},
		{wire.ActLogcat, "recovery", true, false},
		{wire.ActRoot, "device", true, true},
	} {
		if a := (wire.Act{Kind: c.kind}); a.MayBegin(c.state, c.listed) != c.may {
			t.Errorf("%s in %q (listed %v): want %v", c.kind, c.state, c.listed, c.may)
		}
	}
}

// The tags stand in /openapi.json; what counts are the sets.
func TestAct_TagsNameTheSets(t *testing.T) {
	act := reflect.TypeFor[wire.Act]()
	for field, set := range map[string]any{"Kind": wire.ActKinds, "Mode": wire.RebootModes, "For": wire.WaitsFor} {
		f, _ := act.FieldByName(field)
		var words []string
		for v := range reflect.ValueOf(set).Len() {
			words = append(words, reflect.ValueOf(set).Index(v).String())
		}
		if got, want := f.Tag.Get("enum"), strings.Join(words, ","); got != want {
			t.Errorf("%s says %s, want %s", field, got, want)
		}
	}
}
