package android

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/farbench/farbench/agent/adbsim/machine"
)

// reportDir is where bug reports lie, as on a device.
const reportDir = "/data/user_de/0/com.android.shell/files/bugreports"

// installFiles puts the files that an Android has beside its programs.
func (s *System) installFiles() {
	in := s.m.FS.Install()
	in.Dir(reportDir, nil)
	in.Dir("/data/misc/perfetto-traces", nil)
	in.Dir("/storage/emulated/0/Pictures", nil)
	in.File("/data/tombstones/tombstone_00", 0o640, []byte("*** *** *** *** *** *** *** *** *** *** *** *** *** *** *** ***\n"+
		"Build fingerprint: '"+s.m.Props.Get("ro.build.fingerprint")+"'\nABI: 'arm64'\npid: 2477, tid: 2477, name: diag_probe  >>> /vendor/bin/diag_probe <<<\n"+
		"signal 6 (SIGABRT), code -1 (SI_QUEUE), fault addr --------\nAbort message: 'probe: no answer on can0'\n\nbacktrace:\n      #00 pc 0000000000051cf4  /apex/com.android.runtime/lib64/bionic/libc.so (abort+164)\n"))
	in.File("/data/anr/anr_2026-11-20-09-14-31-812", 0o644, []byte("Subject: Input dispatching timed out (com.farbench.navigation/.MapActivity is not responding)\n\n----- pid 2011 at 2026-11-20 09:14:31.812 -----\nCmd line: com.farbench.navigation\n"))
}

// bugreportz is bugreportz [-p|-s|-v]: a zip, with its progress said where
// asked.
func (s *System) bugreportz(p *machine.Proc, args []string) int {
	mode := ""
	if len(args) > 1 {
		mode = args[1]
	}
	switch mode {
	case "-v":
		p.Errorf("1.2\n") // as the real one: its version goes to stderr
		return 0
	case "", "-p", "-s":
	default:
		p.Printf("usage: bugreportz [-hpsv]\n  -h: to display this help message\n  -p: display progress\n  -s: stream content to standard output\n  -v: to display the version\n  or no arguments to generate a zipped bugreport\n")
		return 0
	}
	props := s.m.Props
	now := s.m.Now().UTC()
	name := "bugreport-" + props.Get("ro.product.device") + "-" + props.Get("ro.build.id") + "-" + now.Format("2006-01-02-15-04-05")
	path := reportDir + "/" + name + ".zip"
	if mode == "-p" {
		p.Printf("BEGIN:%s\n", path)
	}
	const steps = 10
	for step := 1; step <= steps; step++ {
		p.Sleep(40 * time.Millisecond)
		if p.Killed() {
			return 1
		}
		if mode == "-p" {
			p.Printf("PROGRESS:%d/%d\n", step*100/steps, 100)
		}
	}
	data, err := s.report(name, now)
	if err == nil && mode == "-s" {
		_, err = p.Stdout().Write(data)
		if err != nil {
			return 1
		}
		return 0
	}
	if err == nil {
		err = writeFile(p, path, data)
	}
	if err != nil {
		p.Printf("FAIL:could not write %s: %s\n", path, machine.Reason(err))
		return 1
	}
	p.Printf("OK:%s\n", path)
	return 0
}

// report is a bug report's zip.
func (s *System) report(name string, now time.Time) ([]byte, error) {
	var b bytes.Buffer
	archive := zip.NewWriter(&b)
	for _, file := range []struct{ name, text string }{
		{"version.txt", "2.0"},
		{"main_entry.txt", name + ".txt"},
		{name + ".txt", s.reportText(now)},
	} {
		w, err := archive.CreateHeader(&zip.FileHeader{Name: file.name, Method: zip.Deflate, Modified: now})
		if err != nil {
			return nil, err
		}
		if _, err := w.Write([]byte(file.text)); err != nil {
			return nil, err
		}
	}
	if err := archive.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func (s *System) reportText(now time.Time) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fresh()
	var text strings.Builder
	props := s.m.Props
	fmt.Fprintf(&text, "========================================================\n== dumpstate: %s\n========================================================\n\nBuild: %s\nBuild fingerprint: '%s'\nBootloader: %s\nKernel: Linux version 6.1.75-android14-11-farbench\nUptime: %s\nBugreport format version: 2.0\n\n",
		now.Format("2006-01-02 15:04:05"), props.Get("ro.build.id"), props.Get("ro.build.fingerprint"), props.Get("ro.bootloader"), s.uptime().Truncate(time.Second))
	text.WriteString("------ SYSTEM PROPERTIES (getprop) ------\n")
	props.List(func(name, value string) { fmt.Fprintf(&text, "[%s]: [%s]\n", name, value) })
	for _, name := range s.services() {
		if dump := dumps[name]; dump != nil {
			c := &call{System: s, args: []string{"dumpsys", name}}
			dump(c)
			fmt.Fprintf(&text, "\n-------------------------------------------------------------------------------\nDUMP OF SERVICE %s:\n%s", name, c.out.String())
		}
	}
	return text.String()
}

// writeFile writes a whole file on behalf of a process.
func writeFile(p *machine.Proc, name string, data []byte) error {
	f, err := p.Open(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return err
	}
	defer f.Close()
	for len(data) > 0 {
		n, err := machine.Bound{P: p, F: f}.Write(data)
		if err != nil {
			return err
		}
		if n == 0 {
			return syscall.EIO
		}
		data = data[n:]
	}
	return nil
}

func intText(n int) string { return strconv.Itoa(n) }
