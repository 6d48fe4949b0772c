package toolbox

import (
	"strings"
	"time"

	"github.com/farbench/farbench/agent/adbsim/machine"
)

// selftest is the demo for a newcomer: a device checks itself, step by step,
// with a line in every level's colour. selftest [fast]
func selftest(p *machine.Proc, args []string) int {
	pause := 180 * time.Millisecond
	if len(args) > 1 && strings.TrimLeft(args[1], "-") == "fast" {
		pause = 0
	}
	say := func(text string) bool {
		p.Printf("%s\n", text)
		if pause > 0 {
			p.Sleep(pause)
		}
		return !p.Killed()
	}
	model := p.Machine.Props.Get("ro.product.model")
	if !say("self-test of " + model + ", serial " + p.Machine.Props.Get("ro.serialno")) {
		return 1
	}
	for _, text := range []string{
		"[INFO] build " + p.Machine.Props.Get("ro.build.fingerprint"),
		"[INFO] DCM version " + p.Machine.Props.Get("ro.farbench.dcm.version"),
		"[PASS] boot completed, slot " + p.Machine.Props.Get("ro.boot.slot_suffix"),
		"[DEBUG] power: KL15 on, 13.8 V, 2.1 A",
		"[PASS] display 0: 1920x1080 at 60 fps",
		"[PASS] display 1: 1920x720 at 60 fps",
		"[INFO] CAN: listening on can0, 500 kbit/s",
		"[DEBUG] CAN: 1204 frames in 1 s, bus load 31 %",
		"[WARN] CAN: 3 frames later than 25 ms (id 0x3D4)",
		"[PASS] audio: 8 channels, no underrun",
		"[INFO] GNSS: 14 satellites, fix in 1.8 s",
		"[PASS] Bluetooth: A2DP and HFP connected",
		"[ERROR] telematics: no answer from the backend in 3.0 s",
		"[INFO] telematics: trying again",
		"[PASS] telematics: registered, RTT 84 ms",
		"[PASS] storage: 118 GB free",
	} {
		if !say(text) {
			return 1
		}
	}
	p.Errorf("warning: 1 warning, 1 error that went away on the second try\n")
	p.Printf("PASS: 8 checks in order\n")
	return 0
}
