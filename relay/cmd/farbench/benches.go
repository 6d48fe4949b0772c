package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/client"
)

type benchesCommand struct {
	JSON bool `help:"Print the API's document."`
}

func (c benchesCommand) Run(around *surroundings) error {
	return refusing(around, c.JSON, c.list(around))
}

func (c benchesCommand) list(around *surroundings) error {
	relay, err := around.relay(client.Config{})
	if err != nil {
		return err
	}
	benches, err := relay.Benches(around.ctx)
	if err != nil {
		return fmt.Errorf("listing benches: %w", err)
	}
	if c.JSON {
		return printJSON(around.out, benches)
	}
	if len(benches.Benches) == 0 {
		fmt.Fprintln(around.out, "no bench has ever connected: start an agent")
	}
	for _, bench := range benches.Benches {
		printBench(around.out, bench)
	}
	return nil
}

func printBench(out *terminal, bench api.Bench) {
	state := out.paint(green, string(bench.State))
	if bench.State != api.Online {
		state = out.paint(red, string(bench.State)) + ", last seen " + ago(bench.SeenAt)
	}
	fmt.Fprintf(out, "%s  %s", bench.ID, state)
	if bench.Name != "" && bench.Name != bench.ID {
		fmt.Fprintf(out, "  %s", clean(bench.Name))
	}
	if len(bench.Labels) > 0 {
		fmt.Fprintf(out, "  %s", out.paint(dim, clean(strings.Join(bench.Labels, ", "))))
	}
	if bench.RTTMS != nil {
		fmt.Fprintf(out, "  %s", out.paint(dim, fmt.Sprintf("%.3g ms", *bench.RTTMS)))
	}
	fmt.Fprintln(out)
	if bench.Reason != "" {
		fmt.Fprintf(out, "  %s\n", out.paint(yellow, clean(bench.Reason)))
	}
	if bench.Flag != nil {
		fmt.Fprintf(out, "  %s\n", out.paint(yellow, strings.TrimSuffix("somebody is here: "+clean(bench.Flag.Note), ": ")))
	}
	rows := make([][]string, 0, len(bench.Devices))
	for _, device := range bench.Devices {
		rows = append(rows, []string{bench.ID + "/" + device.ID, clean(device.Serial), string(device.State), clean(device.Model)})
	}
	table(out, "  ", rows, func(row, column int) string {
		switch {
		case column != 2:
			return ""
		case bench.State != api.Online:
			return dim
		case bench.Devices[row].State == wire.DeviceReady:
			return green
		}
		return yellow
	})
	for _, device := range bench.Devices {
		if device.Reason != "" {
			fmt.Fprintf(out, "  %s: %s; %s\n", device.ID, clean(device.Reason), clean(device.Hint))
		}
	}
}

func printJSON(out io.Writer, document any) error {
	text, err := json.Marshal(document)
	if err != nil {
		return err
	}
	_, err = out.Write(append(text, '\n'))
	return err
}

// ago tells a moment as people do.
func ago(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	d := time.Since(t)
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s ago", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min ago", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h ago", int(d.Hours()))
	}
	return t.Local().Format("2006-01-02 15:04")
}
