package main

import (
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/farbench/farbench/relay/api"
)

func TestAbsence_IsToldOnceAndItsEndToo(t *testing.T) {
	var a absence
	began := time.Now()
	for _, step := range []struct {
		at   time.Duration
		link string
		says string
	}{
		{0, "up", ""},
		{5 * time.Second, "down since 2026-11-21T08:00:00Z", ""},
		{15 * time.Second, "down since 2026-11-21T08:00:00Z", ""},
		{20 * time.Second, "down since \x1b[2J", "bench b1 is away (down since  [2J)"},
		{25 * time.Second, "down", ""},
		{30 * time.Second, "up", "bench b1 is back"},
		{35 * time.Second, "up", ""},
		{40 * time.Second, "down", ""},
		{45 * time.Second, "", ""}, // the run has ended
	} {
		if got := a.hear(api.Run{Bench: "b1", Link: step.link}, began.Add(step.at)); !strings.HasPrefix(got, step.says) || step.says == "" && got != "" {
			t.Errorf("after %s: %q, want %q", step.at, got, step.says)
		}
	}
}

// A device that never ends the command keeps no service manager waiting.
func TestExec_OneTerminationCancelsAndLeaves(t *testing.T) {
	t.Parallel()
	s := &script{answers: []string{line(1, "out", "going", false)}, held: true}
	asked := make(chan struct{}, 8)
	front := before(t, s.serve(t), func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, "/cancel") {
			return false
		}
		asked <- struct{}{}
		w.WriteHeader(http.StatusAccepted)
		return true
	})
	cmd := farbench(t, front, "exec", "single", "--", "sleep 600")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := out.Read(make([]byte, 64)); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	<-asked
	_ = cmd.Wait()
	if took := time.Since(began); took > 10*time.Second || cmd.ProcessState.ExitCode() != exitCancelled {
		t.Errorf("left after %s with %d", took, cmd.ProcessState.ExitCode())
	}
}

func TestSpan(t *testing.T) {
	for text, want := range map[string]time.Duration{"90m": 90 * time.Minute, "1d": day, "1.5d": 36 * time.Hour, "2w": 14 * day, "2h30m": 150 * time.Minute, "0d": 0, "-1d": 0, "d": 0, "1y": 0, "": 0, "NaNd": 0} {
		var s span
		if err := s.UnmarshalText([]byte(text)); (err == nil) != (want > 0) || time.Duration(s) != want {
			t.Errorf("%q is %s, %v", text, time.Duration(s), err)
		}
	}
}
