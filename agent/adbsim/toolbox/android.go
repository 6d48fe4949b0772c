package toolbox

import (
	"fmt"
	"slices"
	"strings"

	"github.com/farbench/farbench/agent/adbsim/machine"
)

func getprop(p *machine.Proc, args []string) int {
	out := output(p)
	switch {
	case len(args) == 1:
		p.Machine.Props.List(func(name, value string) { fmt.Fprintf(out, "[%s]: [%s]\n", name, value) })
	default:
		value := p.Machine.Props.Get(args[1])
		if value == "" && len(args) > 2 {
			value = args[2]
		}
		fmt.Fprintln(out, value)
	}
	return failed(out.Flush())
}

func setprop(p *machine.Proc, args []string) int {
	if len(args) != 3 {
		p.Errorf("usage: setprop NAME VALUE\n")
		return 1
	}
	if err := p.Machine.Props.Set(args[1], args[2]); err != nil {
		p.Errorf("setprop: failed to set property '%s' to '%s': %v\n", args[1], args[2], err)
		return 1
	}
	return 0
}

// reboot asks init for it, perhaps into recovery or bootloader, and waits: it
// does not return from a reboot.
func reboot(p *machine.Proc, args []string) int {
	mode := ""
	if len(args) > 1 && args[len(args)-1] != "-p" {
		mode = "," + args[len(args)-1]
	}
	if err := p.Machine.Props.Set("sys.powerctl", "reboot"+mode); err != nil {
		p.Errorf("reboot: %v\n", err)
		return 1
	}
	<-p.Context().Done()
	return 0
}

var services = []string{
	"activity", "audio", "battery", "car_service", "cpuinfo", "display", "meminfo", "package", "power", "SurfaceFlinger", "thermalservice", "vehicle", "window",
}

func dumpsys(p *machine.Proc, args []string) int {
	if len(args) == 1 || args[1] == "-l" {
		p.Printf("Currently running services:\n")
		for _, name := range services {
			p.Printf("  %s\n", name)
		}
		return 0
	}
	if text := dumps[args[1]]; text != "" {
		p.Printf("%s", text)
		return 0
	}
	if args[1] == "package" {
		return dumpPackage(p, args[2:])
	}
	if slices.Contains(services, args[1]) {
		p.Printf("DUMP OF SERVICE %s:\n  (nothing to report)\n", args[1])
		return 0
	}
	p.Errorf("Can't find service: %s\n", args[1])
	return 0
}

var dumps = map[string]string{
	"battery": `Current Battery Service state:
  AC powered: true
  USB powered: false
  status: 5
  health: 2
  present: true
  level: 100
  scale: 100
  voltage: 13800
  temperature: 310
  technology: 12V
`,
	"display": `DISPLAY MANAGER (dumpsys display)
  mDisplayId=0
    mBaseDisplayInfo=DisplayInfo{"Center display", displayId 0, 1920 x 1080, 60.0 fps, density 213}
    uniqueId=local:4619827259835644672
  mDisplayId=1
    mBaseDisplayInfo=DisplayInfo{"Cluster display", displayId 1, 1920 x 720, 60.0 fps, density 160}
    uniqueId=local:4619827551948147201
`,
	"car_service": `*dump car service*
*CarPropertyService*
  Listening to 14 properties
  PERF_VEHICLE_SPEED: 0.0 (area 0)
  GEAR_SELECTION: 4 (PARK)
  IGNITION_STATE: 4 (ON)
  NIGHT_MODE: false
  FUEL_LEVEL: 42000.0
  HVAC_TEMPERATURE_SET: 21.5 (area 49), 21.5 (area 68)
*CarPowerManagementService*
  mCurrentState: ON
*CarUxRestrictionsService*
  Driving state: 0 (PARKED)
`,
	"thermalservice": `IsStatusOverride: false
Thermal Status: 0
Current temperatures from HAL:
	Temperature{mValue=54.1, mType=0, mName=CPU0, mStatus=0}
	Temperature{mValue=47.8, mType=1, mName=GPU, mStatus=0}
	Temperature{mValue=41.0, mType=3, mName=skin, mStatus=0}
`,
	"meminfo": `Applications Memory Usage (in Kilobytes):
Total PSS by process:
    412,318K: system_server (pid 1104)
    231,906K: com.android.systemui (pid 1533)
    188,244K: com.farbench.navigation (pid 2011)
    121,870K: com.android.car (pid 1402)
Total RAM: 7,864,320K (status normal)
 Free RAM: 4,128,768K
`,
	"cpuinfo": `Load: 1.42 / 1.37 / 1.29
  9.1% 1104/system_server: 5.6% user + 3.4% kernel
  4.7% 498/surfaceflinger: 2.2% user + 2.5% kernel
  3.3% 2011/com.farbench.navigation: 2.6% user + 0.7% kernel
18% TOTAL: 11% user + 6.5% kernel + 0.3% irq
`,
}

var packages = []struct{ name, version string }{
	{"android", "14"},
	{"com.android.bluetooth", "14"},
	{"com.android.car", "14"},
	{"com.android.car.carlauncher", "14"},
	{"com.android.systemui", "14"},
	{"com.farbench.dcm", "24.2.1-rc3"},
	{"com.farbench.navigation", "5.3.0"},
	{"com.farbench.radio", "2.8.11"},
}

func dumpPackage(p *machine.Proc, args []string) int {
	for _, pkg := range packages {
		if len(args) == 0 || args[0] == pkg.name {
			p.Printf("Packages:\n  Package [%s]:\n    versionCode=%d minSdk=29 targetSdk=34\n    versionName=%s\n", pkg.name, 1000+len(pkg.name), pkg.version)
		}
	}
	return 0
}

func pm(p *machine.Proc, args []string) int {
	switch line := strings.Join(args[1:], " "); {
	case strings.HasPrefix(line, "list packages"):
		for _, pkg := range packages {
			if !strings.Contains(line, "-3") || strings.HasPrefix(pkg.name, "com.farbench") {
				p.Printf("package:%s\n", pkg.name)
			}
		}
	case strings.HasPrefix(line, "list users"):
		p.Printf("Users:\n\tUserInfo{0:Driver:c13} running\n\tUserInfo{10:Tester:412} running\n")
	case strings.HasPrefix(line, "path "):
		p.Printf("package:/system/app/%s/base.apk\n", args[len(args)-1])
	default:
		p.Errorf("Unknown command: %s\n", line)
		return 1
	}
	return 0
}

func am(p *machine.Proc, args []string) int {
	switch line := strings.Join(args[1:], " "); {
	case line == "get-current-user":
		p.Printf("10\n")
	case strings.HasPrefix(line, "start"):
		name := args[len(args)-1]
		p.Printf("Starting: Intent { cmp=%s }\nStatus: ok\nLaunchState: COLD\nActivity: %s\nTotalTime: 431\nWaitTime: 438\nComplete\n", name, name)
	case strings.HasPrefix(line, "broadcast"):
		p.Printf("Broadcasting: Intent { act=%s flg=0x400000 }\nBroadcast completed: result=0\n", args[len(args)-1])
	case strings.HasPrefix(line, "force-stop"):
	default:
		p.Errorf("Unknown command: %s\n", line)
		return 1
	}
	return 0
}

func wm(p *machine.Proc, args []string) int {
	switch {
	case len(args) > 1 && args[1] == "size":
		p.Printf("Physical size: 1920x1080\n")
	case len(args) > 1 && args[1] == "density":
		p.Printf("Physical density: %s\n", p.Machine.Props.Get("ro.sf.lcd_density"))
	default:
		p.Errorf("usage: wm size|density\n")
		return 1
	}
	return 0
}

// settings keeps its values as properties, out of getprop's usual sight.
func settings(p *machine.Proc, args []string) int {
	switch {
	case len(args) == 4 && args[1] == "get":
		value := p.Machine.Props.Get("sim.settings." + args[2] + "." + args[3])
		if value == "" {
			value = "null"
		}
		p.Printf("%s\n", value)
	case len(args) == 5 && args[1] == "put":
		if err := p.Machine.Props.Set("sim.settings."+args[2]+"."+args[3], args[4]); err != nil {
			p.Errorf("settings: %v\n", err)
			return 1
		}
	default:
		p.Errorf("usage: settings get|put NAMESPACE KEY [VALUE]\n")
		return 1
	}
	return 0
}

func cmdTool(p *machine.Proc, args []string) int {
	if len(args) > 1 {
		switch args[1] {
		case "package":
			return pm(p, args[1:])
		case "activity":
			return am(p, args[1:])
		case "window":
			return wm(p, args[1:])
		case "car_service":
			p.Printf("Succeeded\n")
			return 0
		}
		p.Errorf("cmd: Can't find service: %s\n", args[1])
		return 20
	}
	p.Errorf("cmd: No service specified; use -l to list all services\n")
	return 20
}
