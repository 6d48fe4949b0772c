// Package faults kills, stops and cuts off the real programs and counts what
// is lost, doubled or run twice: nothing may be.
package faults

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/farbench/farbench/relay/e2e/lab"
)

var built lab.Programs // set by TestMain, read by tests

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "farbench-faults")
	if err == nil {
		built, err = lab.Build(context.Background(), dir, raceEnabled)
	}
	code := 1
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	} else {
		code = m.Run()
	}
	os.RemoveAll(dir)
	os.Exit(code)
}
