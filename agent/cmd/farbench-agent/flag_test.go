package main

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/alecthomas/kong"

	"github.com/farbench/farbench/agent/flag"
	"github.com/farbench/farbench/agent/journal"
	"github.com/farbench/farbench/agent/wire"
)

func flagSays(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var line commandLine
	var out bytes.Buffer
	parser, err := kong.New(&line, kong.Configuration(environmentFile), kong.Exit(func(int) { t.Error("exits") }), kong.BindTo(&out, (*io.Writer)(nil)))
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := parser.Parse(append([]string{"flag"}, args...))
	if err != nil {
		t.Fatal(err)
	}
	err = parsed.Run()
	return out.String(), err
}

// agentDir is an agent's data directory; no agent runs.
func agentDir(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "agent")
	release, err := journal.LockDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	release()
	return dir
}

func TestFlag_WantsAnAgentsDirectory(t *testing.T) {
	dir := agentDir(t)
	for wrong, want := range map[string]string{
		t.TempDir():       "is no agent's data directory: name the agent's own",
		filepath.Dir(dir): "give --data " + dir,
	} {
		for _, verb := range []string{"on", "off", "status"} {
			if out, err := flagSays(t, verb, "--data="+wrong); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("flag %s says %q, %v", verb, out, err)
			}
		}
		if f, err := flag.Read(wrong); f != nil || err != nil {
			t.Errorf("a flag is up in %s: %v, %v", wrong, f, err)
		}
	}
}

func TestFlagOn_WaitsForTheAgent(t *testing.T) {
	dir := agentDir(t)
	if out, err := flagSays(t, "on", "--data="+dir); err != nil || !strings.Contains(out, "on since") || !strings.Contains(out, "no agent runs with") {
		t.Fatalf("where no agent runs it says %q, %v", out, err)
	}
	release, err := journal.LockDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	if out, err := flagSays(t, "on", "--data="+dir, "--note=nobody-looks"); err == nil || !strings.Contains(err.Error(), "has not taken it over") {
		t.Fatalf("where the agent does not look it says %q, %v", out, err)
	}
	var seen atomic.Pointer[wire.Flag]
	watcher := flag.Watch(dir, func(f *wire.Flag) { seen.Store(f) }, slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- watcher.Run(ctx) }()
	out, err := flagSays(t, "on", "--data="+dir, "--note=Grace")
	if f := seen.Load(); err != nil || strings.Contains(out, "no agent") || f == nil || f.Note != "Grace" {
		t.Errorf("it says %q, %v, and the agent has seen %v", out, err, f)
	}
	cancel()
	<-done
}

func TestFlag_GoesUpAndDown(t *testing.T) {
	t.Setenv("FARBENCH_DATA", agentDir(t))
	for _, step := range []struct{ args, want string }{
		{"status", "off"},
		{"on --note=Grace-swaps-the-harness", "Grace-swaps-the-harness"},
		{"status", "on since"},
		{"on", "on since"},
		{"off", "off"},
		{"off", "off"},
		{"status", "off"},
	} {
		if out, err := flagSays(t, strings.Fields(step.args)...); err != nil || !strings.Contains(out, step.want) {
			t.Fatalf("flag %s says %q, %v", step.args, out, err)
		}
	}
}

func TestFlag_SaysWhatIsWrong(t *testing.T) {
	t.Setenv("FARBENCH_DATA", agentDir(t))
	for _, note := range []string{"two\nlines", "turned \u202eround", strings.Repeat("x", 201)} {
		if _, err := flagSays(t, "on", "--note="+note); err == nil || !strings.Contains(err.Error(), "one line of at most 200") {
			t.Errorf("note %q: %v", note, err)
		}
	}
	t.Setenv("FARBENCH_DATA", filepath.Join(t.TempDir(), "nowhere"))
	if _, err := flagSays(t, "on"); err == nil || !strings.Contains(err.Error(), "no agent has run") {
		t.Error(err)
	}
}
