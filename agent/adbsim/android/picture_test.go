package android_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"image/png"
	"io"
	"strings"
	"testing"
)

func TestScreencap_aPictureOfEachDisplay(t *testing.T) {
	u := newUnit(t, headUnit)
	for physical, want := range map[uint64]string{centre: "(1920,1080)", passenger: "(1280,480)"} {
		out, errs, exit := u.sh(fmt.Sprintf("screencap -p -d %d", physical))
		img, err := png.Decode(strings.NewReader(out))
		if err != nil || exit != 0 || errs != "" || img.Bounds().Max.String() != want {
			t.Fatalf("display %d: %v, exit %d, %s", physical, err, exit, errs)
		}
	}
	// Without an id it takes the first one, and says so beside the picture.
	out, errs, exit := u.sh("screencap -p")
	if img, err := png.Decode(strings.NewReader(out)); err != nil || exit != 0 || img.Bounds().Dx() != 1920 || !strings.HasPrefix(errs, "[Warning] Multiple displays were found") {
		t.Errorf("without an id: %v, exit %d, %.60s", err, exit, errs)
	}
	again, _, _ := u.sh("screencap -p")
	if again != out {
		t.Error("the same state gives another picture")
	}
	if night, _, _ := u.sh("cmd uimode night yes >/dev/null; screencap -p"); night == out {
		t.Error("the dark theme gives the same picture")
	}
	u.says(
		[2]string{"! screencap -p -d 2", `Failed to take screenshot.*Capturing failed\.\n`},
		[2]string{"! screencap -d x", `Invalid display ID.*`},
		[2]string{fmt.Sprintf("screencap -d %d /sdcard/a.png; head -c 4 /sdcard/a.png | wc -c", passenger), `4\n`},
		[2]string{fmt.Sprintf("screencap -d %d | wc -c", passenger), fmt.Sprintf(`%d\n`, 16+4*1280*480)},
		[2]string{fmt.Sprintf("! screencap -p -d %d /system/x.png", passenger), `Error opening file: /system/x\.png \(Read-only file system\)\n.*`},
	)
}

func TestBugreportz_aZipWithItsProgress(t *testing.T) {
	u := newUnit(t, headUnit)
	out, _, exit := u.sh("bugreportz -p")
	lines := strings.Split(strings.TrimSpace(out), "\n")
	path := strings.TrimPrefix(lines[0], "BEGIN:")
	if exit != 0 || len(lines) != 12 || lines[1] != "PROGRESS:10/100" || lines[11] != "OK:"+path || !strings.HasSuffix(path, ".zip") {
		t.Fatalf("exit %d:\n%s", exit, out)
	}
	data, _, _ := u.sh("cat " + path)
	archive, err := zip.NewReader(strings.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var report bytes.Buffer
	for _, file := range archive.File {
		r, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		_, err = io.Copy(&report, r)
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []string{"[ro.serialno]: [SIM0001]", "DUMP OF SERVICE car_service", "PERF_VEHICLE_SPEED"} {
		if !strings.Contains(report.String(), want) {
			t.Errorf("no %s in the report", want)
		}
	}
	u.says(
		[2]string{"bugreportz", `OK:/data/user_de/0/com\.android\.shell/files/bugreports/bugreport-farbench_hu-TQ3A-2026-11-21-11-00-00\.zip\n`},
		[2]string{"rm " + path + "; dd if=/dev/zero of=/data/local/tmp/fill bs=1M count=20 2>/dev/null; true", ``},
		[2]string{"! bugreportz -p | tail -n 1; [ -z x ]", `FAIL:could not write .*No space left on device\n`},
	)
}
