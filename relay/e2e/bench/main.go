// Command bench measures Farbench's promises of speed with its own programs as
// processes on this machine and prints them as a table: what the chain adds to
// direct adb, how many durable lines a second it carries, how soon a relay
// answers. All rows of one round are taken in turn, so that a neighbour's load
// falls on all of them; the table shows medians of the rounds.
//
// What a tester sees comes last: the dashboard in a browser, and what it weighs.
//
// It knows no bar by heart but those of the design, and says which are met. A
// gate, which is a ratio within one run, ends the program with 1.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"text/tabwriter"

	"github.com/farbench/farbench/agent/heap"
)

func main() {
	if len(os.Args) == 2 && os.Args[1] == fanServerWord {
		if err := serveFan(context.Background()); err != nil {
			fmt.Fprintln(os.Stderr, "fan server:", err)
			os.Exit(1)
		}
		return
	}
	rounds := flag.Int("rounds", 5, "how many interleaved rounds")
	commands := flag.Int("commands", 200, "commands in a row, each round")
	lines := flag.Int("lines", 2_000_000, "lines of 130 B in a flood")
	only := flag.String("only", "", "one part: command, flood, start, fan, rooms, idle, viewer, size, talk or transfer")
	viewers := flag.String("viewers", "1,20", "how many watch a flood")
	deliveries := flag.Int("deliveries", 1_000_000, "messages that all subscribers of a fan-out get in all")
	idle := flag.Int("idle", 10_000, "idle sockets")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	defer heap.Give(heap.Usual)() // as our programs do
	table, err := measure(ctx, options{*rounds, *commands, *lines, *deliveries, *idle, *only, *viewers})
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	if table.print() > 0 {
		fmt.Fprintln(os.Stderr, "bench: a gate is not met")
		os.Exit(1)
	}
}

// row is a line of the table: a figure a round, and what it should be.
type row struct {
	name   string
	unit   string
	values []float64
	// bar is the design's word on the median; 0: a figure without one.
	bar    float64
	atMost bool // the bar is a ceiling, not a floor
	gate   bool // a ratio within one run, which holds on a busy machine too
}

type table []*row

func (t *table) row(name, unit string) *row {
	for _, r := range *t {
		if r.name == name {
			return r
		}
	}
	r := &row{name: name, unit: unit}
	*t = append(*t, r)
	return r
}

func (r *row) add(v float64)            { r.values = append(r.values, v) }
func (r *row) ceiling(bar float64) *row { r.bar, r.atMost = bar, true; return r }
func (r *row) floor(bar float64) *row   { r.bar, r.atMost = bar, false; return r }

// print says how many gates are not met.
func (t table) print() int {
	missed := 0
	w := tabwriter.NewWriter(os.Stdout, 2, 0, 2, ' ', 0)
	fmt.Fprintln(w, "what\tmin\tmedian\tmax\tunit\tbar\t")
	for _, r := range t {
		if len(r.values) == 0 {
			continue
		}
		v := slices.Sorted(slices.Values(r.values))
		mid := median(v)
		verdict := ""
		if r.bar != 0 {
			sign, met, mark := "≥", mid >= r.bar, "✓"
			if r.atMost {
				sign, met = "≤", mid <= r.bar
			}
			if !met {
				mark = "✗"
			}
			if !met && r.gate {
				missed++
			}
			verdict = fmt.Sprintf("%s %g %s", sign, r.bar, mark)
		}
		fmt.Fprintf(w, "%s\t%.4g\t%.4g\t%.4g\t%s\t%s\t\n", r.name, v[0], mid, v[len(v)-1], r.unit, verdict)
	}
	w.Flush()
	return missed
}

func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	if len(v) == 0 {
		return 0
	}
	return v[len(v)/2]
}
