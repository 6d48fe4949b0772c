package adbsim

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// openTerminal makes a terminal on the host: what a person sits at, and the
// side of the programs.
func openTerminal(t *testing.T) (person, program *os.File) {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NONBLOCK, 0)
	if err != nil {
		t.Skip("no terminals on this machine: ", err)
	}
	t.Cleanup(func() { _ = person.Close() })
	var number int
	control(t, person, func(fd int) (err error) {
		if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
			return err
		}
		number, err = unix.IoctlGetInt(fd, unix.TIOCGPTN)
		return err
	})
	program, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = program.Close() })
	return person, program
}

func control(t *testing.T, f *os.File, do func(fd int) error) {
	t.Helper()
	raw, err := f.SyscallConn()
	if err == nil {
		err2 := raw.Control(func(fd uintptr) { err = do(int(fd)) })
		if err == nil {
			err = err2
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestADBClientAtATerminal: the real client's interactive shell, with the size
// of its window and what is typed one key at a time.
func TestADBClientAtATerminal(t *testing.T) {
	needADB(t)
	b, addr := startBench(t, Config{})
	a, serial := newADB(t, addr), b.Devices()[0].Serial()
	person, program := openTerminal(t)
	resize := func(rows, cols uint16) {
		control(t, person, func(fd int) error {
			return unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: rows, Col: cols})
		})
	}
	resize(40, 132)
	cmd := exec.Command(a.path, "-s", serial, "shell")
	cmd.Env = append(a.env, "TERM=xterm-256color")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = program, program, program
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := false
	defer func() {
		if !ended {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}
	}()
	_ = program.Close()
	_ = person.SetDeadline(time.Now().Add(60 * time.Second))
	var seen strings.Builder
	until := func(end string) (shown string) {
		t.Helper()
		buf := make([]byte, 1024)
		for !strings.HasSuffix(seen.String(), end) {
			n, err := person.Read(buf)
			if seen.Write(buf[:n]); err != nil && n == 0 {
				t.Fatalf("%v after %q, want %q", err, seen.String(), end)
			}
		}
		shown = seen.String()
		seen.Reset()
		return shown
	}
	types := func(keys string) {
		t.Helper()
		if _, err := io.WriteString(person, keys); err != nil {
			t.Fatal(err)
		}
	}
	until(prompt)
	types("echo $TERM; stty size\r")
	until("xterm-256color\r\n40 132\r\n" + prompt)
	// The client tells of another size only when the signal finds it waiting for
	// a key: another command gives it the time.
	size, want := "", "-"
	for cols := uint16(100); size != want; cols++ {
		resize(50, cols)
		a.run("", "-s", serial, "shell", "true")
		types("stty size\r")
		size, want = until("\r\n"+prompt), fmt.Sprintf("stty size\r\n50 %d\r\n%s", cols, prompt)
	}
	types("logcat -v raw >/dev/null\r")
	until(">/dev/null\r\n")
	types("\x03")
	until("^C\r\n130|" + prompt)
	types("exit 5\r")
	err := cmd.Wait()
	ended = true
	if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() != 5 {
		t.Errorf("the client ended with %v", err)
	}
}
