package adb_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/adb"
	"github.com/farbench/farbench/agent/adb/adbtest"
	"github.com/farbench/farbench/agent/adbsim"
	"github.com/farbench/farbench/agent/adbsim/packages"
	"github.com/farbench/farbench/agent/wire"
)

func apk(name, split string, version int64) adb.APK {
	data := packages.Build(name, split, version, "1")
	return adb.APK{Name: name + split + ".apk", Size: int64(len(data)), Content: bytes.NewReader(data)}
}

func (b *bench) installed(t testing.TB) []string {
	t.Helper()
	list, err := b.Packages(patiently(t), b.transport(t), adb.PackageFilter{ThirdParty: true})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, p := range list {
		if strings.HasPrefix(p.Name, "com.lab") {
			names = append(names, p.Name)
		}
	}
	return names
}

// installWays are what a device offers, by the way in which it installs.
var installWays = []offer{{"abb", ""}, {"cmd", "shell_v2,cmd"}, {"files", "shell_v2"}}

func TestBench_Install(t *testing.T) {
	labs := legs{offers: installWays, simulation: "installs apps that only the simulation's package manager takes"}
	labs.run(t, func(t *testing.T, b *bench) {
		ctx, id := patiently(t), b.transport(t)
		var seen adb.Progress
		if err := b.Install(ctx, id, []adb.APK{apk("com.lab.app", "", 2)}, adb.InstallOptions{Progress: func(p adb.Progress) { seen = p }}); err != nil {
			t.Fatal(err)
		}
		if seen.Bytes == 0 || seen.Bytes != seen.Total || seen.Files != 1 {
			t.Errorf("progress: %+v", seen)
		}
		if err := b.Install(ctx, id, []adb.APK{apk("com.lab.parts", "", 1), apk("com.lab.parts", "de", 1), apk("com.lab.parts", "it's", 1)}, adb.InstallOptions{}); code(err) != wire.ActFailed && code(err) != wire.Invalid {
			t.Errorf("a split whose name is none: %v", err)
		}
		if err := b.Install(ctx, id, []adb.APK{apk("com.lab.parts", "", 1), apk("com.lab.parts", "de", 1)}, adb.InstallOptions{Replace: true, Grant: true}); err != nil {
			t.Error(err)
		}
		for want, apks := range map[wire.Code][]adb.APK{
			wire.Conflict: {apk("com.lab.app", "", 1)},
			wire.Invalid:  {{Name: "x.apk", Size: 5, Content: strings.NewReader("no zip")}},
		} {
			if err := b.Install(ctx, id, apks, adb.InstallOptions{}); code(err) != want {
				t.Errorf("%s: %v", want, err)
			}
		}
		if err := b.Install(ctx, id, []adb.APK{apk("com.lab.app", "", 1)}, adb.InstallOptions{Downgrade: true}); err != nil {
			t.Errorf("a downgrade that is allowed: %v", err)
		}
		if err := b.Install(ctx, id, []adb.APK{apk("com.lab.other", "de", 1), apk("com.lab.other", "fr", 1)}, adb.InstallOptions{}); code(err) != wire.Invalid || !strings.Contains(err.Error(), "[INSTALL_FAILED_INVALID_APK: Full install must include a base package]") {
			t.Errorf("splits without a base: %v", err)
		}
		if got := b.installed(t); !slices.Equal(got, []string{"com.lab.app", "com.lab.parts"}) {
			t.Errorf("installed: %v", got)
		}
		if err := b.Uninstall(ctx, id, "com.lab.app", adb.UninstallOptions{}); err != nil {
			t.Error(err)
		}
		if err := b.Uninstall(ctx, id, "com.lab.app", adb.UninstallOptions{User: "10"}); code(err) != wire.NotFound {
			t.Errorf("uninstalled twice: %v", err)
		}
		if err := b.Uninstall(ctx, id, "com.lab.app; reboot", adb.UninstallOptions{}); code(err) != wire.Invalid {
			t.Errorf("a name with a command in it: %v", err)
		}
		if left := b.sh(t, "cd ..; ls"); left != path.Base(b.scratch)+"\n" {
			t.Errorf("left behind: %q", left)
		}
	})
}

func TestBench_Install_refused(t *testing.T) {
	onEveryServer(t, func(t *testing.T, b *bench) {
		ctx, id := patiently(t), b.transport(t)
		before := b.sh(t, "cd ..; ls")
		none := adb.APK{Name: "none.apk", Size: 5, Content: strings.NewReader("no zip")}
		if err := b.Install(ctx, id, []adb.APK{none}, adb.InstallOptions{}); code(err) != wire.Invalid && code(err) != wire.ActFailed {
			t.Errorf("what is no APK: %v", err)
		}
		const nobodys = "com.farbench.test.nobodys"
		if err := b.Uninstall(ctx, id, nobodys, adb.UninstallOptions{}); code(err) != wire.NotFound && code(err) != wire.ActFailed {
			t.Errorf("what is not installed: %v", err)
		}
		if err := b.Uninstall(ctx, id, nobodys+"; reboot", adb.UninstallOptions{}); code(err) != wire.Invalid {
			t.Errorf("a name with a command in it: %v", err)
		}
		if after := b.sh(t, "cd ..; ls"); after != before {
			t.Errorf("left behind: %q, before %q", after, before)
		}
	})
}

func TestBench_Packages(t *testing.T) {
	onEveryServer(t, func(t *testing.T, b *bench) {
		list := func(f adb.PackageFilter) map[string]adb.Package {
			packages, err := b.Packages(patiently(t), b.transport(t), f)
			if err != nil {
				t.Fatal(err)
			}
			named := map[string]adb.Package{}
			for _, p := range packages {
				named[p.Name] = p
			}
			return named
		}
		all, own := list(adb.PackageFilter{}), list(adb.PackageFilter{ThirdParty: true})
		if p := all["android"]; !strings.HasSuffix(p.Path, ".apk") {
			t.Errorf("of %d packages the system's own is %+v", len(all), p)
		}
		for name, p := range own {
			if all[name].Path != p.Path {
				t.Errorf("%+v is not among all: %+v", p, all[name])
			}
		}
		if len(list(adb.PackageFilter{User: "current"})) == 0 {
			t.Error("whoever is there now has no packages")
		}
		if len(own) >= len(all) {
			t.Errorf("%d packages of %d are not part of the system", len(own), len(all))
		}
	})
}

// bottomless is an APK that never stops.
type bottomless struct{ after func(n int64) }

func (b *bottomless) Read(p []byte) (int, error) {
	clear(p)
	b.after(int64(len(p)))
	return len(p), nil
}

func TestInstall_storageFullShowsEarly(t *testing.T) {
	for _, way := range installWays {
		t.Run(way.name, func(t *testing.T) {
			b := onSimulated(t, adbsim.Config{Quota: syncQuota}, way.features)
			var sent int64
			huge := adb.APK{Name: "huge.apk", Size: 1 << 40, Content: &bottomless{func(n int64) { sent += n }}}
			if err := b.Install(patiently(t), b.transport(t), []adb.APK{huge}, adb.InstallOptions{}); code(err) != wire.StorageFull {
				t.Errorf("storage full: %v", err)
			}
			if sent > 1<<30 { // without an end it would be some 4 GiB until the device hangs up
				t.Errorf("%d bytes were sent to a device of %d", sent, syncQuota)
			}
			// adbd gives the room back once it has met the end of the stream.
			for deadline := time.Now().Add(20 * time.Second); b.run(t, "echo there is room >/data/local/tmp/x").exit != 0; time.Sleep(5 * time.Millisecond) {
				if time.Now().After(deadline) {
					t.Fatal("what was sent still fills the device")
				}
			}
		})
	}
}

func TestInstall_givenUp(t *testing.T) {
	broken := errors.New("the disk broke")
	for _, way := range installWays {
		t.Run(way.name, func(t *testing.T) {
			b := onSimulated(t, adbsim.Config{}, way.features)
			id := b.transport(t)
			ctx, cancel := context.WithCancel(patiently(t))
			stopped := adb.APK{Name: "a.apk", Size: 200 << 20, Content: &bottomless{func(int64) { cancel() }}}
			if err := b.Install(ctx, id, []adb.APK{stopped}, adb.InstallOptions{}); !errors.Is(err, context.Canceled) {
				t.Errorf("cancelled: %v", err)
			}
			bad := adb.APK{Name: "b.apk", Size: 1 << 20, Content: io.MultiReader(strings.NewReader("PK"), errorReader{broken})}
			if err := b.Install(patiently(t), id, []adb.APK{bad}, adb.InstallOptions{}); !errors.Is(err, broken) {
				t.Errorf("a source that broke: %v", err)
			}
			short := adb.APK{Name: "c.apk", Size: 1 << 20, Content: strings.NewReader("short")}
			if err := b.Install(patiently(t), id, []adb.APK{short, short}, adb.InstallOptions{}); code(err) != wire.Invalid {
				t.Errorf("a source that is short: %v", err)
			}
			if got := b.installed(t); len(got) != 0 {
				t.Errorf("installed: %v", got)
			}
			for deadline := time.Now().Add(20 * time.Second); strings.Contains(b.sh(t, "ls /data/app"), "vmdl"); time.Sleep(5 * time.Millisecond) {
				if time.Now().After(deadline) {
					t.Fatal("a session is left on the device")
				}
			}
		})
	}
}

type errorReader struct{ error }

func (e errorReader) Read([]byte) (int, error) { return 0, e.error }

func TestInstall_hostileAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		answer string
		want   wire.Code
	}{
		"nothing":      {"", wire.StreamLost},
		"endless":      {strings.Repeat("x", 1<<20), wire.ActFailed},
		"other words":  {"cmd: Can't find service: package\n", wire.ActFailed},
		"no session":   {"Success: created install session [-1; reboot]\n", wire.BadReply},
		"half failure": {"Failure [", wire.ActFailed},
		"NUL":          {"Failure [\x00\xff\n]", wire.ActFailed},
	} {
		t.Run(name, func(t *testing.T) {
			s := adbtest.Start(t)
			s.Set(adbtest.Line("x", "device", "usb:1-1", 7))
			s.Handle("host-transport-id:7:features", func(conn net.Conn, _ string) { io.WriteString(conn, "OKAY"+adbtest.Block("cmd,abb_exec")) })
			s.Handle("abb_exec:", func(conn net.Conn, _ string) { io.WriteString(conn, "OKAY"+c.answer) })
			client := adb.New(s.Addr())
			client.OpenTimeout = 5 * time.Second
			if err := client.Install(t.Context(), 7, []adb.APK{apk("a.b", "", 1), apk("a.b", "c", 1)}, adb.InstallOptions{}); code(err) != c.want {
				t.Errorf("%v", err)
			}
		})
	}
}
