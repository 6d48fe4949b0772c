package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/client"
)

type searchCommand struct {
	Text   []string `arg:"" help:"The text, upper and lower case alike."`
	Bench  string   `placeholder:"BENCH" help:"In the runs of this bench alone."`
	Detach bool     `help:"Print the job's id and leave it to the relay: farbench jobs ID shows what it found."`
	JSON   bool     `help:"Print the job's document, its result in it."`
}

// Help says what Ctrl-C does.
func (searchCommand) Help() string {
	return "A relay does it as a job, which others see too. Ctrl-C cancels it; pressed again it leaves at once."
}

// patienceOfSearch is how long a relay may be away before the search is left to
// it: the job may go on.
const patienceOfSearch = time.Minute

// Run looks for a text in the lines of stored runs.
func (c searchCommand) Run(around *surroundings) error {
	return refusing(around, c.JSON, c.search(around))
}

func (c searchCommand) search(around *surroundings) error {
	ctx, stop := signal.NotifyContext(around.ctx, syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	relay, err := around.relay(client.Config{})
	if err != nil {
		return err
	}
	d, err := json.Marshal(api.SearchRequest{Text: strings.Join(c.Text, " "), Bench: c.Bench})
	if err != nil {
		return err
	}
	q := api.JobRequest{ID: wire.NewID("j"), Kind: "search", D: d}
	if err := again(ctx, func() error { _, err := relay.StartJob(ctx, q); return err }); err != nil {
		if ctx.Err() != nil {
			return c.cancel(around, relay, q.ID, stop)
		}
		return fmt.Errorf("searching: %w", err)
	}
	if c.Detach {
		if c.JSON {
			return printJSON(around.out, api.JobID{ID: q.ID})
		}
		_, err := fmt.Fprintln(around.out, q.ID)
		return err
	}
	job, err := c.follow(ctx, around, relay, q.ID)
	switch {
	case ctx.Err() != nil:
		return c.cancel(around, relay, q.ID, stop)
	case err != nil:
		return fmt.Errorf("%w\n  the search may go on: farbench jobs %s shows it", err, q.ID)
	case c.JSON:
		if err := printJSON(around.out, job); err != nil || job.State == api.JobDone {
			return err
		}
		return exit(1)
	case job.State != api.JobDone:
		return fmt.Errorf("searching: %w", jobFault(job))
	}
	return printFound(around, job)
}

// follow waits for the job's end and tells a person how far it is.
func (c searchCommand) follow(ctx context.Context, around *surroundings, relay *client.Client, id string) (api.Job, error) {
	line := false
	defer func() {
		if line {
			io.WriteString(around.err, "\r\x1b[K")
		}
	}()
	heard := time.Now()
	for every := 20 * time.Millisecond; ; every = min(2*every, 500*time.Millisecond) {
		job, err := relay.Job(ctx, id)
		switch {
		case err == nil && job.State != api.JobRunning:
			return job, nil
		case err == nil:
			heard = time.Now()
			if around.err.interactive && job.Of > 0 {
				line = true
				fmt.Fprintf(around.err, "\rlooked through %d of %d runs\x1b[K", job.Done, job.Of)
			}
		case !client.MayHelp(err), time.Since(heard) > patienceOfSearch:
			return job, fmt.Errorf("looking how far it is: %w", err)
		}
		select {
		case <-time.After(every):
		case <-ctx.Done():
			return job, ctx.Err()
		}
	}
}

// cancel ends the job of who pressed Ctrl-C; a second one ends this process.
func (c searchCommand) cancel(around *surroundings, relay *client.Client, id string, stop func()) error {
	stop()
	leaving, done := context.WithTimeout(around.ctx, 10*time.Second)
	defer done()
	var job api.Job
	err := again(leaving, func() (err error) { job, err = relay.CancelJob(leaving, id); return err })
	switch {
	case err != nil:
		fmt.Fprintf(around.err, "farbench: the search may go on: %s\n  farbench jobs --cancel %s ends it\n", clean(err.Error()), id)
	case c.JSON:
		if err := printJSON(around.out, job); err != nil {
			return err
		}
	case around.err.interactive:
		fmt.Fprintln(around.err, "the search was cancelled")
	}
	return exit(exitCancelled)
}

// printFound lists what a search found.
func printFound(around *surroundings, job api.Job) error {
	var found api.SearchResult
	if err := json.Unmarshal(job.Result, &found); err != nil {
		return fmt.Errorf("reading what job %s found: %w", job.ID, err)
	}
	rows := make([][]string, 0, len(found.Hits))
	for _, hit := range found.Hits {
		rows = append(rows, []string{hit.Run, placeName(hit.Bench, hit.Device), fmt.Sprint(hit.N), clean(hit.Text)})
	}
	table(around.out, "", rows, nil)
	words := fmt.Sprintf("%d lines in %d runs", len(found.Hits), found.Runs)
	if found.More {
		words += "; there may be more: narrow it down"
	}
	if found.Bad > 0 {
		words += fmt.Sprintf("; %d runs could not be read", found.Bad)
	}
	if around.err.interactive || len(found.Hits) == 0 || found.More || found.Bad > 0 {
		fmt.Fprintln(around.err, words)
	}
	return nil
}

// again asks until it is answered, some times: what is asked bears an id, so
// that it takes effect once.
func again(ctx context.Context, ask func() error) error {
	for pause := 250 * time.Millisecond; ; pause *= 2 {
		err := ask()
		if err == nil || pause > 2*time.Second || ctx.Err() != nil || !client.MayHelp(err) {
			return err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return err
		}
	}
}
