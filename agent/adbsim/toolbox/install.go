// Package toolbox holds the programs of a simulated device's /system/bin and
// the files that it boots with: what testers type (getprop, logcat, cat,
// grep, …) with the output of the real ones, as far as it is useful.
// Programs know only their process; none touches the host.
package toolbox

import (
	"fmt"
	"strings"
	"syscall"

	"github.com/farbench/farbench/agent/adbsim/logd"
	"github.com/farbench/farbench/agent/adbsim/machine"
	"github.com/farbench/farbench/agent/adbsim/packages"
	"github.com/farbench/farbench/agent/adbsim/shell"
)

// Install gives a machine its programs and files. Call it before the first
// process starts.
func Install(m *machine.Machine) {
	if m.Log == nil {
		m.Log = logd.New(m.Now, 0)
	}
	m.Programs = map[string]machine.Program{
		"sh": shell.Main, "echo": shell.Echo, "printf": shell.Printf, "test": shell.Test, "[": shell.Test,
		"true":  func(*machine.Proc, []string) int { return 0 },
		"false": func(*machine.Proc, []string) int { return 1 },
		"cat":   cat, "head": head, "tail": tail, "wc": wc, "sort": sortLines, "uniq": uniq, "grep": grep, "tee": tee,
		"sha256sum": checksum, "sha1sum": checksum, "md5sum": checksum, "cut": cut, "tr": tr, "sed": sed, "dd": dd,
		"ls": ls, "rm": rm, "rmdir": rmdir, "mkdir": mkdir, "mv": mv, "cp": cp, "touch": touch, "chmod": chmod,
		"ln": ln, "stat": stat, "df": df, "du": du, "basename": basename, "dirname": dirname, "realpath": realpath, "find": find,
		"ps": ps, "pgrep": pgrep, "pkill": pgrep, "killall": pgrep, "su": su, "mount": mount, "kill": kill, "sleep": sleep, "usleep": sleep, "nohup": nohup, "timeout": timeout, "xargs": xargs,
		"env": env, "printenv": env, "pwd": pwd, "pidof": pidof, "which": which,
		"seq": seq, "yes": yes, "floodlines": floodlines, "date": date, "uptime": uptime, "uname": uname, "id": id,
		"whoami": whoami, "hostname": hostname, "sync": nothing, "nproc": nproc, "free": free, "top": top,
		"getprop": getprop, "setprop": setprop, "logcat": logcat, "log": logWrite, "dmesg": dmesg, "reboot": reboot,
		"stty": stty, "tty": tty, "pm": pm, "nc": nc, "selftest": selftest,
	}
	files(m)
	m.Packages = packages.New(m.FS, m.Random, firmware)
}

func files(m *machine.Machine) {
	in := m.FS.Install()
	for _, dir := range []string{"/data", "/data/app", "/data/tombstones", "/data/anr", "/dev", "/cache"} {
		in.Dir(dir, syscall.EACCES)
	}
	in.Dir("/data/local", syscall.EACCES)
	in.Dir("/data/local/tmp", nil)
	in.Dir("/storage/emulated/0", nil)
	in.Dir("/storage/emulated/0/Download", nil)
	in.Link("/storage/emulated/0", "/sdcard")
	in.Link("/system/bin", "/bin")
	in.Link("/system/etc", "/etc")
	for _, name := range []string{"null", "zero", "full", "urandom", "stdin", "stdout", "stderr"} {
		in.Device("/dev/"+name, name)
	}
	in.Device("/dev/random", "urandom")
	for name := range m.Programs {
		in.File(machine.BinDir+"/"+name, 0o755, []byte("simulated: "+name+"\n"))
	}
	in.Dir("/vendor/bin", syscall.EROFS)
	in.Made("/system/build.prop", func() []byte { return buildProp(m) })
	in.File("/system/etc/hosts", 0o644, []byte("127.0.0.1       localhost\n::1             ip6-localhost\n"))
	in.Made("/proc/version", func() []byte {
		return []byte("Linux version 6.1.75-android14-11-farbench (build@farbench) (clang 17.0.2) #1 SMP PREEMPT\n")
	})
	in.Made("/proc/uptime", func() []byte {
		up := m.Now().Sub(m.Booted()).Seconds()
		return fmt.Appendf(nil, "%.2f %.2f\n", up, up*7.2)
	})
	in.Made("/proc/cmdline", func() []byte {
		return []byte("console=ttyMSM0,115200n8 androidboot.hardware=farbench androidboot.serialno=" + m.Props.Get("ro.serialno") + " androidboot.bootreason=" + m.Props.Get("ro.boot.bootreason") + "\n")
	})
	in.Made("/proc/mounts", func() []byte { return []byte(mountText()) })
	in.Made("/proc/net/dev", func() []byte {
		n := int64(m.Now().Sub(m.Booted()).Seconds())
		return fmt.Appendf(nil, "Inter-|   Receive                                                |  Transmit\n face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n"+
			"    lo: %8d %7d    0    0    0     0          0         0 %8d %7d    0    0    0     0       0          0\n  eth0: %8d %7d    0    0    0     0          0         0 %8d %7d    0    0    0     0       0          0\n",
			n*80, n, n*80, n, n*1310, n*9, n*420, n*4)
	})
	in.Made("/sys/class/thermal/thermal_zone0/type", func() []byte { return []byte("cpu-0-0\n") })
	in.Made("/sys/class/thermal/thermal_zone0/temp", func() []byte { return fmt.Appendf(nil, "%d\n", 54100+m.Now().Unix()%13*90) })
	in.Made("/proc/meminfo", func() []byte { return []byte(memInfo) })
	in.Made("/proc/cpuinfo", func() []byte { return []byte(cpuInfo) })
	in.Made("/proc/loadavg", func() []byte { return []byte("1.42 1.37 1.29 2/1893 4711\n") })
	in.Made("/proc/sys/kernel/random/boot_id", func() []byte { return []byte(m.BootID() + "\n") })
}

func buildProp(m *machine.Machine) []byte {
	var b strings.Builder
	m.Props.List(func(name, value string) {
		if strings.HasPrefix(name, "ro.build.") || strings.HasPrefix(name, "ro.product.") {
			b.WriteString(name + "=" + value + "\n")
		}
	})
	return []byte(b.String())
}

const memInfo = `MemTotal:        7864320 kB
MemFree:         1482752 kB
MemAvailable:    4128768 kB
Buffers:           63488 kB
Cached:          2797568 kB
SwapTotal:       3145724 kB
SwapFree:        2871036 kB
`

const cpuInfo = `processor	: 0
BogoMIPS	: 38.40
Features	: fp asimd evtstrm aes pmull sha1 sha2 crc32 atomics fphp asimdhp
CPU implementer	: 0x51
CPU architecture: 8

Hardware	: Farbench SA8295P
`
