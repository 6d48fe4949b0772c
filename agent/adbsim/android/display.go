package android

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/farbench/farbench/agent/adbsim/logd"
)

// wm is wm size|density [-d DISPLAY] [VALUE|reset].
func wm(c *call) int {
	set, rest := options(c.args[1:], "-d", "--user")
	logical := 0
	if text, given := set["-d"]; given {
		n, err := strconv.Atoi(text)
		if err != nil {
			fmt.Fprintf(&c.err, "Error: bad number %s\n", text)
			return 255
		}
		logical = n
	}
	if len(rest) == 0 {
		c.err.WriteString("Window manager (window) commands:\n  size [reset|WxH|WdpxHdp] [-d DISPLAY_ID]\n  density [reset|DENSITY] [-d DISPLAY_ID]\n")
		return 255
	}
	d, there := c.model.display(logical)
	if !there {
		fmt.Fprintf(&c.err, "Exception occurred while executing '%s':\njava.lang.IllegalArgumentException: Display %d does not exist\n", rest[0], logical)
		return 255
	}
	switch rest[0] {
	case "size":
		return wmSize(c, d, rest[1:])
	case "density":
		return wmDensity(c, d, rest[1:])
	}
	fmt.Fprintf(&c.err, "Unknown command: %s\n", rest[0])
	return 255
}

func wmSize(c *call, d Display, rest []string) int {
	if len(rest) == 0 {
		fmt.Fprintf(&c.out, "Physical size: %dx%d\n", d.Width, d.Height)
		if size, set := c.sizes[d.Logical]; set {
			fmt.Fprintf(&c.out, "Override size: %dx%d\n", size[0], size[1])
		}
		return 0
	}
	if rest[0] == "reset" {
		delete(c.sizes, d.Logical)
		return 0
	}
	w, h, found := strings.Cut(rest[0], "x")
	width, err1 := strconv.Atoi(w)
	height, err2 := strconv.Atoi(h)
	if !found || err1 != nil || err2 != nil || width < 200 || height < 200 || width > 16384 || height > 16384 {
		fmt.Fprintf(&c.err, "Error: bad size %s\n", rest[0])
		return 255
	}
	c.sizes[d.Logical] = [2]int{width, height}
	return 0
}

func wmDensity(c *call, d Display, rest []string) int {
	if len(rest) == 0 {
		fmt.Fprintf(&c.out, "Physical density: %d\n", d.Density)
		if density := c.densities[d.Logical]; density != 0 {
			fmt.Fprintf(&c.out, "Override density: %d\n", density)
		}
		return 0
	}
	if rest[0] == "reset" {
		delete(c.densities, d.Logical)
		return 0
	}
	density, err := strconv.Atoi(rest[0])
	switch {
	case err != nil:
		fmt.Fprintf(&c.err, "Error: bad number %s\n", rest[0])
		return 255
	case density < 72:
		c.err.WriteString("Error: density must be >= 72\n")
		return 255
	}
	c.densities[d.Logical] = density
	return 0
}

// size is what a display shows: its own, or what wm was told.
func (s *System) size(d Display) (width, height int) {
	if size, set := s.sizes[d.Logical]; set {
		return size[0], size[1]
	}
	return d.Width, d.Height
}

func (s *System) density(d Display) int {
	if density := s.densities[d.Logical]; density != 0 {
		return density
	}
	return d.Density
}

// info is a display as dumpsys display and window describe it.
func (d Display) info(width, height, density int) string {
	return fmt.Sprintf(`DisplayInfo{"%s", displayId %d, displayGroupId 0, FLAG_SECURE, FLAG_SUPPORTS_PROTECTED_BUFFERS, FLAG_TRUSTED, real %d x %d, `+
		`largest app %d x %d, smallest app %d x %d, appVsyncOff 1000000, presDeadline 16666666, mode 1, defaultMode 1, `+
		`modes [{id=1, width=%d, height=%d, fps=60.0, alternativeRefreshRates=[]}], hdrCapabilities null, userDisabledHdrTypes [], `+
		`minimalPostProcessingSupported false, rotation 0, state ON, committedState ON, type INTERNAL, uniqueId "local:%d", app %d x %d, `+
		`density %d (%d.0 x %d.0) dpi, layerStack %d, colorMode 0, supportedColorModes [0], address {port=%d, model=0x%x}, `+
		`deviceProductInfo DeviceProductInfo{name=%s, manufacturerPnpId=%s, productId=1, modelYear=null, `+
		`manufactureDate=ManufactureDate{week=27, year=2024}, connectionToSinkType=1}, removeMode 0}`,
		d.Name, d.Logical, width, height, max(width, height), max(width, height), min(width, height), min(width, height),
		d.Width, d.Height, d.Physical, width, height, density, density, density, d.Logical, d.Port, d.Physical>>8,
		d.Name, d.PNP)
}

func dumpDisplay(c *call) int {
	c.out.WriteString("DISPLAY MANAGER (dumpsys display)\n  mSafeMode=false\n  mPendingTraversal=false\n  mViewports=[")
	for i, d := range c.model.Displays {
		kind := "INTERNAL"
		if i > 0 {
			c.out.WriteString(", ")
			kind = "EXTERNAL"
		}
		w, h := c.size(d)
		fmt.Fprintf(&c.out, "DisplayViewport{type=%s, valid=true, isActive=true, displayId=%d, uniqueId='local:%d', physicalPort=%d, orientation=0, "+
			"logicalFrame=Rect(0, 0 - %d, %d), physicalFrame=Rect(0, 0 - %d, %d), deviceWidth=%d, deviceHeight=%d}",
			kind, d.Logical, d.Physical, d.Port, w, h, d.Width, d.Height, d.Width, d.Height)
	}
	fmt.Fprintf(&c.out, "]\n  mDefaultDisplayDefaultColorMode=0\n\nDisplay Adapters: size=4\n  LocalDisplayAdapter\n  VirtualDisplayAdapter\n"+
		"  OverlayDisplayAdapter\n  WifiDisplayAdapter\n\nDisplay Devices: size=%d\n", len(c.model.Displays))
	for _, d := range c.model.Displays {
		fmt.Fprintf(&c.out, "  DisplayDeviceInfo{\"%s\": uniqueId=\"local:%d\", %d x %d, modeId 1, renderFrameRate 60.0, defaultModeId 1, density %d, "+
			"%d.0 x %d.0 dpi, touch INTERNAL, rotation 0, type INTERNAL, address {port=%d, model=0x%x}, state ON, committedState ON, FLAG_ALLOWED_TO_BE_DEFAULT_DISPLAY}\n"+
			"    mAdapter=LocalDisplayAdapter\n    mUniqueId=local:%d\n    mPhysicalDisplayId=%d\n",
			d.Name, d.Physical, d.Width, d.Height, d.Density, d.Density, d.Density, d.Port, d.Physical>>8, d.Physical, d.Physical)
	}
	fmt.Fprintf(&c.out, "\nLogical Displays: size=%d\n", len(c.model.Displays))
	for _, d := range c.model.Displays {
		w, h := c.size(d)
		fmt.Fprintf(&c.out, "  Display %d:\n    mDisplayId=%d\n    mLayerStack=%d\n    mHasContent=true\n    mDisplayGroupName=null\n    mPrimaryDisplayDevice=%s\n"+
			"    mBaseDisplayInfo=%s\n    mOverrideDisplayInfo=%s\n", d.Logical, d.Logical, d.Logical, d.Name,
			d.info(d.Width, d.Height, d.Density), d.info(w, h, c.density(d)))
	}
	return 0
}

// dumpFlinger is dumpsys SurfaceFlinger [--display-id].
func dumpFlinger(c *call) int {
	if c.arg(2) == "--display-id" {
		for i, d := range c.model.Displays {
			fmt.Fprintf(&c.out, "Display %d (HWC display %d): port=%d pnpId=%s displayName=\"%s\"\n", d.Physical, i, d.Port, d.PNP, d.Name)
		}
		return 0
	}
	c.out.WriteString("Build configuration: [sf PRESENT_TIME_OFFSET=0 FORCE_HWC_FOR_RBG_TO_YUV=0 RUNNING_WITHOUT_SYNC_FRAMEWORK=0]\n\nDisplay identification data:\n")
	for i, d := range c.model.Displays {
		fmt.Fprintf(&c.out, "Display %d (HWC display %d): port=%d pnpId=%s displayName=\"%s\"\n", d.Physical, i, d.Port, d.PNP, d.Name)
	}
	c.out.WriteString("\nVisible layers\n")
	for _, d := range c.model.Displays {
		w, h := c.size(d)
		front := c.resumed[d.Logical]
		if front == "" {
			front = launcher
		}
		fmt.Fprintf(&c.out, "+ Layer (%s#%d)\n      layerStack=%d, z=0, pos=(0,0), size=(%d,%d)\n", short(front), 81+d.Logical, d.Logical, w, h)
	}
	return 0
}

// uimode is cmd uimode night [yes|no|auto].
func uimode(c *call) int {
	if c.arg(1) != "night" {
		c.err.WriteString("UiModeManager service (uimode) commands:\n  night [yes|no|auto|custom_schedule|custom_bedtime]\n")
		return 255
	}
	switch mode := c.arg(2); mode {
	case "":
	case "yes", "no", "auto":
		if mode != c.nightMode {
			c.nightMode = mode
			c.log(logd.System, serverPID, 'I', "UiModeManager", "night mode set to "+mode)
		}
	default:
		fmt.Fprintf(&c.err, "Error: mode must be 'yes', 'no', or 'auto', or 'custom_schedule', or 'custom_bedtime'\n")
		return 255
	}
	fmt.Fprintf(&c.out, "Night mode: %s\n", c.nightMode)
	return 0
}

// dark tells whether the device shows its dark theme.
func (s *System) dark() bool {
	if s.nightMode == "auto" {
		hour := s.m.Now().UTC().Hour()
		return hour < 6 || hour >= 20
	}
	return s.nightMode == "yes"
}

func (s *System) uptime() time.Duration { return s.m.Now().Sub(s.m.Booted()) }
