package android

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/farbench/farbench/agent/adbsim/logd"
)

func (c *call) power(state string) {
	c.log(logd.Main, carPID, 'I', "CarPowerManagementService", fmt.Sprintf("state %s -> %s", c.car.power, state))
	c.car.power = state
}

func suspend(c *call) int {
	c.power("SHUTDOWN_PREPARE")
	c.power(map[string]string{"suspend": "SUSPEND", "hibernate": "HIBERNATION"}[c.args[1]])
	return 0
}

func resume(c *call) int {
	c.power("WAIT_FOR_VHAL")
	c.power("ON")
	return 0
}

func powerOff(c *call) int {
	set, _ := options(c.args[2:])
	c.power("SHUTDOWN_PREPARE")
	if _, reboot := set["--reboot"]; reboot {
		return c.ask("reboot")
	}
	return c.ask("vanish")
}

// ask brings about what the device as a whole does, as a shell on it would.
func (c *call) ask(what string) int {
	if err := c.m.Props.Set("debug.farbench.fault", what); err != nil {
		fmt.Fprintf(&c.err, "%v\n", err)
		return 1
	}
	return 0
}

func displayByUser(c *call) int {
	id, err := strconv.Atoi(c.arg(2))
	if err != nil {
		return c.incorrect()
	}
	if id != c.foreground {
		fmt.Fprintf(&c.out, "%d\n", -1)
		return 0
	}
	fmt.Fprintf(&c.out, "%d\n", c.model.Displays[0].Logical)
	return 0
}

func injectKey(c *call) int {
	set, rest := options(c.args[2:], "-d", "-t", "-a")
	code := -1
	if len(rest) == 1 {
		code, _ = strconv.Atoi(rest[0])
	}
	display := set["-d"]
	if code < 0 || display != "" && display != "0" && display != "1" {
		fmt.Fprintf(&c.out, "Invalid key_code or display: %s\n", strings.Join(c.args[2:], " "))
		return 255
	}
	c.inputs++
	c.log(logd.Main, carPID, 'I', "CarInputService", fmt.Sprintf("inject key %d, display type %s", code, map[string]string{"": "MAIN", "0": "MAIN", "1": "INSTRUMENT_CLUSTER"}[display]))
	c.out.WriteString("Succeeded\n")
	return 0
}

func injectRotary(c *call) int {
	set, _ := options(c.args[2:], "-d", "-i", "-c", "-dt")
	kind := map[string]string{"": "NAVIGATION", "10": "NAVIGATION", "11": "VOLUME"}[set["-i"]]
	if kind == "" {
		fmt.Fprintf(&c.out, "Invalid input type: %s\n", set["-i"])
		return 255
	}
	clockwise := set["-c"] == "true"
	c.inputs++
	if kind == "VOLUME" {
		c.media.turn(clockwise)
	}
	c.log(logd.Main, carPID, 'I', "CarInputService", fmt.Sprintf("inject rotary %s clockwise=%t", kind, clockwise))
	fmt.Fprintf(&c.out, "Succeeded in injecting: RotaryEvent{mInputType = %s, mClockwise = %t, mUptimeMillisForClicks = [%d]}\n", kind, clockwise, c.uptime().Milliseconds())
	return 0
}

func injectCustom(c *call) int {
	_, rest := options(c.args[2:], "-d", "-r")
	if len(rest) != 1 || !strings.HasPrefix(strings.ToUpper(rest[0]), "F") {
		return c.incorrect()
	}
	n, err := strconv.Atoi(rest[0][1:])
	if err != nil || n < 1 || n > 10 {
		fmt.Fprintf(&c.out, "Invalid input event: %s; must be {F1, F2, .., F10}\n", rest[0])
		return 255
	}
	c.inputs++
	c.log(logd.Main, carPID, 'I', "CarInputService", fmt.Sprintf("inject custom input event %d", 1000+n))
	fmt.Fprintf(&c.out, "Succeeded in injecting: CustomInputEvent{ inputCode = %d, targetDisplayType = 0, repeatCounter = 1 }\n", 1000+n)
	return 0
}

func enableUXR(c *call) int {
	if len(c.args) != 3 {
		return c.incorrect()
	}
	c.car.uxr = c.args[2] == "true"
	return 0
}

func initialUser(c *call) int {
	fmt.Fprintf(&c.out, "%d\n", c.model.foreground())
	return 0
}

const carHelp = `Car service commands:
	-h
	  Print this help text.
	day-night-mode [day|night|sensor]
	  Force into day/night mode or restore to auto.
	inject-vhal-event <PROPERTY_ID in Hex or Decimal> [zone] data(can be comma separated list) [-t delay_time_seconds]
	  Inject a vehicle property for testing.
	get-property-value <PROPERTY_ID in Hex or Decimal> [areaId]
	  Get a vehicle property value. If no property id is given, list all.
	set-property-value <PROPERTY_ID in Hex or Decimal> <areaId> <data>
	  Set a vehicle property value.
	get-carpropertyconfig [PROPERTY_ID in Hex or Decimal]
	  List all vehicle property configs.
	list-vhal-props
	  List the vehicle properties that the HAL has.
	emulate-driving-state [drive|park|reverse|neutral]
	  Emulate the given driving state.
	garage-mode [on|off|query|reboot]
	  Force into or out of garage mode, or check status.
	suspend | hibernate | resume | power-off [--reboot]
	  Change the power state.
	get-display-by-user <USER_ID>
	  Get the display that the user is on.
	inject-key [-d display_type] key_code, inject-rotary [-d display] [-i input_type] [-c clockwise], inject-custom-input [-d display] EVENT
	  Inject input events.
	enable-uxr true|false
	  Enable or disable UX restrictions and App blocking.
`
