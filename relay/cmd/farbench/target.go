package main

import (
	"fmt"
	"strings"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
)

// resolve finds BENCH/DEVICE among the benches: the device by its id, or by its
// serial where only one has it; no device where the bench has only one.
func resolve(benches []api.Bench, target string) (bench, device string, err error) {
	name, wanted, named := strings.Cut(target, "/")
	found := find(benches, name)
	if found == nil {
		return "", "", noBench(benches, name)
	}
	if !named || wanted == "" {
		if len(found.Devices) != 1 {
			return "", "", &wire.Fault{
				Code: wire.DeviceUnknown, Message: fmt.Sprintf("bench %s has %d devices", name, len(found.Devices)),
				Hint: devicesHint(found),
			}
		}
		return found.ID, found.Devices[0].ID, nil
	}
	var bySerial []string
	for _, candidate := range found.Devices {
		if candidate.ID == wanted {
			return found.ID, wanted, nil
		}
		if candidate.Serial == wanted {
			bySerial = append(bySerial, candidate.ID)
		}
	}
	switch len(bySerial) {
	case 1:
		return found.ID, bySerial[0], nil
	case 0:
		return "", "", &wire.Fault{Code: wire.DeviceUnknown, Message: fmt.Sprintf("bench %s has no device %q", name, wanted), Hint: devicesHint(found)}
	}
	return "", "", &wire.Fault{
		Code: wire.DeviceUnknown, Message: fmt.Sprintf("%d devices of bench %s have the serial %q", len(bySerial), name, wanted),
		Hint: "name one by its id: " + strings.Join(bySerial, ", "),
	}
}

// unlisted reads BENCH/DEVICE of a device that the bench does not list now; ok
// says that the bench is known and the name may be a device's.
func unlisted(benches []api.Bench, target string) (bench, device string, ok bool) {
	name, device, _ := strings.Cut(target, "/")
	return name, device, find(benches, name) != nil && wire.ValidDeviceID(device)
}

func noBench(benches []api.Bench, name string) error {
	return &wire.Fault{Code: wire.BenchUnknown, Message: fmt.Sprintf("no bench is called %q", name), Hint: benchesHint(benches)}
}

func find(benches []api.Bench, id string) *api.Bench {
	for i := range benches {
		if benches[i].ID == id {
			return &benches[i]
		}
	}
	return nil
}

func benchesHint(benches []api.Bench) string {
	if len(benches) == 0 {
		return "no bench has ever connected: start an agent"
	}
	var names []string
	for _, bench := range benches {
		names = append(names, bench.ID)
	}
	return "there is " + strings.Join(names, ", ")
}

func devicesHint(bench *api.Bench) string {
	if len(bench.Devices) == 0 {
		if bench.Reason != "" {
			return bench.Reason
		}
		return "connect a device to the bench"
	}
	var names []string
	for _, device := range bench.Devices {
		names = append(names, bench.ID+"/"+device.ID)
	}
	return "there is " + strings.Join(names, ", ")
}
