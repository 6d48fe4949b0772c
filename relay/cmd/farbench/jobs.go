package main

import (
	"fmt"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/client"
)

type jobsCommand struct {
	ID     string `arg:"" optional:"" help:"One of them, with what came of it."`
	Cancel string `placeholder:"ID" help:"End this one, whoever began it; others see that it was you."`
	JSON   bool   `help:"Print the API's document."`
}

// Run lists the relays' long work, shows one job, or ends one.
func (c jobsCommand) Run(around *surroundings) error {
	if c.ID != "" && c.Cancel != "" {
		return &usageError{"a job to show and one to cancel", "farbench jobs --cancel ID ends one"}
	}
	return refusing(around, c.JSON, c.do(around))
}

func (c jobsCommand) do(around *surroundings) error {
	relay, err := around.relay(client.Config{})
	if err != nil {
		return err
	}
	switch {
	case c.Cancel != "":
		return c.cancel(around, relay)
	case c.ID != "":
		job, err := relay.Job(around.ctx, c.ID)
		if err != nil {
			return fmt.Errorf("looking for job %s: %w", clean(c.ID), err)
		}
		if c.JSON {
			return printJSON(around.out, job)
		}
		if job.State == api.JobDone {
			return printFound(around, job)
		}
		printJobs(around.out, []api.Job{job})
		return nil
	}
	all, err := relay.Jobs(around.ctx)
	if err != nil {
		return fmt.Errorf("listing jobs: %w", err)
	}
	if c.JSON {
		return printJSON(around.out, all)
	}
	if len(all.Jobs) == 0 {
		fmt.Fprintln(around.out, "there are no jobs; farbench search TEXT begins one")
	}
	printJobs(around.out, all.Jobs)
	return nil
}

func (c jobsCommand) cancel(around *surroundings, relay *client.Client) error {
	job, err := relay.CancelJob(around.ctx, c.Cancel)
	switch {
	case err != nil:
		return fmt.Errorf("cancelling job %s: %w", clean(c.Cancel), err)
	case c.JSON:
		return printJSON(around.out, job)
	}
	fmt.Fprintf(around.out, "job %s: %s\n", job.ID, standOf(job))
	return nil
}

func printJobs(out *terminal, jobs []api.Job) {
	rows := make([][]string, 0, len(jobs))
	for _, j := range jobs {
		rows = append(rows, []string{j.ID, standOf(j), clean(j.By.Name), short(time.Since(j.StartedAt)) + " ago", clean(j.Title)})
	}
	table(out, "", rows, func(row, column int) string {
		if column != 1 {
			return ""
		}
		return map[api.JobState]string{api.JobDone: green, api.JobRunning: cyan, api.JobFailed: red, api.JobLost: red, api.JobCancelled: yellow}[jobs[row].State]
	})
}

// standOf says where a job stands.
func standOf(j api.Job) string {
	switch {
	case j.State == api.JobRunning && j.Of > 0:
		return fmt.Sprintf("running, %d of %d", j.Done, j.Of)
	case j.State == api.JobCancelled && j.EndedBy != nil:
		return "cancelled by " + clean(j.EndedBy.Name)
	case j.Fault != nil:
		return string(j.State) + ": " + clean(j.Fault.Message)
	}
	return string(j.State)
}

// jobFault is why a job brought nothing.
func jobFault(j api.Job) error {
	switch {
	case j.Fault != nil:
		return j.Fault
	case j.State == api.JobCancelled:
		return &wire.Fault{Code: wire.Cancelling, Message: "it was " + standOf(j), Hint: "start it again"}
	}
	return &wire.Fault{Code: wire.Internal, Message: "it ended as " + string(j.State), Hint: "start it again"}
}
