package main

import (
	"bytes"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
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

func TestFlag_GoesUpAndDown(t *testing.T) {
	t.Setenv("FARBENCH_DATA", t.TempDir())
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
	t.Setenv("FARBENCH_DATA", t.TempDir())
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
