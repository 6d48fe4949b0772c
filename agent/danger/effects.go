package danger

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

// What happens, in the words that people read.

func reboots() *Danger {
	return &Danger{Does: "Reboot device", Text: "The device leaves the bench until it has booted.", Leaves: true}
}

func rebootTo(mode string) *Danger {
	d := reboots()
	switch {
	case mode == "bootloader" || mode == "fastboot":
		d.Text = "The device leaves the bench: adb does not reach it there."
	case mode == "recovery" || strings.HasPrefix(mode, "sideload"):
		d.Text = "The device leaves the bench, and comes back in " + mode + "."
	}
	return d
}

func off() *Danger {
	return &Danger{Does: "Switch device off", Text: "The device leaves the bench until somebody switches it on.", Leaves: true}
}

func wipes() *Danger {
	return &Danger{Does: "Wipe device", Text: "Everything on the device is erased.", Leaves: true}
}

func formats() *Danger {
	return &Danger{Does: "Format it", Text: "Everything on that partition is erased."}
}

func cuts() *Danger {
	return &Danger{Does: "Cut the connection", Text: "The bench may no longer reach the device, until somebody goes there.", Leaves: true}
}

func flashes() *Danger {
	return &Danger{Does: "Change the boot", Text: "The device may not start again."}
}

func remounts() *Danger {
	return &Danger{Does: "Remount it", Text: "What the device starts from can be written to."}
}

func overwrites(path string) *Danger {
	return &Danger{Does: "Overwrite it", Text: path + " is overwritten."}
}

// removal asks for whole trees, and for single files of the system.
func removal(paths []string, tree bool) *Danger {
	var risky []string
	for _, p := range paths {
		if !isScratch(p) && (tree || strings.HasPrefix(p, "/")) {
			if p == found {
				p = "what was found"
			}
			risky = append(risky, p)
		}
	}
	if risky == nil {
		return nil
	}
	return &Danger{Does: "Remove", Text: strings.Join(risky, ", ") + " is removed from the device, for good."}
}

var (
	slashes = regexp.MustCompile(`/+`)
	shared  = regexp.MustCompile(`^/(sdcard|storage/emulated/\d+)/[^*?\[$]`)
	scratch = regexp.MustCompile(`^/data/local/tmp/.`)
	raw     = regexp.MustCompile(`^/dev/(block|mtd|mmcblk|sd[a-z]|nvme|ubi|mem)`)
)

// isScratch is where testers keep what they brought along: no question there.
func isScratch(p string) bool {
	if slices.Contains(strings.Split(p, "/"), "..") {
		return false
	}
	p = slashes.ReplaceAllString(p, "/")
	return scratch.MatchString(p) || shared.MatchString(p)
}

func isRawDevice(p string) bool {
	return raw.MatchString(p) || path.Clean(p) == "/proc/sysrq-trigger"
}
