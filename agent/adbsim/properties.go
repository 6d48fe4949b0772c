package adbsim

import (
	_ "embed"
	"fmt"
	"hash/fnv"
	"strings"
)

//go:embed device.prop
var deviceProperties string

// properties are a device's system properties as after boot.
func properties(m model, serial string) map[string]string {
	const build, release, incremental = "TQ3A.261105.001", "14", "11542310"
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(serial))
	fill := strings.NewReplacer(
		"{build}", build, "{release}", release, "{incremental}", incremental,
		"{fingerprint}", "farbench/"+m.product+"/"+m.device+":"+release+"/"+build+"/"+incremental+":userdebug/dev-keys",
		"{product}", m.product, "{device}", m.device, "{model}", m.name, "{characteristics}", m.characteristics,
		"{density}", m.density(), "{bootreason}", m.bootReason, "{serial}", serial, "{serialhash}", fmt.Sprintf("%08x", hash.Sum32()),
	)
	props := make(map[string]string)
	for line := range strings.Lines(deviceProperties) {
		name, value, found := strings.Cut(strings.TrimSpace(line), "=")
		if found && !strings.HasPrefix(name, "#") {
			props[name] = fill.Replace(value)
		}
	}
	if !m.Vehicle {
		delete(props, "ro.vehicle.hal")
		props["init.svc.vehicle-hal"] = "stopped"
	}
	return props
}
