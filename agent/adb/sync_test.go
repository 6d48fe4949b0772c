package adb_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/farbench/farbench/agent/adb"
	"github.com/farbench/farbench/agent/wire"
)

// syncQuota is small, so that it is soon used up.
const syncQuota = 16 << 20

func (b *bench) sync(t testing.TB) *adb.Sync {
	t.Helper()
	s, err := b.Sync(t.Context(), b.transport(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// hurry makes the bench's client one that waits only so long.
func (b *bench) hurry(patience time.Duration) {
	b.Client = adb.New(b.Addr()) // another one: this one is watching with its own
	b.OpenTimeout = patience
}

// sh runs a command in the scratch folder, which has to end well, and gives what
// it printed.
func (b *bench) sh(t testing.TB, command string) string {
	t.Helper()
	r := b.run(t, "cd "+b.scratch+" || exit; "+command)
	if r.exit != 0 {
		t.Fatalf("%s: %+v", command, r)
	}
	return r.out
}

// eventually polls until ok, or fails the test.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !ok(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited 20 s for: %s", what)
		}
	}
}

func noise(n int) []byte {
	p := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{byte(n)}).Read(p)
	return p
}

// kind is an entry's mode and, of a file, its size: what folders and links are
// long is each filesystem's own.
func kind(info adb.FileInfo) string {
	if info.Mode.IsRegular() {
		return fmt.Sprint(info.Mode, " ", info.Size)
	}
	return info.Mode.String()
}

// now is the device's clock, which need not be this PC's.
func (b *bench) now(t testing.TB) time.Time {
	t.Helper()
	seconds, err := strconv.ParseInt(strings.TrimSpace(b.sh(t, "date +%s")), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return time.Unix(seconds, 0)
}

// isRoot says whether adbd writes anywhere: then nothing may be tried where
// only a shell's rights keep the device as it is.
func (b *bench) isRoot(t testing.TB) bool {
	t.Helper()
	return strings.TrimSpace(b.sh(t, "id -u")) == "0"
}

func TestBench_Sync_Stat(t *testing.T) {
	onEverySync(t, func(t *testing.T, b *bench) {
		b.sh(t, "echo hello >f; chmod 640 f; mkdir -m 770 d; ln -s f l; ln -s d ld; ln -s nowhere dangling; ln -s round round")
		s, now := b.sync(t), b.now(t)
		v2 := strings.HasSuffix(t.Name(), "v2")
		for _, c := range []struct {
			path       string
			stat, self string // mode and size, or the code of the error; stat in v2
			v1         string // stat in v1, if other
		}{
			{"/f", "-rw-r----- 6", "-rw-r----- 6", ""},
			{"/d", "drwxrwx---", "drwxrwx---", ""},
			{"/l", "-rw-r----- 6", "Lrwxrwxrwx", "Lrwxrwxrwx"},
			{"/ld", "drwxrwx---", "Lrwxrwxrwx", ""},
			{"/dangling", "not_found", "Lrwxrwxrwx", "Lrwxrwxrwx"},
			{"/round", "invalid", "Lrwxrwxrwx", "Lrwxrwxrwx"},
			{"/no", "not_found", "not_found", ""},
			{"/f/f", "invalid", "invalid", "not_found"},
		} {
			if !v2 && c.v1 != "" {
				c.stat = c.v1
				if c.path == "/f/f" {
					c.self = c.v1
				}
			}
			words := func(info adb.FileInfo, err error) string {
				if err != nil {
					return string(code(err))
				}
				if !strings.HasSuffix(c.path, info.Name) || now.Sub(info.Modified).Abs() > time.Hour {
					t.Errorf("%s is %+v", c.path, info)
				}
				return kind(info)
			}
			if got := words(s.Stat(t.Context(), b.scratch+c.path)); got != c.stat {
				t.Errorf("Stat %s: %s, want %s", c.path, got, c.stat)
			}
			if got := words(s.Lstat(t.Context(), b.scratch+c.path)); got != c.self {
				t.Errorf("Lstat %s: %s, want %s", c.path, got, c.self)
			}
		}
		if info, err := s.Stat(t.Context(), "/dev/null"); err != nil || info.Mode&fs.ModeCharDevice == 0 || info.Mode.IsDir() {
			t.Errorf("/dev/null is %v, %v", info.Mode, err)
		}
	})
}

func TestBench_Sync_List(t *testing.T) {
	onEverySync(t, func(t *testing.T, b *bench) {
		b.sh(t, `mkdir empty; mkdir d; cd d; echo hi >"it's a file"; mkdir -m 770 sub; ln -s sub link; echo >.hidden; chmod 660 it* .hidden`)
		s := b.sync(t)
		list, err := s.List(t.Context(), b.scratch+"/d")
		var words []string
		for _, info := range list {
			words = append(words, kind(info)+" "+info.Name)
		}
		const want = "-rw-rw---- 1 .hidden, -rw-rw---- 3 it's a file, Lrwxrwxrwx link, drwxrwx--- sub"
		if got := strings.Join(words, ", "); err != nil || got != want {
			t.Errorf("%s, %v", got, err)
		}
		if list, err := s.List(t.Context(), b.scratch+"/empty"); err != nil || len(list) != 0 {
			t.Errorf("an empty folder: %v, %v", list, err)
		}
		// gadb's trap 9: a folder that is not there looks like an empty one.
		for path, want := range map[string]wire.Code{b.scratch + "/no": wire.NotFound, b.scratch + "/d/.hidden": wire.Invalid} {
			if list, err := s.List(t.Context(), path); code(err) != want {
				t.Errorf("%s: %v, %v", path, list, err)
			}
		}
	})
}

// Sizes around the protocol's pieces and ours.
var sizes = []int{0, 1, 65527, 65528, 65529, 4 * 65528, 4*65528 + 1, 1<<20 + 3}

func TestBench_Sync_SendAndReceive(t *testing.T) {
	at := time.Unix(1_500_000_000, 0)
	onEverySync(t, func(t *testing.T, b *bench) {
		s := b.sync(t)
		for _, size := range sizes {
			data := noise(size)
			for name, r := range map[string]io.Reader{
				"at once":        bytes.NewReader(data),
				"with its end":   iotest.DataErrReader(bytes.NewReader(data)), // gadb's trap 2
				"half of it":     iotest.HalfReader(bytes.NewReader(data)),
				"without a size": struct{ io.Reader }{bytes.NewReader(data)},
			} {
				n, err := s.Send(t.Context(), b.scratch+"/new/folder/f", 0o755, at, r)
				if err != nil || n != int64(size) {
					t.Fatalf("%d bytes, %s: sent %d, %v", size, name, n, err)
				}
				var got bytes.Buffer
				n, err = s.Receive(t.Context(), b.scratch+"/new/folder/f", &got)
				if err != nil || n != int64(size) || !bytes.Equal(got.Bytes(), data) {
					t.Fatalf("%d bytes, %s: received %d, %v", size, name, n, err)
				}
			}
			info, err := s.Stat(t.Context(), b.scratch+"/new/folder/f")
			if err != nil || info.Mode != 0o777 || info.Size != int64(size) || !info.Modified.Equal(at) {
				t.Errorf("%d bytes are %+v, %v", size, info, err)
			}
		}
		if err := s.SendLink(t.Context(), b.scratch+"/link", "new/folder/f"); err != nil {
			t.Fatal(err)
		}
		if got := b.sh(t, "ls -l"); !strings.Contains(got, " link -> new/folder/f\n") {
			t.Errorf("the link is %q", got)
		}
		var proc bytes.Buffer // a file of no size, with text in it
		if _, err := s.Receive(t.Context(), "/proc/version", &proc); b.device == nil && code(err) == wire.Forbidden {
			t.Log("this device's adbd may not read /proc/version")
		} else if err != nil || !strings.HasPrefix(proc.String(), "Linux version") {
			t.Errorf("/proc/version is %q, %v", proc.String(), err)
		}
	})
}

func TestBench_Sync_refusals(t *testing.T) {
	onEverySync(t, func(t *testing.T, b *bench) {
		s, root := b.sync(t), b.isRoot(t)
		b.sh(t, "mkdir d")
		send := func(p string) error {
			_, err := s.Send(t.Context(), p, 0o644, time.Time{}, strings.NewReader("x"))
			return err
		}
		receive := func(p string) error {
			_, err := s.Receive(t.Context(), p, io.Discard)
			return err
		}
		long := "/" + strings.Repeat("x", 1100)
		for _, c := range []struct {
			name string
			do   func(string) error
			path string
			want wire.Code
		}{
			{"Send", send, "/system/x", wire.Forbidden},
			{"Send", send, "/data/x", wire.Forbidden},
			{"Send", send, b.scratch + "/d", wire.Invalid},
			{"Send", send, "relative", wire.Invalid},
			{"Send", send, "/a\x00b", wire.Invalid},
			{"Send", send, long, wire.Invalid},
			{"Receive", receive, b.scratch + "/no", wire.NotFound},
			{"Receive", receive, b.scratch + "/d", wire.Invalid},
			{"Receive", receive, long, wire.Invalid},
			{"Receive", receive, "", wire.Invalid},
		} {
			if c.want == wire.Forbidden && root {
				continue
			}
			err := c.do(c.path)
			if code(err) != c.want {
				t.Errorf("%s %.50q: %v", c.name, c.path, err)
			}
		}
		if _, err := s.Stat(t.Context(), b.scratch); err != nil {
			t.Errorf("after all that: %v", err)
		}
	})
}

func TestBench_Sync_storageFull(t *testing.T) {
	onBothSyncs(t, allSyncs, "fills the storage", func(t *testing.T, b *bench) {
		s := b.sync(t)
		b.sh(t, "echo old >f")
		// A source without an end: only the device's word can end it.
		if _, err := s.Put(t.Context(), b.scratch+"/f", 0o644, time.Time{}, endless{}); code(err) != wire.StorageFull {
			t.Error(err)
		}
		// adbd answers first and removes then.
		eventually(t, "only the old file to be left", func() bool { return b.sh(t, "ls -A; cat f") == "f\nold\n" })
		eventually(t, "room again", func() bool {
			_, err := s.Put(t.Context(), b.scratch+"/f", 0o644, time.Time{}, strings.NewReader("new\n"))
			return err == nil
		})
		if got := b.sh(t, "ls -A; cat f"); got != "f\nnew\n" {
			t.Errorf("what is there: %q", got)
		}
	})
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

func TestBench_Sync_Put(t *testing.T) {
	onEverySync(t, func(t *testing.T, b *bench) {
		s := b.sync(t)
		put := func(p string, r io.Reader) error {
			_, err := s.Put(t.Context(), p, 0o600, time.Unix(1_000_000, 0), r)
			return err
		}
		b.sh(t, `echo old >f; echo target >t; ln -s t l; mkdir d; ln -s d ld`)
		const odd = `it's "$odd" ; rm -rf * 
line`
		for _, name := range []string{"f", "l", "ld", odd, "-n", "sub/folder/f"} {
			if err := put(b.scratch+"/"+name, strings.NewReader("new")); err != nil {
				t.Errorf("%q: %v", name, err)
			}
			info, err := s.Lstat(t.Context(), b.scratch+"/"+name)
			if err != nil || info.Mode != 0o666 || info.Size != 3 || info.Modified.Unix() != 1_000_000 {
				t.Errorf("%q is %+v, %v", name, info, err)
			}
		}
		if err := put(b.scratch+"/d", strings.NewReader("new")); code(err) != wire.Invalid {
			t.Errorf("over a folder: %v", err)
		}
		own := errors.New("the source's own")
		for _, err := range []error{own, io.ErrUnexpectedEOF, io.ErrClosedPipe} {
			if got := put(b.scratch+"/f", io.MultiReader(bytes.NewReader(noise(1<<20)), iotest.ErrReader(err))); !errors.Is(got, err) || code(got) != "" {
				t.Errorf("a source that fails with %v: %v", err, got)
			}
		}
		if got := b.sh(t, "cat f t; ls -A d"); got != "newtarget\n" {
			t.Errorf("what is there: %q", got)
		}
		eventually(t, "nothing but whole files", func() bool { return !strings.Contains(b.sh(t, "ls -A"), "farbench") })
	})
}
