package main

import (
	"fmt"
	"strings"

	"github.com/farbench/farbench/relay/checks"
	"github.com/farbench/farbench/relay/client"
)

type checksCommand struct {
	JSON bool `help:"Print the API's document."`
}

func (c checksCommand) Run(around *surroundings) error {
	relay, err := around.relay(client.Config{})
	if err != nil {
		return err
	}
	doc, err := relay.Checks(around.ctx)
	if err != nil {
		return fmt.Errorf("reading the checks: %w", err)
	}
	if c.JSON {
		return printJSON(around.out, doc)
	}
	if len(doc.Checks) == 0 {
		fmt.Fprintln(around.out, "the lab has no checks: add some in the dashboard, at /checks")
	}
	rows := make([][]string, 0, len(doc.Checks))
	for _, check := range doc.Checks {
		models := "all models"
		if len(check.Models) > 0 {
			models = strings.Join(check.Models, ", ")
		}
		rows = append(rows, []string{check.ID, clean(check.Label), "expects " + clean(checks.Expected(*checks.Copy(check))), clean(models), cut(clean(check.Command), around.out.columns/2)})
	}
	table(around.out, "", rows, nil)
	return nil
}
