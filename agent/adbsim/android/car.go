package android

import (
	"fmt"
	"strconv"
	"time"

	"github.com/farbench/farbench/agent/adbsim/logd"
)

// car is what the car service knows: the vehicle's properties and its power.
type car struct {
	there  bool
	values map[spot]string
	at     map[spot]int64 // when it last changed, in nanoseconds since boot
	power  string
	garage bool
	night  string // day, night or sensor
	uxr    bool
}

func newCar(m Model) car {
	c := car{there: m.Vehicle, values: map[spot]string{}, at: map[spot]int64{}, power: "ON", night: "sensor", uxr: true}
	for _, p := range vhalProperties {
		for _, zone := range p.zones() {
			c.values[spot{p.id, zone}], _ = p.parse(p.start)
		}
	}
	return c
}

// Gears as the vehicle HAL numbers them.
var gears = map[string]string{"neutral": "1", "reverse": "2", "park": "4", "drive": "8"}

// change gives a property its new value and tells it to the log.
func (s *System) change(p vhalProperty, zone int, value string) {
	at := spot{p.id, zone}
	was := s.car.values[at]
	drove := s.driving()
	s.car.values[at] = value
	s.car.at[at] = s.uptime().Nanoseconds()
	s.log(logd.Main, vehiclePID, 'D', "VehicleHal", fmt.Sprintf("event %s area=0x%x value=%s", p.idText(), zone, value))
	if was != value {
		s.log(logd.Main, carPID, 'D', "CarPropertyService", fmt.Sprintf("onPropertyChange %s area=%d value=%s", p.name, zone, value))
	}
	if now := s.driving(); now != drove {
		s.log(logd.Main, carPID, 'I', "CarDrivingStateService", fmt.Sprintf("driving state %s -> %s", drove, now))
		s.log(logd.Main, carPID, 'I', "CarUxRestrictionsService", fmt.Sprintf("UX restrictions: driving state %s, distraction optimization required: %t", now, now != "PARKED" && s.car.uxr))
	}
	if p.name == "NIGHT_MODE" && s.car.night == "sensor" {
		s.nightMode = map[string]string{"true": "yes", "false": "no"}[value]
	}
}

// value is a property's value by its name; area is that of a global one.
func (s *System) value(name string, area int) string {
	p, _ := findProperty(name)
	return s.car.values[spot{p.id, area}]
}

// driving is the state by which the car restricts what a driver may do.
func (s *System) driving() string {
	speed, _ := strconv.ParseFloat(s.value("PERF_VEHICLE_SPEED", 0), 64)
	switch {
	case speed != 0:
		return "MOVING"
	case s.value("GEAR_SELECTION", 0) == gears["park"] || s.value("PARKING_BRAKE_ON", 0) == "true":
		return "PARKED"
	}
	return "IDLING"
}

// carCommands are those of cmd car_service.
var carCommands = map[string]func(*call) int{
	"inject-vhal-event": injectEvent, "set-property-value": setProperty, "get-property-value": getProperty,
	"get-carpropertyconfig": propertyConfig, "list-vhal-props": listProperties,
	"day-night-mode": dayNight, "emulate-driving-state": emulateDriving, "garage-mode": garageMode,
	"suspend": suspend, "hibernate": suspend, "resume": resume, "power-off": powerOff,
	"get-display-by-user": displayByUser, "inject-key": injectKey, "inject-rotary": injectRotary,
	"inject-custom-input": injectCustom, "enable-uxr": enableUXR, "get-initial-user": initialUser,
}

// carService is cmd car_service COMMAND …
func carService(c *call) int {
	if !c.car.there {
		c.err.WriteString("cmd: Can't find service: car_service\n")
		return 20
	}
	run := carCommands[c.arg(1)]
	if run == nil {
		if word := c.arg(1); word != "" && word != "-h" && word != "help" {
			fmt.Fprintf(&c.out, "Unknown command: \"%s\"\n", word)
		}
		c.out.WriteString(carHelp)
		return 0
	}
	return run(c)
}

// incorrect is the answer to too many or too few arguments.
func (c *call) incorrect() int {
	c.out.WriteString("Incorrect number of arguments.\n" + carHelp)
	return 255
}

func injectEvent(c *call) int {
	set, rest := options(c.args[2:], "-t")
	if len(rest) < 2 || len(rest) > 3 {
		return c.incorrect()
	}
	zone, data := "0", rest[len(rest)-1]
	if len(rest) == 3 {
		zone = rest[1]
	}
	_ = set["-t"] // only moves the event's time
	return c.apply(rest[0], zone, data, false)
}

func setProperty(c *call) int {
	if len(c.args) != 5 {
		return c.incorrect()
	}
	code := c.apply(c.args[2], c.args[3], c.args[4], true)
	if code == 0 {
		fmt.Fprintf(&c.out, "Property %s is set to %s\n", c.args[2], c.args[4])
	}
	return code
}

// apply is a value from outside.
func (c *call) apply(name, zone, data string, writing bool) int {
	p, known := findProperty(name)
	area, err := strconv.ParseInt(zone, 0, 32)
	switch {
	case !known:
		fmt.Fprintf(&c.out, "Invalid property Id zone Id or value: java.lang.NumberFormatException: For input string: \"%s\"\n", name)
		return 255
	case err != nil:
		fmt.Fprintf(&c.out, "Invalid property Id zone Id or value: java.lang.NumberFormatException: For input string: \"%s\"\n", zone)
		return 255
	case area == 0 && !p.global():
		c.out.WriteString("Property area type inconsistent with given zone\n")
		return 255
	case writing && !p.writes:
		fmt.Fprintf(&c.out, "Property %s is not writable\n", p.idText())
		return 255
	}
	at := spot{p.id, int(area)}
	if _, there := c.car.values[at]; !there {
		fmt.Fprintf(&c.out, "Property: %s has no area 0x%x\n", p.idText(), area)
		return 255
	}
	value, err := p.parse(data)
	if err != nil {
		fmt.Fprintf(&c.out, "Invalid property Id zone Id or value: java.lang.NumberFormatException: For input string: \"%s\"\n", data)
		return 255
	}
	c.change(p, int(area), value)
	return 0
}

func getProperty(c *call) int {
	if len(c.args) == 2 {
		c.out.WriteString("**All property values**\n")
		for _, p := range vhalProperties {
			c.printValues(p)
		}
		return 0
	}
	p, known := findProperty(c.args[2])
	if !known {
		fmt.Fprintf(&c.out, "Property: %s not supported by HAL\n", c.args[2])
		return 0
	}
	if len(c.args) == 3 {
		c.printValues(p)
		return 0
	}
	area, err := strconv.ParseInt(c.args[3], 0, 32)
	if _, there := c.car.values[spot{p.id, int(area)}]; err != nil || !there {
		fmt.Fprintf(&c.out, "Can not get property value for property: %s in areaId: 0x%x\n", p.idText(), area)
		return 0
	}
	c.printValue(p, int(area))
	return 0
}

func (c *call) printValues(p vhalProperty) {
	for _, zone := range p.zones() {
		c.printValue(p, zone)
	}
}

func (c *call) printValue(p vhalProperty, zone int) {
	at := spot{p.id, zone}
	c.out.WriteString(p.shown(zone, c.car.values[at], c.car.at[at]) + "\n")
}

func propertyConfig(c *call) int {
	if len(c.args) == 2 {
		c.out.WriteString("**All properties**\n")
	}
	for _, p := range vhalProperties {
		if one, known := findProperty(c.arg(2)); len(c.args) == 2 || known && one.id == p.id {
			c.out.WriteString(p.config())
		}
	}
	return 0
}

func listProperties(c *call) int {
	fmt.Fprintf(&c.out, "Listing %d properties:\n", len(vhalProperties))
	for _, p := range vhalProperties {
		c.out.WriteString(p.idText() + "\n")
	}
	return 0
}

func dayNight(c *call) int {
	switch mode := c.arg(2); mode {
	case "day":
		c.nightMode = "no"
	case "night":
		c.nightMode = "yes"
	case "sensor":
		c.nightMode = map[string]string{"true": "yes", "false": "no"}[c.value("NIGHT_MODE", 0)]
	default:
		fmt.Fprintf(&c.out, "Unknown value: %s. Valid argument: day|night|sensor\n", mode)
		return 0
	}
	c.car.night = c.arg(2)
	c.log(logd.Main, carPID, 'I', "CarNightService", "forced day night mode: "+c.car.night)
	fmt.Fprintf(&c.out, "DayNightMode changed to: %s\n", c.car.night)
	return 0
}

func emulateDriving(c *call) int {
	gear, known := gears[c.arg(2)]
	if !known {
		fmt.Fprintf(&c.out, "invalid driving mode %s; must be one of drive, park, reverse or neutral\n", c.arg(2))
		return 255
	}
	speed, brake := "0.0", "false"
	switch c.arg(2) {
	case "drive":
		speed = "30.0"
	case "reverse":
		speed = "-10.0"
	case "park":
		brake = "true"
	}
	for _, set := range []struct{ name, value string }{
		{"PARKING_BRAKE_ON", brake}, {"GEAR_SELECTION", gear}, {"CURRENT_GEAR", gear}, {"PERF_VEHICLE_SPEED", speed},
	} {
		p, _ := findProperty(set.name)
		c.change(p, 0, set.value)
	}
	return 0
}

func garageMode(c *call) int {
	switch word := c.arg(2); word {
	case "on", "off":
		c.car.garage = word == "on"
		c.log(logd.Main, carPID, 'I', "GarageMode", map[bool]string{true: "Entering GarageMode", false: "Exiting GarageMode"}[c.car.garage])
	case "query":
	case "reboot":
		c.out.WriteString("Entering Garage Mode. Will reboot when it completes.\n")
		return c.ask("reboot")
	default:
		c.out.WriteString("Unknown value. Valid argument: on|off|query|reboot\n")
		return 0
	}
	fmt.Fprintf(&c.out, "Garage mode: %t\n", c.car.garage)
	return 0
}

// dumpCar is dumpsys car_service.
func dumpCar(c *call) int {
	if !c.car.there {
		c.err.WriteString("Can't find service: car_service\n")
		return 0
	}
	fmt.Fprintf(&c.out, "*Dump car service*\n*Dump all services*\n*CarPropertyService*\n  Listening to %d properties\n", len(vhalProperties))
	for _, p := range vhalProperties {
		for _, zone := range p.zones() {
			fmt.Fprintf(&c.out, "  %s: %s (area %d)\n", p.name, c.car.values[spot{p.id, zone}], zone)
		}
	}
	fmt.Fprintf(&c.out, "*CarPowerManagementService*\n  mCurrentState: %s\n  Garage mode: %t\n", c.car.power, c.car.garage)
	fmt.Fprintf(&c.out, "*CarNightService*\n  Forced mode: %s\n  Night mode: %t\n", c.car.night, c.dark())
	driving := c.driving()
	fmt.Fprintf(&c.out, "*CarUxRestrictionsService*\n  Driving state: %d (%s)\n  Distraction optimization required: %t\n",
		map[string]int{"PARKED": 0, "IDLING": 1, "MOVING": 2}[driving], driving, driving != "PARKED" && c.car.uxr)
	fmt.Fprintf(&c.out, "*CarUserService*\n  Current user: %d\n  Users: %d\n*CarOccupantZoneService*\n", c.foreground, len(c.users))
	for _, d := range c.model.Displays {
		kind := "MAIN"
		if d.Logical != 0 {
			kind = "INSTRUMENT_CLUSTER"
		}
		fmt.Fprintf(&c.out, "  displayId=%d displayType=%s\n", d.Logical, kind)
	}
	fmt.Fprintf(&c.out, "*CarInputService*\n  Events injected: %d\n*Up for %s*\n", c.inputs, c.uptime().Truncate(time.Second))
	return 0
}
