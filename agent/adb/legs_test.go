package adb_test

import (
	"os"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/adbsim"
)

// The suite of this package is every TestBench_… Each runs on up to three legs,
// which are its subtests: "simulated", against the simulation's own adb server;
// "real", against a real adb server that is connected to the simulation's adbd;
// "device", where ANDROID_SERIAL is set, against that device behind the server
// that the adb client of this environment would ask. What cannot be asked of
// somebody's device is skipped there with its reason, so that -v lists what ran.
type legs struct {
	config adbsim.Config
	// offers are what the simulation's device offers, by the name of the leg's
	// variant; a real one has what it has.
	offers []offer
	// simulation says what the test does that no real device can be asked for.
	simulation string
	// alone names the only one of the simulation's legs that serves; "" is both.
	alone string
}

// offer is a device's features under a name; no features are all that the
// simulation has.
type offer struct{ name, features string }

var (
	newSync  = []offer{{"v2", ""}}
	allSyncs = []offer{{"v2", ""}, {"v1", "shell_v2,cmd"}}
)

func (l legs) run(t *testing.T, test func(t *testing.T, b *bench)) {
	offers := l.offers
	if offers == nil {
		offers = []offer{{}}
	}
	for _, o := range offers {
		if l.alone != "real" {
			t.Run(leg("simulated", o), func(t *testing.T) {
				if l.offers != nil {
					t.Parallel() // real servers have to find their ports one after another
				}
				test(t, onSimulated(t, l.config, o.features))
			})
		}
		if l.alone != "simulated" {
			t.Run(leg("real", o), func(t *testing.T) { test(t, onReal(t, l.config, o.features)) })
		}
	}
	if os.Getenv(serialVariable) == "" {
		return
	}
	for _, o := range offers {
		t.Run(leg("device", o), func(t *testing.T) {
			if l.simulation != "" {
				t.Skip("not asked of a real device: this test " + l.simulation)
			}
			b := onDevice(t)
			if speaks := b.speaks(t); o.name != "" && o.name != speaks {
				t.Skip("this device speaks sync " + speaks)
			}
			test(t, b.settled(t))
		})
	}
}

func leg(name string, o offer) string {
	if o.name == "" {
		return name
	}
	return name + "/" + o.name
}

// onEveryServer runs a test on all three legs.
func onEveryServer(t *testing.T, test func(t *testing.T, b *bench)) { legs{}.run(t, test) }

// onBothServers runs a test on the simulation's two legs, for this reason.
func onBothServers(t *testing.T, why string, test func(t *testing.T, b *bench)) {
	legs{simulation: why}.run(t, test)
}

// onBothQuickly is onBothServers with devices that boot fast.
func onBothQuickly(t *testing.T, why string, test func(t *testing.T, b *bench)) {
	legs{config: adbsim.Config{BootTime: 150 * time.Millisecond}, simulation: why}.run(t, test)
}

// onSimulation runs a test on the simulation's own server alone.
func onSimulation(t *testing.T, cfg adbsim.Config, why string, test func(t *testing.T, b *bench)) {
	legs{config: cfg, simulation: why, alone: "simulated"}.run(t, test)
}

// onEverySync runs a test on all three legs, with either version of the sync
// protocol where the device has both.
func onEverySync(t *testing.T, test func(t *testing.T, b *bench)) {
	legs{config: adbsim.Config{Quota: syncQuota}, offers: allSyncs}.run(t, test)
}

// onBothSyncs is onEverySync on the simulation's two legs, with these offers.
func onBothSyncs(t *testing.T, offers []offer, why string, test func(t *testing.T, b *bench)) {
	legs{config: adbsim.Config{Quota: syncQuota}, offers: offers, simulation: why}.run(t, test)
}
