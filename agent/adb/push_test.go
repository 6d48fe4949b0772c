package adb_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/adb"
	"github.com/farbench/farbench/agent/adbsim"
	"github.com/farbench/farbench/agent/wire"
)

// plant makes files of this PC; a name that ends in "/" is a folder, "to ->"
// before a text makes a link.
func plant(t testing.TB, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		name := filepath.Join(dir, filepath.FromSlash(name)) + strings.Repeat("/", strings.Count(name[len(name)-1:], "/"))
		err := os.MkdirAll(filepath.Dir(name), 0o755)
		if target, ok := strings.CutPrefix(text, "to -> "); ok {
			err = errors.Join(err, os.Symlink(target, name))
		} else if !strings.HasSuffix(name, "/") {
			err = errors.Join(err, os.WriteFile(name, []byte(text), 0o644))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// tree is what is in a folder of this PC, as plant has it.
func tree(t testing.TB, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(dir, name)
		switch {
		case err != nil || rel == ".":
		case entry.IsDir():
			if list, _ := os.ReadDir(name); len(list) == 0 {
				files[filepath.ToSlash(rel)+"/"] = ""
			}
		default:
			text, err := os.ReadFile(name)
			files[filepath.ToSlash(rel)] = string(text)
			return err
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func (b *bench) push(t testing.TB, local, remote string) (adb.Moved, error) {
	return b.Push(t.Context(), b.transport(t), local, remote, adb.Transfer{})
}

func (b *bench) pull(t testing.TB, remote, local string) (adb.Moved, error) {
	return b.Pull(t.Context(), b.transport(t), remote, local, adb.Transfer{})
}

func TestBench_PushAndPull_file(t *testing.T) {
	at := time.Unix(1_400_000_000, 0)
	onEverySync(t, func(t *testing.T, b *bench) {
		dir := t.TempDir()
		data := noise(3<<20 + 1)
		sum := sha256.Sum256(data)
		local := filepath.Join(dir, "run me")
		if err := errors.Join(os.WriteFile(local, data, 0o644), os.Chmod(local, 0o751), os.Chtimes(local, at, at)); err != nil {
			t.Fatal(err)
		}
		var told []adb.Progress
		var finished []adb.Transferred
		transfer := adb.Transfer{
			Hash: true, Progress: func(p adb.Progress) { told = append(told, p) }, Finished: func(f adb.Transferred) { finished = append(finished, f) },
		}
		moved, err := b.Push(t.Context(), b.transport(t), local, b.scratch, transfer)
		remote := b.scratch + "/run me"
		if err != nil || moved.To != remote || moved.Files != 1 || moved.Bytes != int64(len(data)) {
			t.Fatalf("%+v, %v", moved, err)
		}
		if want := fmt.Sprintf("777 %d %d\n", len(data), at.Unix()); b.sh(t, "stat -c '%a %s %Y' '"+remote+"'") != want {
			t.Errorf("the device has %s", b.sh(t, "stat -c '%a %s %Y' '"+remote+"'"))
		}
		if got := b.sh(t, "sha256sum <'"+remote+"'"); !strings.HasPrefix(got, hex.EncodeToString(sum[:])) {
			t.Errorf("the device's sum is %s", got)
		}
		b.sh(t, "chmod 400 '"+remote+"'")
		back := filepath.Join(dir, "back")
		moved, err = b.Pull(t.Context(), b.transport(t), remote, back, transfer)
		if err != nil || moved.To != back || moved.Bytes != int64(len(data)) {
			t.Fatalf("%+v, %v", moved, err)
		}
		got, err := os.ReadFile(back)
		if err != nil || !bytes.Equal(got, data) {
			t.Errorf("%d bytes came back, %v", len(got), err)
		}
		if info, err := os.Stat(back); err != nil || info.Mode() != 0o600 || !info.ModTime().Equal(at) {
			t.Errorf("%+v, %v", info, err)
		}
		want := adb.Transferred{Local: local, Remote: remote, Bytes: int64(len(data)), SHA256: hex.EncodeToString(sum[:])}
		if len(finished) != 2 || finished[0] != want || finished[1].SHA256 != want.SHA256 || finished[1].Local != back {
			t.Errorf("finished: %+v", finished)
		}
		if last := told[len(told)-1]; last != (adb.Progress{Path: remote, Bytes: int64(len(data)), Total: int64(len(data)), Files: 1, Of: 1}) {
			t.Errorf("the last word was %+v", last)
		}
	})
}

func TestBench_PushAndPull_folder(t *testing.T) {
	onEverySync(t, func(t *testing.T, b *bench) {
		dir := t.TempDir()
		local := filepath.Join(dir, "tree")
		files := map[string]string{
			"a": "one", "sub/b": "two", "sub/deep/c": "", "empty/": "", "it's a $HOME; name": "three", "-rf": "four", "é\nü": "five",
			"link": "to -> sub/b", "links/up": "to -> ../a", "nowhere": "to -> gone", "round": "to -> .",
		}
		for i := range 200 { // more than one script names
			files[fmt.Sprintf("many/%s%03d", strings.Repeat("long", 30), i)] = fmt.Sprint(i)
		}
		plant(t, local, files)
		moved, err := b.push(t, local, b.scratch+"/new")
		if err != nil || moved.To != b.scratch+"/new" || moved.Files != len(files)-1 || moved.Left != 0 {
			t.Fatalf("%+v, %v", moved, err)
		}
		if got := b.sh(t, `cd new; ls -l | grep -e "->" | sed 's/.*:[0-9]* //'; ls -d empty; cat a sub/b link links/up -- -rf it*; ls many | wc -l`); got != "link -> sub/b\nnowhere -> gone\nround -> .\nempty\nonetwotwoonefourthree200\n" {
			t.Errorf("the device has %q", got)
		}
		if got := b.sh(t, "find . -name '.farbench*'"); got != "" {
			t.Errorf("left behind: %s", got)
		}
		// Again, into what is there now.
		if moved, err := b.push(t, local, b.scratch+"/new"); err != nil || moved.To != b.scratch+"/new/tree" {
			t.Errorf("%+v, %v", moved, err)
		}
		b.sh(t, "rm -r new/tree")

		moved, err = b.pull(t, b.scratch+"/new", filepath.Join(dir, "back"))
		want := map[string]string{"link": "two", "links/up": "one"}
		for name, text := range files {
			if !strings.HasPrefix(text, "to -> ") {
				want[name] = text
			}
		}
		if err != nil || moved.Files != len(want)-1 || moved.Left != 2 {
			t.Errorf("%+v, %v", moved, err)
		}
		got := tree(t, filepath.Join(dir, "back"))
		for name := range got {
			if got[name] != want[name] {
				t.Errorf("%q came back as %q", name, got[name])
			}
		}
		if len(got) != len(want) {
			t.Errorf("%d came back of %d", len(got), len(want))
		}
	})
}

func TestBench_PushAndPull_refusals(t *testing.T) {
	onEverySync(t, func(t *testing.T, b *bench) {
		dir := t.TempDir()
		root := b.isRoot(t)
		plant(t, dir, map[string]string{"f": "x", "d/f": "y", "d/sub/": ""})
		b.sh(t, "echo old >f; mkdir -p d/f")
		at := func(name string) string { return filepath.Join(dir, name) }
		for _, c := range []struct {
			local, remote string
			want          wire.Code
		}{
			{"f", "/system/f", wire.Forbidden},
			{"f", "/data/f", wire.Forbidden},
			{"f", b.scratch + "/d", wire.Invalid}, // its d/f is a folder
			{"f", b.scratch + "/f/g", wire.Invalid},
			{"f", b.scratch + "/no/", wire.NotFound},
			{"f", "/dev/null", wire.Invalid},
			{"f", "relative", wire.Invalid},
			{"f", b.scratch + "/" + strings.Repeat("x", 1100), wire.Invalid},
			{"d", b.scratch + "/f", wire.Invalid},
			{"d", "/system/d", wire.Forbidden},
			{"none", b.scratch, ""},
		} {
			if c.want == wire.Forbidden && root {
				continue
			}
			if moved, err := b.push(t, at(c.local), c.remote); err == nil || code(err) != c.want {
				t.Errorf("pushing %s to %.50s: %+v, %v", c.local, c.remote, moved, err)
			}
		}
		for _, c := range []struct {
			remote, local string
			want          wire.Code
		}{
			{b.scratch + "/no", "new", wire.NotFound},
			{"/dev/zero", "new", wire.Invalid},
			{b.scratch + "/f", "no/folder/new", ""},
			{b.scratch + "/d", "f", ""},
		} {
			if moved, err := b.pull(t, c.remote, at(c.local)); err == nil || code(err) != c.want {
				t.Errorf("pulling %s to %s: %+v, %v", c.remote, c.local, moved, err)
			}
		}
		if got := b.sh(t, "cat f; find . -name '.f*'"); got != "old\n" {
			t.Errorf("the device has %q", got)
		}
		if got := tree(t, dir); len(got) != 3 || got["f"] != "x" {
			t.Errorf("this PC has %v", got)
		}
	})
}

// TestBench_PushAndPull_brokenOff: old files stay, half ones go, on either side.
func TestBench_PushAndPull_brokenOff(t *testing.T) {
	onBothSyncs(t, newSync, "freezes the device and cuts its streams", func(t *testing.T, b *bench) {
		dir := t.TempDir()
		b.hurry(time.Second)
		transport := b.transport(t)
		big := filepath.Join(dir, "tree", "b")
		plant(t, dir, map[string]string{"tree/a": "first", "tree/b": string(noise(4 << 20)), "old": "old"})
		b.sh(t, "echo old >old; head -c 4000000 /dev/zero >big")
		clean := func() bool {
			b.sync(t).Close() // removes what could not be removed before
			return b.sh(t, "find . -name '.farbench*'") == "" && b.sh(t, "cat old") == "old\n"
		}
		for name, f := range map[string]struct {
			do   func(d *adbsim.Device, cancel func())
			want func(error) bool
		}{
			"cancelled": {func(_ *adbsim.Device, cancel func()) { cancel() }, func(err error) bool { return errors.Is(err, context.Canceled) }},
			"cut":       {nil, func(err error) bool { return code(err) == wire.StreamLost }},
			"frozen":    {func(d *adbsim.Device, _ func()) { d.Freeze() }, func(err error) bool { return code(err) == wire.Stalled }},
		} {
			for what, do := range map[string]func(context.Context) error{
				"a file pushed": func(ctx context.Context) error {
					_, err := b.Push(ctx, transport, big, b.scratch+"/old", adb.Transfer{})
					return err
				},
				"a folder pushed": func(ctx context.Context) error {
					// The first file is whole when the second breaks off.
					_, err := b.Push(ctx, transport, filepath.Join(dir, "tree"), b.scratch+"/tree", adb.Transfer{})
					return err
				},
				"a file pulled": func(ctx context.Context) error {
					_, err := b.Pull(ctx, transport, b.scratch+"/big", filepath.Join(dir, "old"), adb.Transfer{})
					return err
				},
			} {
				ctx, cancel := context.WithCancel(t.Context())
				over := make(chan struct{}) // until then the device goes no further
				interrupt := func(*adbsim.Device) { f.do(b.device, cancel); <-over }
				if f.do == nil {
					interrupt = nil
				}
				if what == "a folder pushed" { // the small file must not be the one
					b.device.InterruptTransfer(0, func(*adbsim.Device) { b.device.InterruptTransfer(1<<20, interrupt) })
				} else {
					b.device.InterruptTransfer(1<<20, interrupt)
				}
				if err := do(ctx); !f.want(err) {
					t.Errorf("%s, %s: %v", what, name, err)
				}
				close(over)
				cancel()
				b.device.Thaw()
				eventually(t, what+", "+name+": nothing half to be left", clean)
				if got := tree(t, dir); len(got) != 3 || got["old"] != "old" {
					t.Errorf("%s, %s: this PC has %d files", what, name, len(got))
				}
			}
		}
	})
}

// TestBench_PushAndPull_cancelled: whoever asked goes in the middle of it.
func TestBench_PushAndPull_cancelled(t *testing.T) {
	onEveryServer(t, func(t *testing.T, b *bench) {
		dir := t.TempDir()
		big := filepath.Join(dir, "big")
		plant(t, dir, map[string]string{"big": string(noise(8 << 20)), "old": "old"})
		b.sh(t, "echo old >old; dd if=/dev/zero of=big bs=65536 count=128 2>/dev/null")
		for what, do := range map[string]func(context.Context, adb.Transfer) error{
			"pushed": func(ctx context.Context, how adb.Transfer) error {
				_, err := b.Push(ctx, b.transport(t), big, b.scratch+"/old", how)
				return err
			},
			"pulled": func(ctx context.Context, how adb.Transfer) error {
				_, err := b.Pull(ctx, b.transport(t), b.scratch+"/big", filepath.Join(dir, "old"), how)
				return err
			},
		} {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			err := do(ctx, adb.Transfer{Progress: func(p adb.Progress) {
				if p.Bytes > 0 && p.Bytes < p.Total {
					cancel()
				}
			}})
			if !errors.Is(err, context.Canceled) {
				t.Errorf("%s: %v", what, err)
			}
		}
		eventually(t, "nothing half to be left", func() bool { return b.sh(t, "ls -A; cat old") == "big\nold\nold\n" })
		if got := tree(t, dir); len(got) != 2 || got["old"] != "old" {
			t.Errorf("this PC has %d files", len(got))
		}
	})
}

// TestBench_Pull_whatMayNotBeRead: the rest of a folder comes all the same.
func TestBench_Pull_whatMayNotBeRead(t *testing.T) {
	onEverySync(t, func(t *testing.T, b *bench) {
		dir := t.TempDir()
		b.sh(t, "mkdir -p d/sub; echo 1 >d/a; ln -s /dev/null d/b; ln -s gone d/c; echo 2 >d/sub/z; chmod 500 d/sub")
		moved, err := b.pull(t, b.scratch+"/d", dir)
		if err != nil || moved.Files != 2 || moved.Left != 2 || len(moved.Skipped) != 2 || moved.To != filepath.Join(dir, "d") {
			t.Errorf("%+v, %v", moved, err)
		}
		got := tree(t, dir)
		names := []string{}
		for name, text := range got {
			names = append(names, name+"="+text)
		}
		slices.Sort(names)
		if fmt.Sprintf("%q", names) != `["d/a=1\n" "d/sub/z=2\n"]` {
			t.Errorf("%q", names)
		}
		if info, err := os.Stat(filepath.Join(dir, "d", "sub")); err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("%v, %v", info.Mode(), err)
		}
	})
}

// TestPushAndPull_leaveNothingOpen: gadb keeps a socket of each call that
// failed.
func TestPushAndPull_leaveNothingOpen(t *testing.T) {
	descriptors := func() int {
		list, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Skip("no /proc: ", err)
		}
		return len(list)
	}
	b := onSimulated(t, adbsim.Config{}, "")
	dir := t.TempDir()
	plant(t, dir, map[string]string{"f": "x"})
	before := descriptors()
	for range 50 {
		_, down := b.pull(t, b.scratch+"/no", filepath.Join(dir, "new"))
		_, up := b.push(t, filepath.Join(dir, "f"), "/system/f")
		if code(down) != wire.NotFound || code(up) != wire.Forbidden {
			t.Fatal(down, up)
		}
	}
	// The simulation, in the same process, closes its side a moment later.
	eventually(t, "as many descriptors as before", func() bool { return descriptors() <= before+3 })
}
