package danger

import (
	"regexp"
	"slices"
	"strings"
)

// judge knows the programs that can do harm, and with which words.
func judge(name string, a []string) *Danger {
	switch name {
	case "reboot":
		return reboots()
	case "shutdown", "poweroff", "halt":
		return off()
	case "rm":
		return removal(operands(a), anyMatch(a, recursive))
	case "dd":
		for _, w := range a {
			if to, ok := strings.CutPrefix(w, "of="); ok && isRawDevice(to) {
				return overwrites(to)
			}
		}
	case "tee":
		if i := slices.IndexFunc(a, isRawDevice); i >= 0 {
			return overwrites(a[i])
		}
	case "chmod", "chown":
		return treeChange(a)
	case "kill":
		if slices.Contains(a[min(1, len(a)):], "1") || at(a, len(a)-1) == "-1" {
			return reboots()
		}
	case "killall", "pkill":
		return vital(a)
	case "mkfs", "mkfs.ext4", "mkfs.f2fs", "mkfs.vfat", "mkfs.exfat", "mkfs.erofs",
		"mke2fs", "make_f2fs", "newfs_msdos", "blkdiscard", "wipefs", "sgdisk", "fdisk", "parted":
		return formats()
	case "ifconfig":
		return when(at(a, len(a)-1) == "down", cuts)
	case "remount":
		return remounts()
	case "mount":
		return when(anyMatch(a, remount), remounts)
	case "ip":
		return when(at(afterOptions(a, "f"), 0) == "link" && slices.Contains(a, "down"), cuts)
	}
	return ofAndroid(name, a)
}

// ofAndroid knows the programs that only Android has.
func ofAndroid(name string, a []string) *Danger {
	switch name {
	case "pm":
		return packages(a)
	case "cmd":
		return service(a)
	case "am":
		return when(anyMatch(a, factoryReset), wipes)
	case "dpm":
		return when(at(a, 0) == "wipe-data", wipes)
	case "recovery":
		return when(anyMatch(a, wipe), wipes)
	case "vdc":
		return when(anyMatch(a, wipeOrFormat), wipes)
	case "bmgr":
		if at(a, 0) == "wipe" {
			return &Danger{Does: "Wipe backups", Text: "Its backups are erased."}
		}
	case "sm":
		return when(at(a, 0) == "partition" || at(a, 0) == "format", formats)
	case "content":
		if at(a, 0) == "delete" {
			return &Danger{Does: "Delete the rows", Text: "Rows of a content provider are deleted."}
		}
	case "svc":
		return svc(at(a, 0), at(a, 1))
	case "stop":
		if len(a) == 0 {
			return &Danger{Does: "Stop Android", Text: "The screens go dark until `start` is given."}
		}
		return vital(a)
	case "setprop":
		return setprop(at(a, 0), at(a, 1))
	case "settings":
		return when(at(a, 0) == "put" && slices.Contains(a, "adb_enabled") && a[len(a)-1] == "0", cuts)
	case "bootctl":
		return when(strings.HasPrefix(at(a, 0), "set-"), flashes)
	case "avbctl":
		return when(strings.HasPrefix(at(a, 0), "disable-") || strings.HasPrefix(at(a, 0), "enable-"), flashes)
	case "disable-verity", "enable-verity", "flash_image", "fastboot":
		return flashes()
	case "update_engine_client":
		return when(anyMatch(a, update), flashes)
	}
	return nil
}

var (
	recursive    = regexp.MustCompile(`^-[a-zA-Z]*[rR]|^--recursive$`)
	treeOption   = regexp.MustCompile(`^-[a-zA-Z]*R`)
	factoryReset = regexp.MustCompile(`MASTER_CLEAR|FACTORY_RESET`)
	wipe         = regexp.MustCompile(`wipe`)
	wipeOrFormat = regexp.MustCompile(`wipe|format`)
	update       = regexp.MustCompile(`^--(update|payload|reset_status|switch_slot)`)
	remount      = regexp.MustCompile(`(^|,|^-o|=)remount(,|$)`)
	linkProperty = regexp.MustCompile(`^(persist\.)?(sys\.usb\.config|service\.adb\.|adb\.)`)
	vitalNames   = regexp.MustCompile(`^(init|zygote(64)?|system_server|surfaceflinger)$`)
)

func when(is bool, what func() *Danger) *Danger {
	if is {
		return what()
	}
	return nil
}

func anyMatch(words []string, p *regexp.Regexp) bool {
	return slices.ContainsFunc(words, p.MatchString)
}

// operands are the words that are no options.
func operands(words []string) (rest []string) {
	for _, w := range words {
		if !strings.HasPrefix(w, "-") {
			rest = append(rest, w)
		}
	}
	return rest
}

func service(a []string) *Danger {
	rest := a[min(1, len(a)):]
	switch at(a, 0) {
	case "package":
		return packages(rest)
	case "power":
		return svc("power", at(rest, 0))
	case "testharness":
		return when(at(rest, 0) == "enable", wipes)
	case "connectivity":
		return when(at(rest, 0) == "airplane-mode" && at(rest, 1) == "enable", cuts)
	case "car_service":
		switch at(rest, 0) {
		case "power-off":
			if slices.Contains(rest, "--reboot") {
				return reboots()
			}
			return off()
		case "suspend", "hibernate":
			return &Danger{Does: "Send it to sleep", Text: "The device sleeps and may leave the bench."}
		}
	}
	return nil
}

func packages(a []string) *Danger {
	names := operands(a)
	target := at(names, len(names)-1)
	switch at(a, 0) {
	case "install", "install-existing", "install-commit":
		return &Danger{Does: "Install it", Text: "The app is installed, or replaced where the device has it."}
	case "clear":
		return &Danger{Does: "Clear its data", Text: "All data of " + target + " on the device is erased."}
	case "uninstall":
		return &Danger{Does: "Uninstall", Text: target + " and its data leave the device."}
	case "disable", "disable-user", "hide":
		return &Danger{Does: "Disable it", Text: target + " no longer starts, also after a reboot."}
	case "remove-user":
		return &Danger{Does: "Remove user", Text: "User " + target + " and all its data are erased."}
	}
	return nil
}

func svc(what, to string) *Danger {
	switch what {
	case "power":
		if to == "shutdown" {
			return off()
		}
		return when(to == "reboot", reboots)
	case "wifi", "ethernet", "data", "usb":
		return when(to == "disable" || to == "setFunctions", cuts)
	}
	return nil
}

func setprop(name, value string) *Danger {
	switch {
	case name == "sys.powerctl" && strings.HasPrefix(value, "shutdown"):
		return off()
	case name == "sys.powerctl":
		return reboots()
	case name == "ctl.stop" || name == "ctl.restart":
		return vital([]string{value})
	case linkProperty.MatchString(name):
		return cuts()
	}
	return nil
}

func vital(a []string) *Danger {
	if slices.Contains(a, "adbd") {
		return cuts()
	}
	if anyMatch(a, vitalNames) {
		return &Danger{Does: "Restart Android", Text: "Android restarts on the device."}
	}
	return nil
}

func treeChange(a []string) *Danger {
	names := operands(a)
	paths := names[min(1, len(names)):]
	if !anyMatch(a, treeOption) || !slices.ContainsFunc(paths, func(p string) bool { return !isScratch(p) }) {
		return nil
	}
	return &Danger{Does: "Change them all", Text: "Everything under " + strings.Join(paths, ", ") + " changes."}
}
