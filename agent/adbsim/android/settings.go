package android

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// table is one of the three tables of settings; global has one for all users.
type table struct {
	name string
	user int
}

// maxSettings bounds what one table holds, and a value's length.
const (
	maxSettings     = 2000
	maxSettingValue = 64 << 10
)

func defaultSettings(m Model) map[table]map[string]string {
	tables := map[table]map[string]string{
		{"global", 0}: {
			"adb_enabled": "1", "airplane_mode_on": "0", "animator_duration_scale": "1.0", "auto_time": "1", "auto_time_zone": "1",
			"bluetooth_on": "1", "boot_count": "42", "development_settings_enabled": "1", "device_name": "Farbench",
			"device_provisioned": "1", "mobile_data": "1", "mode_ringer": "2", "stay_on_while_plugged_in": "7",
			"transition_animation_scale": "1.0", "usb_mass_storage_enabled": "1", "verifier_verify_adb_installs": "0",
			"wifi_on": "1", "window_animation_scale": "1.0", "zen_mode": "0",
		},
	}
	for _, u := range m.Users {
		tables[table{"system", u.ID}] = map[string]string{
			"accelerometer_rotation": "0", "font_scale": "1.0", "haptic_feedback_enabled": "0", "screen_brightness": "204",
			"screen_brightness_mode": "0", "screen_off_timeout": "2147483647", "sound_effects_enabled": "1", "time_12_24": "24",
			"volume_music": "11", "volume_ring": "7", "volume_system": "7",
		}
		tables[table{"secure", u.ID}] = map[string]string{
			"accessibility_enabled": "0", "android_id": fmt.Sprintf("%016x", 0x5f3c61a9d04be200+u.ID), "location_mode": "3",
			"default_input_method": "com.android.inputmethod.latin/.CarLatinIME", "enabled_input_methods": "com.android.inputmethod.latin/.CarLatinIME",
			"ui_night_mode": "1", "user_setup_complete": "1", "lock_screen_show_notifications": "1",
		}
	}
	return tables
}

// settings is settings [--user N|current] get|put|delete|list NAMESPACE …
func settings(c *call) int {
	set, rest := options(c.args[1:], "--user")
	user := 0 // as the real one: not the user in front, unless asked for
	switch text, given := set["--user"]; {
	case text == "current" || text == "cur":
		user = c.foreground
	case given:
		n, err := strconv.Atoi(text)
		if err != nil || !c.hasUser(n) {
			fmt.Fprintf(&c.err, "Invalid user: %s\n", text)
			return 255
		}
		user = n
	}
	if len(rest) < 2 {
		c.err.WriteString(settingsHelp)
		return 255
	}
	verb, name := rest[0], rest[1]
	if name != "global" && name != "system" && name != "secure" {
		fmt.Fprintf(&c.err, "Invalid namespace '%s'\n", name)
		return 255
	}
	at := table{name, user}
	if name == "global" {
		at.user = 0
	}
	return c.setting(verb, at, rest[2:])
}

func (c *call) setting(verb string, at table, rest []string) int {
	values := c.System.settings[at]
	switch {
	case verb == "list" && len(rest) == 0:
		for _, key := range slices.Sorted(maps.Keys(values)) {
			fmt.Fprintf(&c.out, "%s=%s\n", key, values[key])
		}
	case verb == "get" && len(rest) == 1:
		value, there := values[rest[0]]
		if !there {
			value = "null"
		}
		c.out.WriteString(value + "\n")
	case verb == "put" && (len(rest) == 2 || len(rest) == 3):
		return c.put(at, rest[0], rest[1])
	case verb == "delete" && len(rest) == 1:
		n := 0
		if _, there := values[rest[0]]; there {
			delete(values, rest[0])
			n = 1
		}
		fmt.Fprintf(&c.out, "Deleted %d rows\n", n)
	default:
		c.err.WriteString(settingsHelp)
		return 255
	}
	return 0
}

func (c *call) put(at table, key, value string) int {
	if c.System.settings[at] == nil {
		c.System.settings[at] = map[string]string{}
	}
	values := c.System.settings[at]
	_, there := values[key]
	if !there && len(values) >= maxSettings || len(key)+len(value) > maxSettingValue || strings.ContainsAny(key, "\n\x00") {
		c.err.WriteString("Failed transaction (2147483646)\n")
		return 255
	}
	values[key] = value
	return 0
}

const settingsHelp = `Settings provider (settings) commands:
  help
      Print this help text.
  get [--user <USER_ID> | current] NAMESPACE KEY
      Retrieve the current value of KEY.
  put [--user <USER_ID> | current] NAMESPACE KEY VALUE [TAG] [default]
      Change the contents of KEY to VALUE.
  delete [--user <USER_ID> | current] NAMESPACE KEY
      Delete the entry for KEY.
  list [--user <USER_ID> | current] NAMESPACE
      Print all defined keys.
      NAMESPACE is one of {system, secure, global}, case-insensitive
`
