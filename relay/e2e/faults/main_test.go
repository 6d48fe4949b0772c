// Package faults kills, stops and cuts off the real programs and counts what
// is lost, doubled or run twice: nothing may be.
package faults

import (
	"os"
	"testing"

	"github.com/farbench/farbench/relay/e2e/lab"
)

var built lab.Programs // set by TestMain, read by tests

func TestMain(m *testing.M) { os.Exit(lab.Main(m, &built)) }
