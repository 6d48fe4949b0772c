package adbsim

import "strings"

// properties are a device's system properties as after boot.
func properties(m model, serial string) map[string]string {
	const build, release, incremental = "TQ3A.261105.001", "14", "11542310"
	fingerprint := "farbench/" + m.product + "/" + m.device + ":" + release + "/" + build + "/" + incremental + ":userdebug/dev-keys"
	props := map[string]string{
		"dalvik.vm.heapsize":              "512m",
		"debug.sf.hw":                     "1",
		"dev.bootcomplete":                "1",
		"gsm.version.baseband":            "FB-MDM9x50-5.2.1",
		"init.svc.adbd":                   "running",
		"init.svc.bootanim":               "stopped",
		"init.svc.surfaceflinger":         "running",
		"init.svc.vehicle-hal":            "running",
		"init.svc.zygote":                 "running",
		"net.bt.name":                     "Farbench",
		"persist.sys.locale":              "en-US",
		"persist.sys.timezone":            "Europe/Berlin",
		"persist.sys.usb.config":          "adb",
		"ro.adb.secure":                   "1",
		"ro.board.platform":               "farbench",
		"ro.boot.bootreason":              "reboot,userrequested",
		"ro.boot.serialno":                serial,
		"ro.boot.slot_suffix":             "_a",
		"ro.boot.verifiedbootstate":       "orange",
		"ro.bootloader":                   "fb-bl-2.7.0",
		"ro.build.characteristics":        m.characteristics,
		"ro.build.date.utc":               "1795132800",
		"ro.build.fingerprint":            fingerprint,
		"ro.build.id":                     build,
		"ro.build.product":                m.product,
		"ro.build.tags":                   "dev-keys",
		"ro.build.type":                   "userdebug",
		"ro.build.version.incremental":    incremental,
		"ro.build.version.release":        release,
		"ro.build.version.sdk":            "34",
		"ro.build.version.security_patch": "2026-11-05",
		"ro.crypto.state":                 "encrypted",
		"ro.debuggable":                   "1",
		"ro.farbench.dcm.version":         "DCM_24.2.1_RC3",
		"ro.hardware":                     "farbench",
		"ro.product.board":                "farbench",
		"ro.product.brand":                "farbench",
		"ro.product.cpu.abi":              "arm64-v8a",
		"ro.product.cpu.abilist":          "arm64-v8a",
		"ro.product.device":               m.device,
		"ro.product.first_api_level":      "33",
		"ro.product.locale":               "en-US",
		"ro.product.manufacturer":         "Farbench",
		"ro.product.model":                m.name,
		"ro.product.name":                 m.product,
		"ro.secure":                       "1",
		"ro.serialno":                     serial,
		"ro.system.build.fingerprint":     fingerprint,
		"ro.vendor.build.security_patch":  "2026-11-05",
		"sys.boot.reason":                 "reboot,userrequested",
		"sys.boot_completed":              "1",
		"sys.usb.state":                   "adb",
		"wifi.interface":                  "wlan0",
	}
	if strings.HasSuffix(m.device, "_ic") {
		props["ro.sf.lcd_density"] = "160"
		props["ro.boot.bootreason"] = "watchdog"
	} else {
		props["ro.sf.lcd_density"] = "213"
	}
	return props
}
