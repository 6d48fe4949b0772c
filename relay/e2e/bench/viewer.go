package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

// figure is a row as the dashboard's own programs print it with --json.
type figure struct {
	Name   string  `json:"name"`
	Unit   string  `json:"unit"`
	Value  float64 `json:"value"`
	Bar    float64 `json:"bar"`
	AtMost bool    `json:"atMost"`
	Gate   bool    `json:"gate"`
}

// viewer floods the built dashboard in Chromium: frames, keys, memory and
// search, and the plain way of showing a log in the same run.
func viewer(ctx context.Context, t *table) error { return t.dashboard(ctx, "bench/log.mjs") }

// size is what a browser loads before anything is shown, and on each page.
func size(ctx context.Context, t *table) error { return t.dashboard(ctx, "scripts/size.mjs") }

// dashboard adds what a program of the folder ui has measured.
func (t *table) dashboard(ctx context.Context, program string) error {
	_, here, _, _ := runtime.Caller(0)
	cmd := exec.CommandContext(ctx, "node", program, "--json")
	cmd.Dir = filepath.Join(filepath.Dir(here), "..", "..", "..", "ui")
	cmd.Stderr = os.Stderr
	var out bytes.Buffer
	cmd.Stdout = &out
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s (make ui first; node and Chromium are needed): %w", program, err)
	}
	var figures []figure
	if err := json.Unmarshal(out.Bytes(), &figures); err != nil {
		return fmt.Errorf("reading what %s measured: %w", program, err)
	}
	for _, f := range figures {
		r := t.row(f.Name, f.Unit)
		r.bar, r.atMost, r.gate = f.Bar, f.AtMost, f.Gate
		r.add(f.Value)
	}
	return nil
}
