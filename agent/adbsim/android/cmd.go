package android

import (
	"maps"
	"slices"

	"github.com/farbench/farbench/agent/adbsim/machine"
)

// cmd is cmd SERVICE …: a service's own commands.
func (s *System) cmd(p *machine.Proc, args []string) int {
	services := map[string]machine.Program{
		"activity": s.am, "window": s.locked(wm), "settings": s.locked(settings), "input": s.locked(input),
		"car_service": s.locked(carService), "uimode": s.locked(uimode), "media_session": s.locked(mediaSession),
		"display": s.locked(displayCommand), "package": func(p *machine.Proc, args []string) int { return p.Machine.Programs["pm"](p, args) },
		"user": s.pm, "wifi": s.locked(wifiCommand), "bluetooth_manager": s.locked(bluetoothCommand),
	}
	if len(args) < 2 {
		p.Errorf("cmd: No service specified; use -l to list all running services. Use -w to start and wait for a service.\n")
		return 20
	}
	if args[1] == "-l" {
		p.Printf("Currently running services:\n")
		for _, name := range slices.Sorted(maps.Keys(services)) {
			p.Printf("  %s\n", name)
		}
		return 0
	}
	run := services[args[1]]
	if run == nil || !s.up() {
		p.Errorf("cmd: Can't find service: %s\n", args[1])
		return 20
	}
	return run(p, args[1:])
}

// displayCommand is cmd display get-displays [--ids-only].
func displayCommand(c *call) int {
	if c.arg(1) != "get-displays" {
		c.err.WriteString("Display manager commands:\n  get-displays [-c|--category CATEGORY] [-i|--ids-only] [-t|--type TYPE]\n")
		return 255
	}
	only := slices.Contains(c.args, "--ids-only") || slices.Contains(c.args, "-i")
	if !only {
		c.out.WriteString("Displays:\n")
	}
	for _, d := range c.model.Displays {
		w, h := c.size(d)
		if only {
			c.out.WriteString(intText(d.Logical) + "\n")
		} else {
			c.out.WriteString("Display id " + intText(d.Logical) + ": " + d.info(w, h, c.density(d)) + "\n")
		}
	}
	return 0
}

func wifiCommand(c *call) int {
	switch c.arg(1) {
	case "status":
		return dumpWifi(c)
	case "set-wifi-enabled":
		c.args = []string{"svc", "wifi", map[string]string{"enabled": "enable", "disabled": "disable"}[c.arg(2)]}
		return svc(c)
	}
	c.err.WriteString("Wi-Fi (wifi) commands:\n  status\n  set-wifi-enabled enabled|disabled\n")
	return 255
}

func bluetoothCommand(c *call) int {
	c.args = []string{"svc", "bluetooth", c.arg(1)}
	return svc(c)
}
