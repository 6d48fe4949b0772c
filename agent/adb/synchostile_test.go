package adb_test

import (
	"context"
	"encoding/binary"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/adb"
	"github.com/farbench/farbench/agent/adb/adbtest"
	"github.com/farbench/farbench/agent/wire"
)

// msg is an id, a number and what follows, as sync has them.
func msg(id string, n uint32, rest string) string {
	return string(binary.LittleEndian.AppendUint32([]byte(id), n)) + rest
}

func words(n ...uint32) string {
	var b []byte
	for _, w := range n {
		b = binary.LittleEndian.AppendUint32(b, w)
	}
	return string(b)
}

// entry is an entry of a list of the first version, dirent of the second.
func entry(name string, mode uint32) string {
	return "DENT" + words(mode, 1, 2, uint32(len(name))) + name
}

func stat2(id string, errno, mode uint32, size uint64) string {
	return id + words(errno, 1, 0, 2, 0, mode, 1, 2000, 2000, uint32(size), uint32(size>>32), 7, 0, 8, 0, 9, 0)
}

func dirent(name string, mode uint32, size uint64) string {
	return stat2("DNT2", 0, mode, size) + words(uint32(len(name))) + name
}

const (
	listEnd  = "DONE\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
	features = "shell_v2,cmd,stat_v2,ls_v2"
)

// answering is a session with a device whose sync answers each request that
// begins with a key; an answer of "" hangs up.
func answering(t testing.TB, features string, answers map[string]string, cuts ...int) *adb.Sync {
	t.Helper()
	server := adbtest.Start(t)
	server.Set(adbtest.Line("X", "device", "", 1))
	server.Handle("host-transport-id:1:features", func(conn net.Conn, _ string) { in(conn, "OKAY"+adbtest.Block(features)) })
	server.Handle("sync:", func(conn net.Conn, _ string) {
		in(conn, "OKAY")
		for {
			var head [8]byte
			if _, err := io.ReadFull(conn, head[:]); err != nil {
				return
			}
			id, path := string(head[:4]), ""
			if n := binary.LittleEndian.Uint32(head[4:]); n < 2000 && id != "DATA" && id != "DONE" {
				p := make([]byte, n)
				_, _ = io.ReadFull(conn, p)
				path = string(p)
			} else if id == "DATA" {
				_, _ = io.CopyN(io.Discard, conn, int64(n))
				continue
			}
			answer, known := answers[id+path]
			if !known {
				answer, known = answers[id]
			}
			if !known {
				continue
			}
			if answer == "" {
				return
			}
			in(conn, answer, cuts...)
		}
	})
	c := adb.New(server.Addr())
	c.OpenTimeout = 500 * time.Millisecond
	s, err := c.Sync(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// TestSync_hostileReplies: none of them makes us wait for ever, panic, or take
// memory that they did not send.
func TestSync_hostileReplies(t *testing.T) {
	const huge = 0xffffffff
	list := func(s *adb.Sync) error { _, err := s.List(t.Context(), "/d"); return err }
	stat := func(s *adb.Sync) error { _, err := s.Stat(t.Context(), "/d"); return err }
	receive := func(s *adb.Sync) error { _, err := s.Receive(t.Context(), "/d", io.Discard); return err }
	send := func(s *adb.Sync) error {
		_, err := s.Send(t.Context(), "/d", 0o644, time.Time{}, strings.NewReader("x"))
		return err
	}
	sendForEver := func(s *adb.Sync) error {
		_, err := s.Send(t.Context(), "/d", 0o644, time.Time{}, endless{})
		return err
	}
	for name, c := range map[string]struct {
		do       func(*adb.Sync) error
		features string
		id       string
		answer   string
		want     wire.Code
	}{
		"a name of 4 GiB":            {list, "", "LIST", "DENT" + words(0, 0, 0, huge), wire.BadReply},
		"a name of 256":              {list, "", "LIST", "DENT" + words(0, 0, 0, 256), wire.BadReply},
		"an empty name":              {list, "", "LIST", entry("", 0) + listEnd, wire.BadReply},
		"a name with /":              {list, "", "LIST", entry("../etc", 0) + listEnd, wire.BadReply},
		"a name with NUL":            {list, "", "LIST", entry("a\x00b", 0) + listEnd, wire.BadReply},
		"a name twice":               {list, "", "LIST", entry("a", 0) + entry("b", 0) + entry("a", 0) + listEnd, wire.BadReply},
		"a name of v2 with /":        {list, features, "LIS2", dirent("/etc/passwd", 0o100644, 1), wire.BadReply},
		"v1 in place of v2":          {list, features, "LIS2", entry("a", 0), wire.BadReply},
		"a file of 2^63 bytes":       {list, features, "LIS2", dirent("a", 0o100644, 1<<63), wire.BadReply},
		"a list that fails":          {list, "", "LIST", msg("FAIL", 17, "Permission denied"), wire.Forbidden},
		"an unknown id in a list":    {list, "", "LIST", msg("WHAT", 0, strings.Repeat("x", 99)), wire.BadReply},
		"an end that is too short":   {list, "", "LIST", "DONE", wire.Stalled},
		"no answer":                  {stat, "", "none", "-", wire.Stalled},
		"a hang-up":                  {stat, "", "STAT", "", wire.StreamLost},
		"another stat":               {stat, "", "STAT", "STA2" + words(1, 1, 1), wire.BadReply},
		"nothing there":              {stat, "", "STAT", "STAT" + words(0, 0, 0), wire.NotFound},
		"an errno of no kind":        {stat, features, "STA2", stat2("STA2", 4711, 0, 0), wire.OpenFailed},
		"FAIL without text":          {receive, "", "RECV", msg("FAIL", 0, ""), wire.OpenFailed},
		"FAIL of 4 GiB":              {receive, "", "RECV", msg("FAIL", huge, "x"), wire.BadReply},
		"FAIL that ends too soon":    {receive, "", "RECV", msg("FAIL", 9, "x"), wire.Stalled},
		"FAIL in no language":        {receive, "", "RECV", msg("FAIL", 3, "\xff\x00\x1b"), wire.OpenFailed},
		"a piece of 4 GiB":           {receive, "", "RECV", msg("DATA", huge, "x"), wire.BadReply},
		"a piece of 65 KiB":          {receive, "", "RECV", msg("DATA", 65<<10, strings.Repeat("x", 65<<10)), wire.BadReply},
		"an unknown id in a file":    {receive, "", "RECV", msg("DATA", 1, "x") + msg("WHAT", 0, ""), wire.BadReply},
		"OKAY in place of a file":    {receive, "", "RECV", msg("OKAY", 0, ""), wire.BadReply},
		"OKAY before the end":        {sendForEver, "", "SEND", msg("OKAY", 0, ""), wire.BadReply},
		"FAIL before the end":        {sendForEver, "", "SEND", msg("FAIL", 23, "No space left on device"), wire.StorageFull},
		"a hang-up before the end":   {sendForEver, "", "SEND", "", wire.StreamLost},
		"an unknown id in an answer": {send, "", "DONE", msg("WHAT", 0, ""), wire.BadReply},
		"no answer to a push":        {send, "", "none", "-", wire.Stalled},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			err := c.do(answering(t, c.features, map[string]string{c.id: c.answer}))
			if code(err) != c.want {
				t.Errorf("%v", err)
			}
			if took := time.Since(began); took > 20*time.Second {
				t.Errorf("after %v", took)
			}
		})
	}
}

func TestSync_listWithoutEnd(t *testing.T) {
	server := adbtest.Start(t)
	server.Set(adbtest.Line("X", "device", "", 1))
	server.Handle("host-transport-id:1:features", func(conn net.Conn, _ string) { in(conn, "OKAY"+adbtest.Block("")) })
	server.Handle("sync:", func(conn net.Conn, _ string) {
		in(conn, "OKAY")
		for many := strings.Repeat(entry("name", 0), 1000); ; {
			if _, err := io.WriteString(conn, many); err != nil {
				return
			}
		}
	})
	s, err := adb.New(server.Addr()).Sync(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.List(t.Context(), "/d"); code(err) != wire.TooLarge {
		t.Errorf("%v", err)
	}
}

func TestSync_answerCutAtEveryByte(t *testing.T) {
	answers := map[string]string{
		"LIS2": dirent(".", 0o40755, 0) + dirent("name", 0o100644, 5<<30) + stat2("DONE", 0, 0, 0) + words(0),
		"RECV": msg("DATA", 3, "abc") + msg("DATA", 0, "") + msg("DATA", 2, "de") + msg("DONE", 0, ""),
		"STA2": stat2("STA2", 0, 0o100644, 6<<30),
	}
	for cut := 1; cut < len(answers["LIS2"]); cut++ {
		session := func(id string) *adb.Sync { return answering(t, features, answers, min(cut, len(answers[id]))) }
		s := session("LIS2")
		list, err := s.List(t.Context(), "/d")
		if err != nil || len(list) != 1 || list[0].Name != "name" || list[0].Size != 5<<30 {
			t.Fatalf("cut at %d: %+v, %v", cut, list, err)
		}
		var content strings.Builder
		s = session("RECV")
		if _, err := s.Receive(t.Context(), "/d", &content); err != nil || content.String() != "abcde" {
			t.Fatalf("cut at %d: %q, %v", cut, content.String(), err)
		}
		s = session("STA2")
		if info, err := s.Stat(t.Context(), "/d"); err != nil || info.Size != 6<<30 {
			t.Fatalf("cut at %d: %+v, %v", cut, info, err)
		}
	}
}

// gadb takes sockets and block devices for folders, because it looks at one bit
// of a number.
func TestTrap7_socketsAndBlockDevicesAreNoFolders(t *testing.T) {
	for unix, want := range map[uint32]fs.FileMode{
		0o100644: 0o644, 0o40755: fs.ModeDir | 0o755, 0o120777: fs.ModeSymlink | 0o777, 0o140666: fs.ModeSocket | 0o666,
		0o60660: fs.ModeDevice | 0o660, 0o20600: fs.ModeDevice | fs.ModeCharDevice | 0o600, 0o10600: fs.ModeNamedPipe | 0o600,
		0o104755: fs.ModeSetuid | 0o755, 0o41777: fs.ModeDir | fs.ModeSticky | 0o777, 0o170000: fs.ModeIrregular,
	} {
		s := answering(t, features, map[string]string{"STA2": stat2("STA2", 0, unix, 0)})
		info, err := s.Stat(t.Context(), "/x")
		if err != nil || info.Mode != want || info.Mode.IsDir() != (unix&0o170000 == 0o40000) {
			t.Errorf("%o is %v, %v", unix, info.Mode, err)
		}
	}
}

// TestPull_hostileNames: nothing that a device says makes a file elsewhere.
func TestPull_hostileNames(t *testing.T) {
	server := adbtest.Start(t)
	server.Set(adbtest.Line("X", "device", "", 1))
	server.Handle("host-transport-id:1:features", func(conn net.Conn, _ string) { in(conn, "OKAY"+adbtest.Block("")) })
	folder, file := "STAT"+words(0o40755, 0, 7), msg("DATA", 4, "evil")+msg("DONE", 0, "")
	server.Handle("sync:", func(conn net.Conn, _ string) {
		in(conn, "OKAY")
		for {
			var head [8]byte
			if _, err := io.ReadFull(conn, head[:]); err != nil {
				return
			}
			path := make([]byte, min(2000, binary.LittleEndian.Uint32(head[4:])))
			_, _ = io.ReadFull(conn, path)
			switch string(head[:4]) {
			case "STAT":
				in(conn, folder)
			case "LIST":
				names := entry(".", 0o40755) + entry("..", 0o40755) + entry(`..\up`, 0o100644) + entry(`C:\x`, 0o100644) + entry("link", 0o40755) + entry("good", 0o100644)
				if strings.HasSuffix(string(path), "/link") {
					names = entry("planted", 0o100644)
				}
				in(conn, names+listEnd)
			case "RECV":
				in(conn, file)
			default:
				return
			}
		}
	})
	dir := t.TempDir()
	here, outside := filepath.Join(dir, "here"), filepath.Join(dir, "outside")
	for _, d := range []string{here, outside, filepath.Join(here, "d")} {
		if err := os.Mkdir(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	c := adb.New(server.Addr())
	moved, err := c.Pull(t.Context(), 1, "/sdcard/d", here, adb.Transfer{})
	if err != nil || moved.Files != 2 || moved.Left != 2 {
		t.Errorf("%+v, %v", moved, err)
	}
	// A link that was there before is not followed out of the folder.
	if err := os.RemoveAll(filepath.Join(here, "d", "link")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(here, "d", "link")); err != nil {
		t.Skip(err)
	}
	if moved, err := c.Pull(t.Context(), 1, "/sdcard/d", here, adb.Transfer{}); err == nil {
		t.Errorf("through a link: %+v", moved)
	}
	if list, _ := os.ReadDir(outside); len(list) != 0 {
		t.Errorf("%v is outside", list)
	}
	for _, remote := range []string{"/", "/..", "/a/..", `/a\b`} {
		if moved, err := c.Pull(t.Context(), 1, remote, here, adb.Transfer{}); code(err) != wire.Invalid {
			t.Errorf("%q goes to %q, %v", remote, moved.To, err)
		}
	}
}

func TestClient_Sync_frozenServer(t *testing.T) {
	server := adbtest.Start(t)
	server.Handle("host-transport-id:1:features", hung)
	c := adb.New(server.Addr())
	c.OpenTimeout = 50 * time.Millisecond
	if _, err := c.Sync(t.Context(), 1); code(err) != wire.OpenFailed {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Sync(ctx, 1); err == nil {
		t.Error("cancelled")
	}
}
