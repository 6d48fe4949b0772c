package android_test

import (
	"strings"
	"testing"
)

// TestCommands_bearOddArguments gives every command what no tester types: none
// may end as a program does that broke.
func TestCommands_bearOddArguments(t *testing.T) {
	u := newUnit(t, headUnit)
	commands := strings.Split(`dumpsys|dumpsys -t|dumpsys activity|dumpsys package|dumpsys meminfo|dumpsys gfxinfo|dumpsys dropbox|dumpsys SurfaceFlinger|dumpsys display|
cmd|cmd car_service|cmd uimode|cmd media_session|cmd display|cmd wifi|cmd bluetooth_manager|cmd package|cmd activity|cmd user|
cmd car_service inject-vhal-event|cmd car_service set-property-value|cmd car_service get-property-value|cmd car_service get-carpropertyconfig|
cmd car_service inject-key|cmd car_service inject-rotary|cmd car_service inject-custom-input|cmd car_service get-display-by-user|cmd car_service enable-uxr|
cmd car_service day-night-mode|cmd car_service emulate-driving-state|cmd car_service garage-mode|cmd car_service resume|
pm|pm list|pm list users|pm create-user|pm remove-user|pm clear|pm grant|pm revoke|am|am start|am start -n|am broadcast|am instrument|am instrument -e|am force-stop|
am switch-user|am start-service|wm|wm size|wm density|wm size -d|settings|settings get|settings put|settings --user|settings put global|input|input -d|input tap|input swipe|input motionevent|input text|
svc|svc wifi|svc power|svc power stayon|screencap -d|screencap -p -d 0|ip|ip addr|ip addr show|ip link|ping -c|ping -i|monkey|monkey -p|perfetto|perfetto -o|service|service check|bugreportz -x`, "|")
	odd := []string{"", "''", "-", "--", "-1", "0", "99999999999999999999", "0x", "x", "/", "a/b", "'a\nb'", "-n", "-d -1", "--user", "--user x", "'\x01' ''", "1 2 3 4 5 6 7", "F", "F0", "0x11600207", "0x15600503 0 1", "-d", "=", "-d="}
	for _, command := range commands {
		command = strings.TrimSpace(command)
		for _, tail := range odd {
			out, errs, exit := u.sh(command + " " + tail)
			if exit == 134 || exit > 128 && exit < 200 || len(out)+len(errs) > 1<<20 {
				t.Errorf("%s %q ended with %d: %.300s", command, tail, exit, errs)
			}
		}
	}
}
