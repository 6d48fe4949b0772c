package adb

import (
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

// As an Android 14 and an Android 10 print it, cut to what matters.
const (
	flinger14 = `Display 4619827259835644672 (HWC display 0): port=0 pnpId=GGL displayName="EMU_display_0"
Display 4619827551948147201 (HWC display 1): port=1 pnpId=GGL displayName="a "quoted" name"
Display 11529215048785374281 (Virtual display): displayName="sharing"
`
	manager14 = `DISPLAY MANAGER (dumpsys display)
  mViewports=[DisplayViewport{type=INTERNAL, valid=true, isActive=true, displayId=0, uniqueId='local:4619827259835644672', physicalPort=0, orientation=0, logicalFrame=Rect(0, 0 - 1080, 600), physicalFrame=Rect(0, 0 - 1080, 600), deviceWidth=1080, deviceHeight=600}, DisplayViewport{type=EXTERNAL, valid=true, isActive=true, displayId=2, uniqueId='local:4619827551948147201', physicalPort=1, orientation=0, logicalFrame=Rect(0, 0 - 400, 600), deviceWidth=400, deviceHeight=600}]
  Display 0:
    mDisplayId=0
    mBaseDisplayInfo=DisplayInfo{"Built-in Screen", displayId 0, displayGroupId 0, FLAG_SECURE, real 1080 x 600, largest app 1080 x 1080, type INTERNAL, uniqueId "local:4619827259835644672", app 1080 x 600}
  Display 5:
    mBaseDisplayInfo=DisplayInfo{"Overlay #1", displayId 5, real 1404 x 1872, density 300, uniqueId "overlay:1", app 1 x 1}
`
	manager10 = `DISPLAY MANAGER (dumpsys display)
    mBaseDisplayInfo=DisplayInfo{"Built-in Screen, displayId 0", uniqueId "local:0", app 1440 x 2960, real 1440 x 2960, largest app 1}
`
)

func TestDisplays_physicalAndLogicalAreJoined(t *testing.T) {
	got := joinDisplays(parseFlinger(flinger14), parseDisplays(manager14))
	want := []Display{
		{Physical: 4619827259835644672, Logical: 0, Name: "EMU_display_0", Width: 1080, Height: 600},
		{Physical: 4619827551948147201, Logical: 2, Name: `a "quoted" name`, Width: 400, Height: 600},
		{Logical: 5, Name: "Overlay #1", Width: 1404, Height: 1872, Virtual: true},
		{Physical: 11529215048785374281, Logical: -1, Name: "sharing", Virtual: true},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	old := joinDisplays(parseFlinger("Build configuration: …\nVisible layers\n"), parseDisplays(manager10))
	if want := []Display{{Logical: 0, Name: "Built-in Screen", Width: 1440, Height: 2960}}; !reflect.DeepEqual(old, want) {
		t.Errorf("an old Android: %+v", old)
	}
}

func TestDisplays_hostile(t *testing.T) {
	for name, out := range map[string]string{
		"not a number":        "Display x (HWC display 0): displayName=\"a\"\n",
		"beyond 64 bits":      "Display 18446744073709551616 (HWC display 0):\n",
		"negative":            "Display -1 (HWC display 0):\n",
		"a layer's line":      "* Layer 0xb4 (Display 0 name=\"x\")\n",
		"no end":              "Display 1 (HWC display 0",
		"a line without text": "Display ",
	} {
		if got := parseFlinger(out); len(got) != 0 {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if got := parseFlinger(strings.Repeat("Display 1 (HWC display 0): port=0\n", 1000)); len(got) != 1 {
		t.Errorf("an id that comes twice: %d displays", len(got))
	}
	got := parseDisplays("mViewports=[DisplayViewport{valid=true, displayId=99999999999, uniqueId='local:7'}, DisplayViewport{valid=true, displayId=3, uniqueId='local:-7', logicalFrame=Rect(0, 0 - 99999999, 1)}]\n")
	if want := []Display{{Logical: 3}}; !reflect.DeepEqual(got, want) {
		t.Errorf("numbers that fit nowhere: %+v", got)
	}
	if got := parseFlinger("Display 1 (HWC display 0): displayName=\"a\x00\x1b[31m\xff\"\n"); got[0].Name != "a[31m" {
		t.Errorf("a name with control characters: %q", got[0].Name)
	}
}

// FuzzDisplays reads anything as what both commands print.
func FuzzDisplays(f *testing.F) {
	f.Add(flinger14, manager14)
	f.Add("Display 1 (HWC display 0): no identification data\n", manager10)
	f.Add("Display 1 (", "mViewports=[DisplayViewport{valid=true, displayId=")
	f.Add(strings.Repeat("Display 1 (HWC display 0): displayName=\"\n", 3), `mBaseDisplayInfo=DisplayInfo{"a", displayId 0, real 1 x`)
	f.Fuzz(func(t *testing.T, flinger, manager string) {
		displays := joinDisplays(parseFlinger(flinger), parseDisplays(manager))
		if len(displays) > maxDisplays {
			t.Fatalf("%d displays", len(displays))
		}
		logical := map[int]bool{}
		for _, d := range displays {
			if d.Logical < -1 || d.Logical >= 0 && logical[d.Logical] || len(d.Name) > maxName || !utf8.ValidString(d.Name) ||
				d.Width < 0 || d.Width > maxPixels || d.Height < 0 || d.Height > maxPixels {
				t.Fatalf("%+v of %+v", d, displays)
			}
			logical[d.Logical] = true
		}
	})
}
