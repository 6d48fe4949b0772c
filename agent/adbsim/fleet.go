package adbsim

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/farbench/farbench/agent/adbsim/android"
	"github.com/farbench/farbench/agent/adbsim/packages"
)

// DefaultDevices is a bench as it stands when nobody says how many: a head
// unit on USB, an instrument cluster over TCP and a rear seat unit whose user
// has not yet allowed debugging.
const DefaultDevices = 3

// MaxDevices is the most that a bench is asked for.
const MaxDevices = 1000

// model is what kind of device it is.
type model struct {
	product, name, device string
	characteristics       string
	bootReason            string
	android.Model
}

// density is that of the display that an app sees first.
func (m model) density() string {
	if len(m.Displays) == 0 {
		return "160"
	}
	return strconv.Itoa(m.Displays[0].Density)
}

// choosePackages takes away the apps of other models: every model has the
// system's own and the diagnosis, and of the rest what it runs.
func (m model) choosePackages(all *packages.Manager) {
	for _, p := range all.List(0) {
		runs := slices.ContainsFunc(m.Apps, func(a android.App) bool { return strings.HasPrefix(a.Component, p.Name) })
		if !p.System && p.Name != "com.farbench.dcm" && !runs {
			_ = all.Uninstall(p.Name, packages.AllUsers, nil) // there is one: it was listed
		}
	}
}

// drivers are the users of a unit whose system user stays behind the others.
var drivers = []android.User{{ID: 0, Name: "Driver", Flags: 0x813}, {ID: 10, Name: "Tester", Flags: 0x412}}

var owner = []android.User{{ID: 0, Name: "Owner", Flags: 0xc13}}

var models = []model{
	{
		product: "farbench_hu", name: "Farbench HU", device: "farbench_hu", characteristics: "automotive,nosdcard", bootReason: "reboot,userrequested",
		Model: android.Model{
			Displays: []android.Display{
				{Logical: 0, Physical: 4619827259835644672, Port: 0, PNP: "FBH", Name: "Center display", Width: 1920, Height: 1080, Density: 213},
				{Logical: 2, Physical: 4619827551948147201, Port: 1, PNP: "FBC", Name: "Passenger display", Width: 1920, Height: 720, Density: 160},
			},
			Users: drivers, Foreground: 10, Vehicle: true,
			Apps: []android.App{
				{Component: "com.farbench.navigation/.MapActivity", AppID: 80, PID: 2011, Display: 0},
				{Component: "com.farbench.radio/.RadioActivity", AppID: 82, PID: 2104, Display: 2},
				{Component: "com.android.car.carlauncher", AppID: 71, PID: 1688, Display: -1},
			},
		},
	},
	{
		product: "farbench_ic", name: "Farbench Cluster", device: "farbench_ic", characteristics: "automotive,nosdcard", bootReason: "watchdog",
		Model: android.Model{
			Displays: []android.Display{{Logical: 0, Physical: 4630946674560563842, Port: 130, PNP: "FBC", Name: "Cluster", Width: 1920, Height: 720, Density: 160}},
			Users:    owner, Vehicle: true,
			Apps: []android.App{{Component: "com.farbench.cluster/.ClusterActivity", AppID: 84, PID: 1902, Display: 0}},
		},
	},
	{
		product: "farbench_rse", name: "Farbench Rear Seat", device: "farbench_rse", characteristics: "automotive,nosdcard", bootReason: "cold,powerkey",
		Model: android.Model{
			Displays: []android.Display{{Logical: 0, Physical: 4621520188814754049, Port: 1, PNP: "FBR", Name: "Rear display", Width: 2560, Height: 1600, Density: 240}},
			Users:    drivers, Foreground: 10,
			Apps: []android.App{{Component: "com.farbench.video/.VideoActivity", AppID: 86, PID: 2213, Display: 0}},
		},
	},
	{
		product: "farbench_tcu", name: "Farbench Telematics", device: "farbench_tcu", characteristics: "embedded", bootReason: "reboot,ota",
		Model: android.Model{Users: owner, Apps: []android.App{{Component: "com.farbench.telematics", AppID: 88, PID: 1811, Display: -1}}},
	},
}

// place is where a device is connected and how it is when the bench begins.
type place struct {
	serial  string // as adb lists it
	factory string // what the device itself says: ro.serialno
	devPath string // "" over TCP
	state   string
}

// placed gives the place of the device with this index. Those beyond the
// default bench are on USB and ready.
func placed(index int) place {
	p := place{factory: fmt.Sprintf("SIM%04d", index+1), devPath: fmt.Sprintf("usb:1-%d", index+1), state: StateDevice}
	p.serial = p.factory
	switch index {
	case 1:
		// A host's name that follows the serials keeps lists in the devices' order.
		p.serial, p.devPath = "sim0002:5555", ""
	case 2: // its user has not accepted this PC's key yet
		p.state = StateUnauthorized
	}
	return p
}
