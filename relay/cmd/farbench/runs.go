package main

import (
	"fmt"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/client"
)

type runsCommand struct {
	Bench   string `placeholder:"BENCH" help:"Only of this bench."`
	Device  string `placeholder:"DEVICE" help:"Only of this device."`
	State   string `placeholder:"STATE" help:"claimed, accepted, running, unknown or ended."`
	Outcome string `placeholder:"OUTCOME" help:"exited, timed_out, cancelled, lost, refused or unknown."`
	Since   span   `placeholder:"DURATION" help:"Only those made in this last time: 90m, 2h, 1d, 2w."`
	Until   span   `placeholder:"DURATION" help:"Only those made before this last time: --since 2d --until 1d is the day before."`
	Text    string `placeholder:"TEXT" help:"Only those with this in their command, check or id."`
	By      string `placeholder:"NAME" help:"Only those that this person started."`
	Check   string `placeholder:"ID" help:"Only those that this check started."`
	Limit   int    `default:"30" help:"How many."`
	Cursor  string `placeholder:"CURSOR" help:"Go on where a list ended."`
	JSON    bool   `help:"Print the API's document."`
}

func (c runsCommand) Run(around *surroundings) error {
	relay, err := around.relay(client.Config{})
	if err != nil {
		return err
	}
	query := client.Query{
		Bench: c.Bench, Device: c.Device, State: c.State, Outcome: c.Outcome, Limit: c.Limit, Cursor: c.Cursor,
		Text: c.Text, By: c.By, Check: c.Check, Since: c.Since.ago(), Until: c.Until.ago(),
	}
	runs, err := relay.Runs(around.ctx, query)
	if err != nil {
		return fmt.Errorf("listing runs: %w", err)
	}
	if c.JSON {
		return printJSON(around.out, runs)
	}
	rows := make([][]string, 0, len(runs.Runs))
	for _, run := range runs.Runs {
		rows = append(rows, []string{run.ID, run.Bench + "/" + run.Device, stand(run), ago(run.CreatedAt), duration(run), cut(clean(title(run)), around.out.columns/2)})
	}
	table(around.out, "", rows, func(row, column int) string {
		if column != 2 {
			return ""
		}
		return standColour(runs.Runs[row])
	})
	if runs.Next != "" {
		fmt.Fprintf(around.err, "more with --cursor %s\n", runs.Next)
	}
	return nil
}

// title is what a list shows of a run: of a check its label.
func title(run api.Run) string {
	if run.Check != nil {
		return run.Check.Label + ": " + run.Command
	}
	return run.Command
}

// stand is where a run stands, in a word or two.
func stand(run api.Run) string {
	switch {
	case run.State != wire.Ended:
		return string(run.State)
	case run.Outcome == wire.Exited && run.ExitCode != nil:
		return fmt.Sprintf("exit %d", *run.ExitCode)
	}
	return words(run.Outcome)
}

func standColour(run api.Run) string {
	switch {
	case run.State == wire.Unknown:
		return yellow
	case run.State != wire.Ended:
		return cyan
	case run.Outcome == wire.Exited && run.ExitCode != nil && *run.ExitCode == 0:
		return green
	case run.Outcome == wire.Cancelled:
		return dim
	}
	return red
}

func duration(run api.Run) string {
	if run.StartedAt == nil {
		return "-"
	}
	end := time.Now()
	if run.EndedAt != nil {
		end = *run.EndedAt
	}
	d := end.Sub(*run.StartedAt)
	if d < time.Second {
		return d.Round(time.Millisecond).String()
	}
	return d.Round(100 * time.Millisecond).String()
}

func cut(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}
