package adbsim

import "fmt"

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
	density               string
	bootReason            string
}

var models = []model{
	{product: "farbench_hu", name: "Farbench HU", device: "farbench_hu", characteristics: "automotive,nosdcard", density: "213", bootReason: "reboot,userrequested"},
	{product: "farbench_ic", name: "Farbench Cluster", device: "farbench_ic", characteristics: "automotive,nosdcard", density: "160", bootReason: "watchdog"},
	{product: "farbench_rse", name: "Farbench Rear Seat", device: "farbench_rse", characteristics: "automotive,nosdcard", density: "240", bootReason: "cold,powerkey"},
	{product: "farbench_tcu", name: "Farbench Telematics", device: "farbench_tcu", characteristics: "embedded", density: "160", bootReason: "reboot,ota"},
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
	case 2:
		p.state = StateUnauthorized
	}
	return p
}
