package adb_test

import (
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/adb"
	"github.com/farbench/farbench/agent/wire"
)

func (b *bench) openWith(t testing.TB, command string, o adb.ShellOptions) *adb.Shell {
	t.Helper()
	shell, err := b.OpenShell(t.Context(), b.transport(t), command, o)
	if err != nil {
		t.Fatalf("%s: %v", command, err)
	}
	t.Cleanup(func() { shell.Close() })
	return shell
}

// screen reads what a terminal shows until it ends with one of these.
func screen(t *testing.T, s *adb.Shell, ends ...string) {
	t.Helper()
	defer time.AfterFunc(30*time.Second, func() { s.Close() }).Stop()
	var seen strings.Builder
	for !slices.ContainsFunc(ends, func(end string) bool { return strings.HasSuffix(seen.String(), end) }) {
		err := s.Read(func(id adb.Packet, data []byte) {
			if id == adb.Stdout {
				seen.Write(data)
			}
		})
		if err != nil {
			t.Fatalf("%v after %q, want %q", err, seen.String(), ends)
		}
	}
}

func typed(t *testing.T, s *adb.Shell, keys string) {
	t.Helper()
	if err := s.WriteStdin([]byte(keys)); err != nil {
		t.Fatal(err)
	}
}

func TestBench_OpenShell_interactive(t *testing.T) {
	onEveryServer(t, func(t *testing.T, b *bench) {
		s := b.openWith(t, "", adb.ShellOptions{Pty: true, Rows: 40, Cols: 132})
		if b.device != nil {
			screen(t, s, "farbench_hu:/ $ ")
		} else { // what is typed before it is shown twice
			screen(t, s, "$ ", "# ")
		}
		const prompt = "\r\nready> "
		typed(t, s, "PS1='rea''dy> '\r") // each device has its own; quoted so that its echo is none
		screen(t, s, prompt)
		typed(t, s, "echo $TERM; stty size\r")
		screen(t, s, "xterm-256color\r\n40 132"+prompt)
		if err := s.Resize(50, 200); err != nil {
			t.Fatal(err)
		}
		typed(t, s, "stty size\r")
		screen(t, s, "\r\n50 200"+prompt)
		typed(t, s, "echo run''ning; sleep 600\r")
		screen(t, s, "\r\nrunning\r\n")
		if err := s.Interrupt(); err != nil {
			t.Fatal(err)
		}
		screen(t, s, "^C"+prompt)
		typed(t, s, "echo $?\r")
		screen(t, s, "\r\n130"+prompt)
		typed(t, s, "(exit 7)\r")
		screen(t, s, "(exit 7)"+prompt)
		if err := s.CloseStdin(); err != nil {
			t.Fatal(err)
		}
		if r := readAll(s); r.exit != 7 || r.end != io.EOF {
			t.Errorf("^D ends the shell as %+v", r)
		}
	})
}

func TestBench_OpenShell_inATerminal(t *testing.T) {
	onEveryServer(t, func(t *testing.T, b *bench) {
		r := readAll(b.openWith(t, "tty; echo $TERM; echo err >&2; exit 3", adb.ShellOptions{Pty: true, Term: "dumb"}))
		tty, rest, _ := strings.Cut(r.out, "\r\n")
		if !strings.HasPrefix(tty, "/dev/pts/") || rest != "dumb\r\nerr\r\n" || r.err != "" || r.exit != 3 || r.end != io.EOF {
			t.Errorf("%+v", r)
		}
	})
}

func TestBench_OpenShell_refuses(t *testing.T) {
	onEveryServer(t, func(t *testing.T, b *bench) {
		if _, err := b.OpenShell(t.Context(), b.transport(t), "true", adb.ShellOptions{Pty: true, Term: "x,raw:reboot"}); code(err) != wire.Invalid {
			t.Errorf("a terminal by a name that no terminal has: %v", err)
		}
		s := b.openWith(t, "cat", adb.ShellOptions{Pty: true})
		for _, size := range [][2]int{{-1, 80}, {24, 1 << 16}} {
			if err := s.Resize(size[0], size[1]); code(err) != wire.Invalid {
				t.Errorf("a window of %v: %v", size, err)
			}
		}
		if err := b.open(t, "cat").Interrupt(); code(err) != wire.Invalid {
			t.Errorf("^C without a terminal: %v", err)
		}
	})
}

// A command in a terminal that ignores the hangup is ended by its group, as
// one without is: its shell leads the group.
func TestBench_OpenShell_groupOfATerminalIsKilled(t *testing.T) {
	onEveryServer(t, func(t *testing.T, b *bench) {
		s := b.openWith(t, "trap '' HUP; echo $$; (sleep 600 | sleep 601) & sleep 602", adb.ShellOptions{Pty: true})
		var pid string
		for !strings.HasSuffix(pid, "\r\n") {
			if err := s.Read(func(_ adb.Packet, data []byte) { pid += string(data) }); err != nil {
				t.Fatal(err)
			}
		}
		group := "-- -" + strings.TrimSpace(pid)
		s.Close()
		if r := b.run(t, "kill -0 "+group); r.exit != 0 {
			t.Errorf("the hangup ended it: %+v", r)
		}
		b.run(t, "kill -KILL "+group)
		for over := time.Now().Add(20 * time.Second); b.run(t, "kill -0 "+group).exit == 0; {
			if time.Now().After(over) {
				t.Fatal("the group is still there")
			}
		}
	})
}

func TestBench_ExecOut(t *testing.T) {
	onEveryServer(t, func(t *testing.T, b *bench) {
		out, err := b.ExecOut(t.Context(), b.transport(t), "printf 'a\\r\\n\\000\\377'; echo err >&2; seq 1 50000")
		if err != nil {
			t.Fatal(err)
		}
		defer out.Close()
		got, err := io.ReadAll(out)
		if err != nil || !strings.HasPrefix(string(got), "a\r\n\x00\xfferr\n1\n2\n") || !strings.HasSuffix(string(got), "\n50000\n") {
			t.Errorf("%.40q of %d bytes, %v", got, len(got), err)
		}
	})
}

// Devices from before Android 7.
func TestBench_OpenShell_withoutShellV2(t *testing.T) {
	old := legs{offers: []offer{{"old", "cmd"}}, simulation: "needs a device from before Android 7"}
	old.run(t, func(t *testing.T, b *bench) {
		for _, c := range []struct {
			command string
			want    result
		}{
			{"echo out; echo err >&2; exit 7", result{"out\nerr\n", "", 7, io.EOF}},
			{"printf 'a\\000b\\377farbench-exit-'", result{"a\x00b\xfffarbench-exit-", "", 0, io.EOF}},
			{"exec sh -c 'exit 255'", result{"", "", 255, io.EOF}},
			{"cat; echo 'it''s' \"over\"", result{"its over\n", "", 0, io.EOF}},
			{"nosuch 2>/dev/null", result{"", "", 127, io.EOF}},
		} {
			if got := b.run(t, c.command); got != c.want {
				t.Errorf("%s: %+v", c.command, got)
			}
		}
		if r := b.run(t, "seq 1 50000"); r.exit != 0 || len(r.out) != 288_894 {
			t.Errorf("%d bytes, exit %d", len(r.out), r.exit)
		}
		if r := b.run(t, "echo lost; kill -9 $$"); r.exit != -1 || r.out != "lost\n" {
			t.Errorf("a command whose end nobody told: %+v", r)
		}
		s := b.open(t, "cat >/dev/null")
		if err := s.WriteStdin([]byte("input")); code(err) != wire.Unavailable {
			t.Errorf("input gives %v", err)
		}
		if r := readAll(s); r.exit != -1 {
			t.Errorf("a command that did not get its input: %+v", r)
		}
		s = b.openWith(t, "", adb.ShellOptions{Pty: true})
		screen(t, s, "$ ")
		typed(t, s, "echo $((6*7))\r")
		screen(t, s, "\r\n42\r\nfarbench_hu:/ $ ")
		s.Close()
		if _, err := b.Properties(t.Context(), b.transport(t)); err != nil {
			t.Error(err)
		}
		l := logcat(t, b, adb.LogOptions{})
		say(t, b, 1, 3)
		l.until(t, "1 2 3")
	})
}
