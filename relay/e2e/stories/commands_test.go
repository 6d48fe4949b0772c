package stories

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/farbench/farbench/agent/adbsim/packages"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/client"
)

const patience = 20 * time.Second

// local is a farbench-local that runs.
type local struct {
	url, link string
	cmd       *exec.Cmd
	drained   chan struct{} // closed when its stdout has ended
}

// runLocal starts one and waits until it says that it is ready.
func runLocal(env []string, stderr io.Writer, args ...string) (*local, error) {
	l := &local{cmd: exec.Command(built.Path("farbench-local"), args...), drained: make(chan struct{})}
	l.cmd.Env, l.cmd.Stderr = env, stderr
	stdout, err := l.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := l.cmd.Start(); err != nil {
		return nil, err
	}
	late := time.AfterFunc(patience, func() { _ = l.cmd.Process.Kill() })
	defer late.Stop()
	lines := bufio.NewScanner(stdout)
	for lines.Scan() && l.link == "" {
		if url, ok := strings.CutPrefix(lines.Text(), "ready "); ok {
			l.url = url
		}
		if link, ok := strings.CutPrefix(lines.Text(), "open "); ok {
			l.link = link
			break
		}
	}
	go func() {
		defer close(l.drained)
		_, _ = io.Copy(io.Discard, stdout)
	}()
	if l.link == "" {
		return nil, errors.Join(errors.New("farbench-local did not become ready"), l.stop())
	}
	return l, nil
}

// stop ends it as Ctrl-C does; its exit code has to be 0.
func (l *local) stop() error {
	_ = l.cmd.Process.Signal(syscall.SIGTERM)
	late := time.AfterFunc(patience, func() { _ = l.cmd.Process.Kill() })
	defer late.Stop()
	<-l.drained
	if err := l.cmd.Wait(); err != nil {
		return fmt.Errorf("farbench-local: %w", err)
	}
	return nil
}

// local [ARGS]: local mode on a free port, with its data in $WORK/data and
// simulated devices unless ARGS say otherwise, until the script ends.
func startLocal(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("use: local [ARGS]")
	}
	args = append([]string{"--listen=127.0.0.1:0", "--data=" + ts.MkAbs("data"), "--adb=sim"}, args...)
	var log strings.Builder // read once the process has ended
	l, err := runLocal(environ(ts), &log, args...)
	if err != nil {
		ts.Fatalf("%v\n%s", err, log.String())
	}
	ts.Setenv("URL", l.url)
	ts.Defer(func() {
		if err := l.stop(); err != nil {
			ts.Logf("%v\n%s", err, log.String())
			panic("local mode did not stop cleanly")
		}
	})
}

// checks FILE: saves the lab's checks, as the dashboard does.
func saveChecks(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("use: checks FILE")
	}
	relay, err := client.New(client.Config{URL: ts.Getenv("URL"), Token: strings.TrimSpace(ts.ReadFile("data/token"))})
	ts.Check(err)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	now, err := relay.Checks(ctx)
	ts.Check(err)
	var doc api.Checks
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &doc))
	doc.Revision = now.Revision
	_, err = relay.SaveChecks(ctx, doc)
	ts.Check(err)
}

// apk FILE PACKAGE VERSION [SPLIT]: an APK that the simulation installs.
func buildAPK(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 || len(args) > 4 {
		ts.Fatalf("use: apk FILE PACKAGE VERSION [SPLIT]")
	}
	version, err := strconv.ParseInt(args[2], 10, 64)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), packages.Build(args[1], strings.Join(args[3:], ""), version, "1."+args[2]), 0o600))
}

func environ(ts *testscript.TestScript) []string {
	return []string{"PATH=" + ts.Getenv("PATH"), "HOME=" + ts.Getenv("HOME"), "XDG_STATE_HOME=" + ts.Getenv("XDG_STATE_HOME")}
}

// code N COMMAND…: runs it and wants this exit code.
func expectCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("use: code N COMMAND…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	err = ts.Exec(args[1], args[2:]...)
	var ended *exec.ExitError
	switch {
	case errors.As(err, &ended):
		got = ended.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}
