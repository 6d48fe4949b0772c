package main

import (
	"context"
	"errors"
	"fmt"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/client"
)

type reserveCommand struct {
	Target string  `arg:"" name:"bench[/device]" help:"The device, or the whole bench."`
	For    span    `placeholder:"TIME" help:"For how long: 30m, 2h; at most a day. An hour where it is missing. Of what is yours already: from now on."`
	Wait   bool    `help:"Wait in the queue until it is yours."`
	Note   string  `help:"What for; others see it."`
	Take   *string `placeholder:"REASON" help:"Take it over from who holds it, who is told the reason."`
	JSON   bool    `help:"Print the API's document."`
}

func (c reserveCommand) Run(around *surroundings) error {
	switch {
	case c.Take != nil && strings.TrimSpace(*c.Take) == "":
		return &usageError{"--take is empty", "say why: whoever loses the place is told the reason"}
	case c.For != 0 && (time.Duration(c.For) < time.Minute || time.Duration(c.For) > day):
		return &usageError{"--for must be 1m to 24h", "farbench reserve " + c.Target + " --for 2h"}
	}
	return refusing(around, c.JSON, c.reserve(around))
}

func (c reserveCommand) reserve(around *surroundings) error {
	ctx, stop := signal.NotifyContext(around.ctx, syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	relay, bench, device, err := around.place(ctx, c.Target)
	if err != nil {
		return err
	}
	q := api.ReservationRequest{Device: device, Note: c.Note, Queue: &c.Wait}
	if c.For > 0 {
		s := int(time.Duration(c.For).Seconds())
		q.ForS = &s
	}
	verb := "reserve"
	if c.Take != nil {
		verb, q.Reason = "take", *c.Take
	}
	place, err := relay.Reserve(ctx, bench, verb, q)
	if err == nil && place.Granted && c.For > 0 {
		if place, err = relay.Reserve(ctx, bench, "extend", q); err != nil {
			return fmt.Errorf("extending %s: %w", c.Target, err)
		}
	}
	if err == nil && !place.Granted {
		place, err = c.wait(ctx, around, relay, bench, q, place)
	}
	if err != nil {
		return waitHint(fmt.Errorf("reserving %s: %w", c.Target, err))
	}
	if c.JSON {
		return printJSON(around.out, place)
	}
	fmt.Fprintf(around.out, "%s is yours until %s\n", c.Target, until(*place.Until))
	return nil
}

// wait asks again until the place is theirs; whoever gives up leaves the queue.
func (c reserveCommand) wait(ctx context.Context, around *surroundings, relay *client.Client, bench string, q api.ReservationRequest, place api.Reserved) (api.Reserved, error) {
	said := 0
	for !place.Granted {
		if place.Position != said && around.err.interactive {
			said = place.Position
			fmt.Fprintf(around.err, "waiting for %s, %s\n", c.Target, standing(place))
		}
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
			leaving, done := context.WithTimeout(around.ctx, 5*time.Second)
			defer done()
			if _, err := relay.Reserve(leaving, bench, "release", q); err != nil {
				return place, fmt.Errorf("leaving the queue: %w", err)
			}
			return place, exit(exitCancelled)
		}
		next, err := relay.Reserve(ctx, bench, "reserve", q)
		switch {
		case err == nil:
			place = next
		case ctx.Err() == nil && !client.MayHelp(err):
			return place, err
		}
	}
	return place, nil
}

func standing(place api.Reserved) string {
	words := fmt.Sprintf("number %d", place.Position)
	if place.Holder != nil {
		words += fmt.Sprintf("; %s holds it until %s", clean(place.Holder.Name), until(*place.Until))
	}
	return words
}

// waitHint says what a refused reservation can do on the command line.
func waitHint(err error) error {
	var fault *wire.Fault
	if errors.As(err, &fault) && fault.Code == wire.Reserved {
		fault.Hint = "--wait waits in the queue, --take REASON takes it over"
	}
	return err
}

type releaseCommand struct {
	Target string `arg:"" name:"bench[/device]" help:"The device, or the whole bench."`
	JSON   bool   `help:"Print the API's document."`
}

func (c releaseCommand) Run(around *surroundings) error {
	return refusing(around, c.JSON, c.release(around))
}

func (c releaseCommand) release(around *surroundings) error {
	relay, bench, device, err := around.place(around.ctx, c.Target)
	if err != nil {
		return err
	}
	had, err := around.had(relay, bench, device)
	if err != nil {
		return fmt.Errorf("releasing %s: %w", c.Target, err)
	}
	place, err := relay.Reserve(around.ctx, bench, "release", api.ReservationRequest{Device: device})
	if err != nil {
		return fmt.Errorf("releasing %s: %w", c.Target, err)
	}
	switch {
	case place.Holder != nil && !place.Granted && !had:
		return &wire.Fault{
			Code: wire.NotYours, Message: fmt.Sprintf("%s is not yours; %s holds it until %s", c.Target, place.Holder.Name, until(*place.Until)),
			Hint: "farbench queue " + bench + " lists who holds what and who waits",
		}
	case c.JSON:
		return printJSON(around.out, place)
	case place.Granted: // by the whole bench
		fmt.Fprintf(around.out, "%s is still yours, with the whole bench: farbench release %s\n", c.Target, bench)
	case place.Holder != nil:
		fmt.Fprintf(around.out, "%s is not yours any more; %s holds it until %s\n", c.Target, clean(place.Holder.Name), until(*place.Until))
	default:
		fmt.Fprintf(around.out, "%s is free\n", c.Target)
	}
	return nil
}

// place reads BENCH or BENCH/DEVICE; a device that the bench does not list now
// may still be reserved, so its name is taken as it is.
func (around *surroundings) place(ctx context.Context, target string) (relay *client.Client, bench, device string, err error) {
	if relay, err = around.relay(client.Config{}); err != nil {
		return nil, "", "", err
	}
	name, wanted, _ := strings.Cut(target, "/")
	if wanted == "" {
		return relay, name, "", nil
	}
	benches, err := relay.Benches(ctx)
	if err != nil {
		return nil, "", "", fmt.Errorf("looking for %s: %w", target, err)
	}
	if bench, device, err = resolve(benches.Benches, target); err != nil {
		if b, d, ok := unlisted(benches.Benches, target); ok {
			return relay, b, d, nil
		}
	}
	return relay, bench, device, err
}

// had says whether this person holds a place or stands in its queue. A place that
// neither the bench has nor anybody reserved is refused.
func (around *surroundings) had(relay *client.Client, bench, device string) (bool, error) {
	all, err := relay.Reservations(around.ctx)
	if err != nil {
		return false, err
	}
	me, err := relay.Me(around.ctx)
	if err != nil {
		return false, err
	}
	for _, doc := range all.Reservations {
		for _, p := range doc.Places {
			if doc.Bench == bench && p.Device == device {
				return p.Holder != nil && p.Holder.ID == me.ID || slices.ContainsFunc(p.Queue, func(w api.Waiting) bool { return w.Who.ID == me.ID }), nil
			}
		}
	}
	return false, around.listed(relay, bench, device)
}

// exists refuses a place that neither the bench has nor anybody reserved.
func (around *surroundings) exists(relay *client.Client, bench, device string) error {
	all, err := relay.Reservations(around.ctx)
	if err != nil {
		return err
	}
	for _, doc := range all.Reservations {
		if doc.Bench == bench && slices.ContainsFunc(doc.Places, func(p api.Place) bool { return p.Device == device }) {
			return nil
		}
	}
	return around.listed(relay, bench, device)
}

// listed refuses a place that the bench does not have now.
func (around *surroundings) listed(relay *client.Client, bench, device string) error {
	benches, err := relay.Benches(around.ctx)
	if err != nil {
		return err
	}
	if find(benches.Benches, bench) == nil {
		return noBench(benches.Benches, bench)
	}
	if device == "" {
		return nil
	}
	_, _, err = resolve(benches.Benches, bench+"/"+device)
	return err
}
