package android

import (
	"fmt"
	"strconv"
	"strings"
)

// The kinds of value, as they lie in a property's id.
const (
	kindMask   = 0x00ff0000
	kindString = 0x00100000
	kindBool   = 0x00200000
	kindInt    = 0x00400000
	kindInts   = 0x00410000
	kindFloat  = 0x00600000
)

// The kinds of area, as they lie in a property's id.
const (
	areaMask   = 0x0f000000
	areaGlobal = 0x01000000
)

// vhalProperty is one property of the vehicle HAL.
type vhalProperty struct {
	id     int
	name   string
	writes bool // access READ_WRITE, else READ
	// change is 0 static, 1 on change, 2 continuous.
	change int
	start  string
	areas  []int // of a property that is not global
}

func (p vhalProperty) global() bool { return p.id&areaMask == areaGlobal }

func (p vhalProperty) zones() []int {
	if p.global() {
		return []int{0}
	}
	return p.areas
}

// The areas of seats, doors and windows.
const (
	leftSeats  = 49
	rightSeats = 68
)

var vhalProperties = []vhalProperty{
	{id: 0x11100100, name: "INFO_VIN", start: "WFB00000000SIM001"},
	{id: 0x11100101, name: "INFO_MAKE", start: "Farbench"},
	{id: 0x11100102, name: "INFO_MODEL", start: "Mule 4"},
	{id: 0x11400103, name: "INFO_MODEL_YEAR", start: "2027"},
	{id: 0x11600104, name: "INFO_FUEL_CAPACITY", start: "60000"},
	{id: 0x11600204, name: "PERF_ODOMETER", change: 2, start: "18422.5"},
	{id: 0x11600207, name: "PERF_VEHICLE_SPEED", change: 2, start: "0"},
	{id: 0x11600305, name: "ENGINE_RPM", change: 2, start: "0"},
	{id: 0x11600307, name: "FUEL_LEVEL", change: 2, start: "42000"},
	{id: 0x11600309, name: "EV_BATTERY_LEVEL", change: 2, start: "61250"},
	{id: 0x11400400, name: "GEAR_SELECTION", change: 1, start: "4"},
	{id: 0x11400401, name: "CURRENT_GEAR", change: 1, start: "4"},
	{id: 0x11200402, name: "PARKING_BRAKE_ON", change: 1, start: "true"},
	{id: 0x11200407, name: "NIGHT_MODE", change: 1, start: "false"},
	{id: 0x11400408, name: "TURN_SIGNAL_STATE", change: 1, start: "0"},
	{id: 0x11400409, name: "IGNITION_STATE", change: 1, start: "4"},
	{id: 0x11600703, name: "ENV_OUTSIDE_TEMPERATURE", change: 2, start: "11.5"},
	{id: 0x11410a00, name: "AP_POWER_STATE_REQ", change: 1, start: "0,0"},
	{id: 0x11400e00, name: "HEADLIGHTS_STATE", change: 1, start: "0"},
	{id: 0x15400500, name: "HVAC_FAN_SPEED", writes: true, change: 1, start: "3", areas: []int{leftSeats, rightSeats}},
	{id: 0x15600503, name: "HVAC_TEMPERATURE_SET", writes: true, change: 1, start: "21.5", areas: []int{leftSeats, rightSeats}},
	{id: 0x15200505, name: "HVAC_AC_ON", writes: true, change: 1, start: "true", areas: []int{leftSeats | rightSeats}},
	{id: 0x15200510, name: "HVAC_POWER_ON", writes: true, change: 1, start: "true", areas: []int{leftSeats | rightSeats}},
	{id: 0x15200b82, name: "SEAT_BELT_BUCKLED", change: 1, start: "false", areas: []int{1, 4}},
	{id: 0x16200b02, name: "DOOR_LOCK", writes: true, change: 1, start: "true", areas: []int{1, 4, 16, 64}},
	{id: 0x13400bc0, name: "WINDOW_POS", writes: true, change: 1, start: "0", areas: []int{16, 64, 256, 1024}},
}

// findProperty knows a property by name, or by id in hex or decimal.
func findProperty(text string) (vhalProperty, bool) {
	id, err := strconv.ParseInt(text, 0, 64)
	for _, p := range vhalProperties {
		if strings.EqualFold(p.name, text) || err == nil && p.id == int(id) {
			return p, true
		}
	}
	return vhalProperty{}, false
}

// spot is a property in one area.
type spot struct{ id, area int }

// parse brings a value given as text into the property's own form.
func (p vhalProperty) parse(text string) (string, error) {
	if len(text) > 1024 {
		return "", strconv.ErrRange
	}
	switch p.id & kindMask {
	case kindBool:
		return strconv.FormatBool(strings.EqualFold(text, "true") || text == "1"), nil
	case kindInt, kindInts:
		parts := strings.Split(text, ",")
		for i, part := range parts {
			n, err := strconv.ParseInt(part, 0, 32)
			if err != nil {
				return "", err
			}
			parts[i] = strconv.FormatInt(n, 10)
		}
		if p.id&kindMask == kindInt {
			parts = parts[:1]
		}
		return strings.Join(parts, ","), nil
	case kindFloat:
		f, err := strconv.ParseFloat(text, 32)
		if err != nil {
			return "", err
		}
		return floatText(f), nil
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' {
			return ' '
		}
		return r
	}, text), nil
}

// floatText is a float as Java prints it: never without its point.
func floatText(f float64) string {
	text := strconv.FormatFloat(f, 'f', -1, 32)
	if !strings.ContainsAny(text, ".NI") {
		text += ".0"
	}
	return text
}

// shown is a value as the car service prints it.
func (p vhalProperty) shown(area int, value string, at int64) string {
	ints, floats, text := "[]", "[]", ""
	switch p.id & kindMask {
	case kindBool:
		ints = "[0]"
		if value == "true" {
			ints = "[1]"
		}
	case kindInt, kindInts:
		ints = "[" + strings.ReplaceAll(value, ",", ", ") + "]"
	case kindFloat:
		floats = "[" + value + "]"
	default:
		text = value
	}
	return fmt.Sprintf("HalPropValue{Property: %s, areaId: %s, status: AVAILABLE(0x0), timestamp: %d, int32Values: %s, floatValues: %s, int64Values: [], byteValues: [], string: %s}",
		p.idText(), p.areaText(area), at, ints, floats, text)
}

func (p vhalProperty) idText() string { return fmt.Sprintf("%s(0x%x)", p.name, p.id) }

func (p vhalProperty) areaText(area int) string {
	if p.global() {
		return "GLOBAL(0x0)"
	}
	kind := map[int]string{0x03000000: "WINDOW", 0x04000000: "MIRROR", 0x05000000: "SEAT", 0x06000000: "DOOR"}[p.id&areaMask]
	return fmt.Sprintf("%s_0x%x(0x%x)", kind, area, area)
}

func (p vhalProperty) config() string {
	kind := map[int]string{kindString: "STRING", kindBool: "BOOLEAN", kindInt: "INT32", kindInts: "INT32_VEC", kindFloat: "FLOAT"}[p.id&kindMask]
	area := map[int]string{0x01000000: "GLOBAL", 0x03000000: "WINDOW", 0x05000000: "SEAT", 0x06000000: "DOOR"}[p.id&areaMask]
	access := "READ(0x1)"
	if p.writes {
		access = "READ_WRITE(0x3)"
	}
	change := [...]string{"STATIC(0x0)", "ON_CHANGE(0x1)", "CONTINUOUS(0x2)"}[p.change]
	rates := "minSampleRateHz:0.000000, maxSampleRateHz:0.000000"
	if p.change == 2 {
		rates = "minSampleRateHz:1.000000, maxSampleRateHz:10.000000"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Property:%s, group:SYSTEM(0x10000000), areaType:%s(0x%x), valueType:%s(0x%x),\n    access:%s, changeMode:%s, configArray:[], %s\n",
		p.idText(), area, p.id&areaMask, kind, p.id&kindMask, access, change, rates)
	for _, zone := range p.areas {
		fmt.Fprintf(&b, "        areaId:%s, access:%s, f min:0.000000, f max:0.000000, i min:0, i max:0, i64 min:0, i64 max:0\n", p.areaText(zone), access)
	}
	return b.String()
}
