package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/checks"
	"github.com/farbench/farbench/relay/client"
)

// choose finds the device and the checks.
func (c checkCommand) choose(ctx context.Context, relay *client.Client) (bench, device string, chosen []api.Check, err error) {
	benches, err := relay.Benches(ctx)
	if err != nil {
		return "", "", nil, fmt.Errorf("looking for %s: %w", c.Target, err)
	}
	if bench, device, err = resolve(benches.Benches, c.Target); err != nil {
		return "", "", nil, err
	}
	doc, err := relay.Checks(ctx)
	if err != nil {
		return "", "", nil, fmt.Errorf("reading the checks: %w", err)
	}
	if c.All {
		model := ""
		for _, d := range find(benches.Benches, bench).Devices {
			if d.ID == device {
				model = d.Model
			}
		}
		for _, check := range doc.Checks {
			if model == "" || checks.Fits(check, model) {
				chosen = append(chosen, check)
			}
		}
		if chosen == nil {
			return "", "", nil, &usageError{fmt.Sprintf("no check is meant for a %q", clean(model)), "farbench checks lists them"}
		}
		return bench, device, chosen, nil
	}
	for _, name := range c.Names {
		check, err := named(doc.Checks, name)
		if err != nil {
			return "", "", nil, err
		}
		chosen = append(chosen, check)
	}
	return bench, device, chosen, nil
}

// named finds a check by its id, else by its label, without case.
func named(all []api.Check, name string) (api.Check, error) {
	var byLabel []api.Check
	var ids []string
	for _, check := range all {
		if check.ID == name {
			return check, nil
		}
		if strings.EqualFold(check.Label, name) {
			byLabel = append(byLabel, check)
		}
		ids = append(ids, check.ID)
	}
	switch {
	case len(byLabel) == 1:
		return byLabel[0], nil
	case len(byLabel) > 1:
		return api.Check{}, &usageError{fmt.Sprintf("%d checks are labelled %q", len(byLabel), name), "name one by its id: farbench checks lists them"}
	case len(ids) == 0:
		return api.Check{}, &usageError{"the lab has no checks", "add some in the dashboard, at /checks"}
	}
	return api.Check{}, &usageError{fmt.Sprintf("there is no check %q", name), "there is " + strings.Join(ids, ", ")}
}
