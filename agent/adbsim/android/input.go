package android

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/farbench/farbench/agent/adbsim/logd"
)

var inputSources = []string{"touchscreen", "touchnavigation", "touchpad", "keyboard", "mouse", "stylus", "trackball", "joystick", "gamepad", "dpad", "rotaryencoder"}

// input is input [SOURCE] [-d DISPLAY] tap|swipe|text|keyevent|motionevent|roll
// … : accepted, and told to the log.
func input(c *call) int {
	rest := c.args[1:]
	source := "touchscreen"
	if len(rest) > 0 && slices.Contains(inputSources, rest[0]) {
		source, rest = rest[0], rest[1:]
	}
	display := 0
	if len(rest) > 1 && rest[0] == "-d" {
		n, err := strconv.Atoi(rest[1])
		if _, there := c.model.display(n); err != nil || !there {
			fmt.Fprintf(&c.err, "Error: Invalid arguments for display ID.\n")
			return 255
		}
		display, rest = n, rest[2:]
	}
	if len(rest) == 0 {
		c.err.WriteString(inputHelp)
		return 255
	}
	verb, given := rest[0], rest[1:]
	if problem := checkInput(verb, given); problem != "" {
		c.err.WriteString(problem)
		return 255
	}
	c.inputs++
	c.log(logd.System, serverPID, 'D', "InputDispatcher", fmt.Sprintf("injected %s %s source=%s display=%d", verb, strings.ReplaceAll(strings.Join(given, " "), "\n", " "), source, display))
	return 0
}

// checkInput gives what input says of arguments that do not fit, or "".
func checkInput(verb string, given []string) string {
	numbers := func(from, least, most int) string {
		if n := len(given) - from; n < least || n > most {
			return fmt.Sprintf("\nException occurred while executing '%s':\njava.lang.IllegalArgumentException: Argument expected after \"%s\"\n", verb, verb)
		}
		for _, text := range given[from:] {
			if _, err := strconv.ParseFloat(text, 32); err != nil {
				return fmt.Sprintf("\nException occurred while executing '%s':\njava.lang.NumberFormatException: For input string: \"%s\"\n", verb, text)
			}
		}
		return ""
	}
	switch verb {
	case "tap":
		return numbers(0, 2, 2)
	case "swipe", "draganddrop":
		return numbers(0, 4, 5)
	case "roll":
		return numbers(0, 2, 2)
	case "press":
		return ""
	case "motionevent":
		if len(given) == 0 || !slices.Contains([]string{"DOWN", "UP", "MOVE", "CANCEL"}, strings.ToUpper(given[0])) {
			return fmt.Sprintf("Error: Invalid arguments for command: %s\n", verb)
		}
		return numbers(1, 2, 2)
	case "text", "keyevent", "keycombination":
		if len(given) == 0 {
			return fmt.Sprintf("\nException occurred while executing '%s':\njava.lang.IllegalArgumentException: Argument expected after \"%s\"\n", verb, verb)
		}
		return ""
	}
	return fmt.Sprintf("Unknown command: %s\n", verb)
}

const inputHelp = `Usage: input [<source>] [-d DISPLAY_ID] <command> [<arg>...]

The sources are: 
      touchscreen, touchnavigation, touchpad, keyboard, mouse, stylus, trackball, joystick, gamepad, dpad, rotaryencoder

-d: specify the display ID.
      (Default: -1 for key event, 0 for motion event if not specified.)
The commands and default sources are:
      text <string> (Default: keyboard)
      keyevent [--longpress|--duration <duration to hold key down in ms>] [--doubletap] <key code number or name> ... (Default: keyboard)
      tap <x> <y> (Default: touchscreen)
      swipe <x1> <y1> <x2> <y2> [duration(ms)] (Default: touchscreen)
      draganddrop <x1> <y1> <x2> <y2> [duration(ms)] (Default: touchscreen)
      press (Default: trackball)
      roll <dx> <dy> (Default: trackball)
      motionevent <DOWN|UP|MOVE|CANCEL> <x> <y> (Default: touchscreen)
`
