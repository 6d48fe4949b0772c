package main

import (
	"github.com/alecthomas/kong"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
)

// acts are what `farbench` does on a device beside commands of its shell, where
// there is more to say than which device; plainActs are the others.
type acts struct {
	Reboot    rebootCommand    `cmd:"" help:"Reboot a device."`
	Wait      waitCommand      `cmd:"" help:"Wait until a device has booted, or is in another state."`
	Uninstall uninstallCommand `cmd:"" help:"Take an app off a device."`
	Logcat    logcatCommand    `cmd:"" help:"Follow a device's log, over its reboots, until Ctrl-C."`
}

// plainActs are a command each, named as its act is.
func plainActs() (commands []kong.Option) {
	for _, act := range []struct {
		kind wire.ActKind
		help string
	}{
		{wire.ActRoot, "Restart a device's adbd as root."},
		{wire.ActUnroot, "Restart a device's adbd without the rights of root."},
		{wire.ActRemount, "Make a device's system partitions writable."},
		{wire.ActDisableVerity, "Disable dm-verity; it takes effect with the next reboot."},
		{wire.ActEnableVerity, "Enable dm-verity; it takes effect with the next reboot."},
	} {
		commands = append(commands, kong.DynamicCommand(string(act.kind), act.help, "device", &plainAct{kind: act.kind}))
	}
	return commands
}

// on names the device of an act.
type on struct {
	Target string `arg:"" name:"bench/device" help:"BENCH/DEVICE; DEVICE is an id, or a serial that only one device has. BENCH alone where it has one device."`
}

func (o order) act(around *surroundings, on on, act wire.Act) error {
	return o.carryOut(around, on.Target, api.RunRequest{Act: &act})
}

type plainAct struct {
	kind  wire.ActKind
	on    `embed:""`
	order `embed:"" set:"timeout=5m"`
}

func (c *plainAct) Run(around *surroundings) error {
	return c.act(around, c.on, wire.Act{Kind: c.kind})
}

type rebootCommand struct {
	on    `embed:""`
	Mode  string `arg:"" optional:"" name:"mode" default:"" enum:",recovery,bootloader,fastboot,sideload,sideload-auto-reboot" help:"Where to: recovery, bootloader, fastboot, sideload, sideload-auto-reboot. Android without it."`
	Wait  bool   `short:"w" help:"Wait until it is back: booted, with a new boot id, or where MODE leads."`
	order `embed:"" set:"timeout=10m"`
}

func (c rebootCommand) Run(around *surroundings) error {
	return c.act(around, c.on, wire.Act{Kind: wire.ActReboot, Mode: wire.RebootMode(c.Mode), Wait: c.Wait})
}

type waitCommand struct {
	on    `embed:""`
	For   string `arg:"" optional:"" name:"for" default:"boot" enum:"boot,device,recovery,sideload,bootloader,disconnect" help:"What for: boot, device, recovery, sideload, bootloader, disconnect. Default boot: there, and booted."`
	order `embed:"" set:"timeout=10m"`
}

func (c waitCommand) Run(around *surroundings) error {
	return c.act(around, c.on, wire.Act{Kind: wire.ActWait, For: wire.WaitFor(c.For)})
}

type uninstallCommand struct {
	on      `embed:""`
	Package string `arg:"" name:"package" help:"The app's package, as in com.example.app."`
	User    string `placeholder:"USER" help:"For this user alone: a number, current, or all. Without it for every user."`
	Keep    bool   `short:"k" help:"Keep its data."`
	order   `embed:"" set:"timeout=10m"`
}

func (c uninstallCommand) Run(around *surroundings) error {
	return c.act(around, c.on, wire.Act{Kind: wire.ActUninstall, Package: c.Package, User: c.User, Keep: c.Keep})
}

type logcatCommand struct {
	on      `embed:""`
	Filters []string `arg:"" optional:"" name:"filter" help:"TAG, TAG:PRIORITY or *:PRIORITY, as logcat takes them. All of the log without one."`
	Buffers []string `short:"b" name:"buffer" placeholder:"BUFFER" help:"Which logs: main, system, events, crash, radio, kernel, all. Several with commas."`
	Since   string   `short:"T" placeholder:"WHEN" help:"So many last lines, or a time such as '11-21 09:30:00.000'."`
	Dump    bool     `short:"d" help:"What is there now, and no more."`
	order   `embed:"" set:"timeout=24h"`
}

func (c logcatCommand) Run(around *surroundings) error {
	return c.act(around, c.on, wire.Act{Kind: wire.ActLogcat, Buffers: c.Buffers, Filters: c.Filters, Since: c.Since, Dump: c.Dump})
}
