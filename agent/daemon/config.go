package daemon

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/farbench/farbench/agent/adbsim"
	"github.com/farbench/farbench/agent/wire"
)

// check lists every mistake of the configuration.
func (c Config) check() error {
	var wrong []error
	if c.Bench == "" {
		wrong = append(wrong, errors.New("no bench is given"))
	}
	if c.Data == "" {
		wrong = append(wrong, errors.New("no data directory is given"))
	}
	if c.NATS.URL == "" {
		wrong = append(wrong, errors.New("no NATS URL is given"))
	}
	return errors.Join(append(wrong, c.CheckGiven())...)
}

// CheckGiven lists the mistakes in what is given, for callers that say in
// their own words what is missing.
func (c Config) CheckGiven() error {
	var wrong []error
	if c.Bench != "" && !wire.ValidID(c.Bench) {
		wrong = append(wrong, fmt.Errorf("bench %q: an id is 1 to 32 of a-z, 0-9 and -", c.Bench))
	}
	labels := tidy(c.Labels)
	for _, label := range labels {
		if !wire.ValidLabel(label) {
			wrong = append(wrong, fmt.Errorf("label %q: a label is 1 to 32 of a-z, 0-9, space and . _ -, and begins with a letter or digit", label))
		}
	}
	if len(labels) > wire.MaxLabels {
		wrong = append(wrong, fmt.Errorf("%d labels: a bench has at most %d", len(labels), wire.MaxLabels))
	}
	if err := CheckADB(c.ADB); err != nil {
		wrong = append(wrong, err)
	}
	if c.SimDevices < 0 || c.SimDevices > MaxSimDevices {
		wrong = append(wrong, fmt.Errorf("%d simulated devices: give 1 to %d", c.SimDevices, MaxSimDevices))
	}
	if c.NATS.URL != "" {
		wrong = append(wrong, c.NATS.Check())
	}
	return errors.Join(wrong...)
}

// MaxSimDevices is the most simulated devices that a bench is asked for.
const MaxSimDevices = adbsim.MaxDevices

// simulated labels a bench whose devices are none.
const simulated = "simulated"

// tidy takes labels as they were written: spaces around them and what stands
// there twice mean nothing.
func tidy(labels []string) []string {
	var kept []string
	for _, label := range labels {
		if label = strings.TrimSpace(label); label != "" && !slices.Contains(kept, label) {
			kept = append(kept, label)
		}
	}
	return kept
}
