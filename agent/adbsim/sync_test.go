package adbsim

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/adbsim/memfs"
)

// msg is an id, a number and what follows.
func msg(id string, n int, rest string) string {
	return string(binary.LittleEndian.AppendUint32([]byte(id), uint32(n))) + rest
}

func ask4(id, path string) string { return msg(id, len(path), path) }

// dent is an entry of a list of the first version.
func dent(id string, mode uint32, size, mtime int, name string) string {
	b := binary.LittleEndian.AppendUint32([]byte(id), mode)
	for _, n := range []int{size, mtime, len(name)} {
		b = binary.LittleEndian.AppendUint32(b, uint32(n))
	}
	return string(b) + name
}

// TestSync_bytes is what goes over the wire, byte by byte.
func TestSync_bytes(t *testing.T) {
	b, addr := startBench(t, Config{Quota: 1 << 20, Now: func() time.Time { return time.Unix(1_000_000, 0) }})
	run(t, addr, "mkdir -p /data/local/tmp/d; echo hello >/data/local/tmp/d/f; chmod 640 /data/local/tmp/d/f; ln -s f /data/local/tmp/d/l; chmod 771 /data/local/tmp/d")
	const dir, out = "/data/local/tmp/d", "/data/local/tmp/out"
	tmp, _ := b.Devices()[0].machine.FS.Stat("/data/local/tmp")
	dents := dent("DENT", 0o40771, 0, 1_000_000, ".") + dent("DENT", 0o40000|uint32(tmp.Perm), 0, 1_000_000, "..") +
		dent("DENT", 0o100640, 6, 1_000_000, "f") + dent("DENT", 0o120777, 0, 1_000_000, "l") + dent("DONE", 0, 0, 0, "")
	fail := func(why string) string { return msg("FAIL", len(why), why) }
	okay := msg("OKAY", 0, "")
	for name, c := range map[string]struct{ ask, want string }{
		"STAT of a file":        {ask4("STAT", dir+"/f"), dent("STAT", 0o100640, 6, 1_000_000, "")[:16]},
		"STAT of a link":        {ask4("STAT", dir+"/l"), dent("STAT", 0o120777, 0, 1_000_000, "")[:16]},
		"STAT of nothing":       {ask4("STAT", "/no"), dent("STAT", 0, 0, 0, "")[:16]},
		"LIST":                  {ask4("LIST", dir), dents},
		"LIST of nothing":       {ask4("LIST", "/no"), dent("DONE", 0, 0, 0, "")},
		"RECV":                  {ask4("RECV", dir+"/l"), msg("DATA", 6, "hello\n") + msg("DONE", 0, "")},
		"RCV2":                  {ask4("RCV2", dir+"/f") + msg("RCV2", 0, ""), msg("DATA", 6, "hello\n") + msg("DONE", 0, "")},
		"RCV2 compressed":       {ask4("RCV2", dir+"/f") + msg("RCV2", 1, ""), fail("unknown flags")},
		"RECV of nothing":       {ask4("RECV", "/no"), fail("open failed: No such file or directory")},
		"RECV of a directory":   {ask4("RECV", dir), fail("open failed: Is a directory")},
		"RECV of /proc":         {ask4("RECV", "/proc/loadavg"), msg("DATA", 27, "1.42 1.37 1.29 2/1893 4711\n") + msg("DONE", 0, "")},
		"SEND":                  {ask4("SEND", out+"/n/e/w,33188") + msg("DATA", 2, "ab") + msg("DATA", 1, "c") + msg("DONE", 7, "") + ask4("STAT", out+"/n/e/w") + ask4("RECV", out+"/n/e/w"), okay + dent("STAT", 0o100666, 3, 7, "")[:16] + msg("DATA", 3, "abc") + msg("DONE", 0, "")},
		"SND2":                  {ask4("SND2", out+"/v,2") + msg("SND2", 0o100755, "\x00\x00\x00\x00") + msg("DONE", 9, "") + ask4("STAT", out+"/v,2"), okay + dent("STAT", 0o100777, 0, 9, "")[:16]},
		"SEND of a link":        {ask4("SEND", out+"/to,41471") + msg("DATA", 6, "/no/w\x00") + msg("DONE", 7, "") + ask4("STAT", out+"/to"), okay + dent("STAT", 0o120777, 0, 1_000_000, "")[:16]},
		"SEND over a directory": {ask4("SEND", dir+",33188") + msg("DATA", 2, "ab") + msg("DONE", 7, "") + ask4("STAT", "/"), fail("couldn't create file: Is a directory")},
		"SEND to the system":    {ask4("SEND", "/system/x,33188") + msg("DONE", 7, ""), fail("couldn't create file: Read-only file system")},
		"SEND to /data":         {ask4("SEND", "/data/x,33188") + msg("DONE", 7, ""), fail("couldn't create file: Permission denied")},
		"SEND without a mode":   {ask4("SEND", dir+"/x"), fail("missing , in ID_SEND_V1")},
		"SEND of rubbish":       {ask4("SEND", dir+"/x,33188") + msg("WHAT", 2, "ab"), fail("invalid data message")},
		"DATA of 65 KiB":        {ask4("SEND", dir+"/x,33188") + msg("DATA", 65<<10, ""), fail("oversize data message")},
		"a path of 1025":        {msg("STAT", 1025, ""), fail("path too long")},
		"unknown":               {ask4("WHAT", "/"), fail(`unknown command "WHAT"`)},
		"nothing":               {"", ""},
		"after QUIT":            {msg("QUIT", 0, "") + ask4("STAT", dir+"/f"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := openOn(t, addr, "SIM0001", "sync:")
			if _, err := io.WriteString(s, c.ask+msg("QUIT", 0, "")); err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(s)
			if err != nil || string(got) != c.want {
				t.Errorf("%v\n got %q\nwant %q", err, got, c.want)
			}
		})
	}
	if said := run(t, addr, "cat "+dir+"/x 2>&1").out; !strings.Contains(said, "No such file") {
		t.Errorf("a file that failed is there: %q", said)
	}
}

func TestSync_statV2(t *testing.T) {
	_, addr := startBench(t, Config{Now: func() time.Time { return time.Unix(1_000_000, 0) }})
	run(t, addr, "echo hello >/data/local/tmp/f; ln -s f /data/local/tmp/l; ln -s l2 /data/local/tmp/l2")
	s := openOn(t, addr, "SIM0001", "sync:")
	stat := func(id, name string) (errno, mode uint32, size int64) {
		if _, err := io.WriteString(s, ask4(id, "/data/local/tmp/"+name)); err != nil {
			t.Fatal(err)
		}
		b := make([]byte, 72)
		if _, err := io.ReadFull(s, b); err != nil || string(b[:4]) != id {
			t.Fatalf("%q, %v", b[:4], err)
		}
		return binary.LittleEndian.Uint32(b[4:]), binary.LittleEndian.Uint32(b[24:]), int64(binary.LittleEndian.Uint64(b[40:]))
	}
	for _, c := range []struct {
		id, name    string
		errno, mode uint32
		size        int64
	}{
		{"STA2", "f", 0, 0o100660, 6},
		{"STA2", "l", 0, 0o100660, 6},
		{"LST2", "l", 0, 0o120777, 0},
		{"STA2", "no", 2, 0, 0},
		{"STA2", "f/f", 20, 0, 0},
		{"STA2", "l2", 40, 0, 0},
	} {
		if errno, mode, size := stat(c.id, c.name); errno != c.errno || mode != c.mode || size != c.size {
			t.Errorf("%s %s: errno %d, mode %o, size %d", c.id, c.name, errno, mode, size)
		}
	}
}

// TestSync_storageFull: FAIL comes while the client still writes, all that it
// writes is taken, and nothing is left behind.
func TestSync_storageFull(t *testing.T) {
	b, addr := startBench(t, Config{Quota: 1 << 20})
	used, _ := b.Devices()[0].machine.FS.Usage()
	s := openOn(t, addr, "SIM0001", "sync:")
	data := make([]byte, 60<<10)
	if _, err := io.WriteString(s, ask4("SEND", "/data/local/tmp/big,33188")); err != nil {
		t.Fatal(err)
	}
	for range 1000 { // far more than sockets hold
		if _, err := io.WriteString(s, msg("DATA", len(data), string(data))); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := io.WriteString(s, msg("DONE", 0, "")); err != nil {
		t.Fatal(err)
	}
	const why = "write failed: No space left on device"
	if got, err := io.ReadAll(s); err != nil || string(got) != msg("FAIL", len(why), why) {
		t.Errorf("%q, %v", got, err)
	}
	if now, _ := b.Devices()[0].machine.FS.Usage(); now != used {
		t.Errorf("%d bytes are still in use", now-used)
	}
}

func TestSync_interrupted(t *testing.T) {
	b, addr := startBench(t, Config{})
	d := b.Devices()[0]
	fs := d.machine.FS
	push := func(t *testing.T) client {
		s := openOn(t, addr, "SIM0001", "sync:")
		if _, err := io.WriteString(s, ask4("SEND", "/data/local/tmp/f,33188")+strings.Repeat(msg("DATA", 1000, strings.Repeat("x", 1000)), 10)); err != nil {
			t.Fatal(err)
		}
		return s
	}
	gone := func() bool {
		_, err := fs.Stat("/data/local/tmp/f")
		return err != nil
	}
	t.Run("by a client that leaves", func(t *testing.T) {
		s := push(t)
		eventually(t, "some of it to arrive", func() bool { return !gone() })
		s.Close()
		eventually(t, "the half file to go", gone)
	})
	t.Run("cut", func(t *testing.T) {
		d.InterruptTransfer(5000, nil)
		s := push(t)
		if got, _ := io.ReadAll(s); len(got) != 0 {
			t.Errorf("%q", got)
		}
		eventually(t, "the half file to go", gone)
	})
	t.Run("frozen", func(t *testing.T) {
		run(t, addr, "setprop debug.farbench.fault 'stall 5000'")
		s := push(t)
		if _, err := io.WriteString(s, msg("DONE", 7, "")); err != nil {
			t.Fatal(err)
		}
		_ = s.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
		if got, err := io.ReadAll(s); err == nil {
			t.Fatalf("%q", got)
		}
		d.Thaw()
		_ = s.SetReadDeadline(time.Now().Add(10 * time.Second))
		if id, _, err := readSyncHead(s); id != "OKAY" {
			t.Errorf("%q, %v", id, err)
		}
	})
	t.Run("by a device that vanishes", func(t *testing.T) {
		run(t, addr, "head -c 1000000 /dev/zero >/data/local/tmp/z")
		d.InterruptTransfer(200_000, (*Device).Vanish)
		s := openOn(t, addr, "SIM0001", "sync:")
		if _, err := io.WriteString(s, ask4("RECV", "/data/local/tmp/z")); err != nil {
			t.Fatal(err)
		}
		if got, _ := io.ReadAll(s); len(got) > 900_000 {
			t.Errorf("%d bytes came", len(got))
		}
		d.SetState(StateDevice)
	})
}

func FuzzSyncRequest(f *testing.F) {
	f.Add([]byte(ask4("STAT", "/data")))
	f.Add([]byte(ask4("SND2", "/x") + msg("SND2", 33188, "\x00\x00\x00\x00")))
	f.Add([]byte(msg("SEND", 1<<31, "/x,0")))
	f.Fuzz(func(t *testing.T, data []byte) {
		q, err := readSyncRequest(bytes.NewReader(data))
		if err == nil && (len(q.path) > maxSyncPath || len(q.id) != 4) {
			t.Errorf("%q with a path of %d", q.id, len(q.path))
		}
	})
}

// FuzzSyncService sends anything to the whole service.
func FuzzSyncService(f *testing.F) {
	f.Add([]byte(ask4("LIST", "/") + ask4("LIS2", "/data") + ask4("STA2", "/sdcard")))
	f.Add([]byte(ask4("SEND", "/data/local/tmp/x,33188") + msg("DATA", 3, "abc") + msg("DONE", 1, "") + ask4("RECV", "/data/local/tmp/x")))
	f.Add([]byte(ask4("SEND", "/data/local/tmp/l,41471") + msg("DATA", 3, "ab\x00") + msg("DONE", 1, "")))
	f.Add([]byte(ask4("SEND", "/data/x,33188") + msg("DATA", 3, "abc") + msg("DATA", 99, "")))
	b := New(Config{Quota: 1 << 20})
	f.Fuzz(func(t *testing.T, data []byte) {
		if bytes.Contains(data, []byte("dev/")) {
			return // some of them never end
		}
		var out bytes.Buffer
		b.devices[0].sync(context.Background(), struct {
			io.Reader
			io.Writer
			io.Closer
		}{bytes.NewReader(data), &out, io.NopCloser(nil)})
		list, _ := b.devices[0].machine.FS.ReadDir("/data/local/tmp")
		for _, info := range list {
			if info.Kind == memfs.Regular || info.Kind == memfs.Link {
				_ = b.devices[0].machine.FS.Remove("/data/local/tmp/" + info.Name())
			}
		}
	})
}

// bulk is how much the real client pushes and pulls.
const bulk = 256 << 20

// sumOf is the sum of what is read through an open file: its own content, or
// what is to become it.
func sumOf(t *testing.T, name string, through func(*os.File) io.Reader) (sum [sha256.Size]byte) {
	t.Helper()
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o640)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.CopyBuffer(struct{ io.Writer }{h}, struct{ io.Reader }{through(f)}, make([]byte, 1<<20)); err != nil {
		t.Fatal(err)
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// TestSync_realClient pushes, lists and pulls with the real adb client through
// its real server.
func TestSync_realClient(t *testing.T) {
	a := startADBServer(t)
	b := New(Config{Devices: 1, Quota: 2 * bulk})
	addrs, err := b.ListenADBD("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	runBench(t, b)
	serial := addrs[0].String()
	a.run("", "connect", serial)
	eventually(t, "the device", func() bool { return strings.Contains(a.run("", "devices").out, "\tdevice\n") })
	adb := func(want string, args ...string) {
		t.Helper()
		if r := a.run("", append([]string{"-s", serial}, args...)...); r.exit != 0 || !strings.Contains(r.out+r.err, want) {
			t.Fatalf("adb %q: exit %d\n%.2000s%.2000s", args, r.exit, r.out, r.err)
		}
	}
	dir := t.TempDir()
	file, back := filepath.Join(dir, "file"), filepath.Join(dir, "back")
	sum := sumOf(t, file, func(f *os.File) io.Reader {
		return io.TeeReader(io.LimitReader(rand.NewChaCha8([32]byte{7}), bulk), f)
	})
	at := time.Unix(1_600_000_000, 0)
	if err := os.Chtimes(file, at, at); err != nil {
		t.Fatal(err)
	}
	adb("1 file pushed", "push", file, "/data/local/tmp/file")
	adb("1 file pulled", "pull", "-a", "/data/local/tmp/file", back)
	if got := sumOf(t, back, func(f *os.File) io.Reader { return f }); got != sum {
		t.Fatal("other bytes came back")
	}
	if info, _ := os.Stat(back); !info.ModTime().Equal(at) {
		t.Errorf("from %v", info.ModTime())
	}
	adb("000081b6 10000000 "+strconv.FormatInt(at.Unix(), 16)+" file\n", "ls", "/data/local/tmp")

	tree := filepath.Join(dir, "tree")
	if err := os.MkdirAll(filepath.Join(tree, "sub"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"a": "one", "sub/b": "two"} {
		if err := os.WriteFile(filepath.Join(tree, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("a", filepath.Join(tree, "link")); err != nil {
		t.Fatal(err)
	}
	adb("pushed", "push", tree, "/sdcard/tree")
	adb("onetwoone", "shell", "cd /sdcard/tree; cat a sub/b link")
	adb("pulled", "pull", "/sdcard/tree", filepath.Join(dir, "tree2"))
	for name, text := range map[string]string{"a": "one", "sub/b": "two", "link": "one"} {
		if got, err := os.ReadFile(filepath.Join(dir, "tree2", name)); string(got) != text {
			t.Errorf("%s came back as %q, %v", name, got, err)
		}
	}
	if r := a.run("", "-s", serial, "push", file, "/sdcard/more"); r.exit == 0 || !strings.Contains(r.err+r.out, "No space left on device") {
		t.Errorf("a full device: %+v", r)
	}
}
