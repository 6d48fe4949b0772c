package runs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/farbench/farbench/agent/danger"
	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/benches"
	"github.com/farbench/farbench/relay/bridge"
)

// answerWithin bounds how long a start waits for the agent's answer; after it
// the run is given back as it stands.
const answerWithin = 2 * time.Second

// Start claims and starts a run. first says that this call claimed the id; a
// repeated id gives the run as it stands, or id_conflict for another bench,
// device, command or check. bench_offline leaves no claim behind.
func (r *Runs) Start(ctx context.Context, q api.RunRequest, by api.User) (run api.Run, first bool, err error) {
	received := time.Now()
	timeoutS, ttlMS, err := validate(q)
	if err != nil {
		return api.Run{}, false, err
	}
	claim := wire.Claim{
		Run: q.ID, Bench: q.Bench, Device: q.Device, Command: q.Command, Hash: wire.CommandHash(q.Command),
		TimeoutS: timeoutS, TTLMS: ttlMS, By: by.Name, ByID: by.ID, Created: r.cfg.Wall().UTC(),
	}
	if q.Act != nil {
		claim.Act, claim.Command, claim.Hash = q.Act, q.Act.Command(), wire.ActHash(q.Act)
	}
	if q.Check != "" {
		claim.Check = &wire.RunCheck{ID: q.Check}
	}
	start := func() (api.Run, bool, error) {
		if err := r.byCheck(ctx, &claim, q); err != nil {
			return api.Run{}, false, err
		}
		return r.launch(ctx, claim, q.Confirmed, received)
	}
	if claim.Run == "" {
		claim.Run = wire.NewID("r")
		return start()
	}
	// A known id comes before everything else: asking again is the way to learn
	// what became of it, also when the bench has gone since. For an id that the
	// index does not hold, the claim itself finds out, one trip sooner.
	if _, known := r.Peek(claim.Run); known {
		if run, err := r.same(ctx, claim); code(err) != wire.NotFound {
			return run, false, err
		}
	}
	run, first, refused := start()
	if refused == nil || code(refused) == wire.IDConflict {
		return run, first, refused
	}
	if run, err := r.same(ctx, claim); code(err) != wire.NotFound {
		return run, false, err
	}
	return api.Run{}, false, refused
}

// launch claims a run and sends it.
func (r *Runs) launch(ctx context.Context, claim wire.Claim, confirmed bool, received time.Time) (run api.Run, first bool, err error) {
	if err := r.cfg.Bridge.Ready(); err != nil {
		return api.Run{}, false, unavailable(err.Error())
	}
	ttl := time.Duration(claim.TTLMS) * time.Millisecond
	until, cancel := context.WithTimeout(ctx, min(ttl, answerWithin))
	defer cancel()
	clock, err := r.base(until, claim)
	if err != nil {
		return api.Run{}, false, err
	}
	if err := place(r.cfg.Benches, claim); err != nil {
		return api.Run{}, false, err
	}
	if err := r.cfg.Benches.Ask(claim.Bench, confirmed, func() *danger.Danger { return danger.OfRun(claim.Command, claim.Act) }); err != nil {
		return api.Run{}, false, err
	}
	drive, err := r.cfg.Allow(until, claim.Bench, claim.Device, api.User{ID: claim.ByID, Name: claim.By})
	if err != nil {
		return api.Run{}, false, err
	}
	claim.Epoch = drive.Epoch
	rev, err := r.claim(ctx, claim)
	if errors.Is(err, jetstream.ErrKeyExists) {
		run, err := r.same(ctx, claim)
		return run, false, err
	} else if err != nil {
		return api.Run{}, false, unavailable("the run could not be claimed: " + err.Error())
	}
	if r.cfg.Claimed != nil {
		r.cfg.Claimed(claim.Bench, claim.Run)
	}
	if err := r.send(until, claim, drive, confirmed, clock, received.Add(ttl)); err != nil {
		r.withdraw(ctx, claim.Run, rev)
		return api.Run{}, false, err
	}
	run, err = r.Get(ctx, claim.Run)
	return run, true, err
}

// same returns the run that holds the claim's id, if it is the same command.
func (r *Runs) same(ctx context.Context, c wire.Claim) (api.Run, error) {
	held, err := r.fetch(ctx, c.Run)
	if err != nil {
		return api.Run{}, err
	}
	if held.Bench != c.Bench || held.Device != c.Device || !sameWork(held, c) {
		return api.Run{}, &wire.Fault{
			Code: wire.IDConflict, Hint: "use another id, or leave it out",
			Message: fmt.Sprintf("run %s exists with another bench, device, command or check", c.Run),
		}
	}
	run, err := r.Get(ctx, c.Run)
	return run, err
}

// base finds the agent's clock: from a fresh beat, else by asking.
func (r *Runs) base(ctx context.Context, c wire.Claim) (benches.Clock, error) {
	b, known := r.cfg.Benches.Find(ctx, c.Bench)
	if !known {
		return benches.Clock{}, place(r.cfg.Benches, c)
	}
	if r.cfg.Benches.Clashes(c.Bench) {
		return benches.Clock{}, &wire.Fault{
			Code: wire.BenchOffline, Message: "bench " + c.Bench + ": " + b.Reason, Retry: true,
			Hint: "stop one of the two agents, then wait half a minute",
		}
	}
	clock, ok := r.cfg.Benches.Clock(c.Bench)
	if ok && clock.Age < wire.BeatFresh {
		return clock, nil
	}
	if !ok && b.State != api.Online && r.cfg.Benches.Loaded() && r.cfg.Benches.Gone(c.Bench) {
		return benches.Clock{}, benchOffline(c.Bench, b.Reason)
	}
	clock, err := r.cfg.Benches.AskClock(ctx, c.Bench)
	switch {
	case err == nil:
		return clock, nil
	case errors.Is(err, bridge.ErrAway):
		return benches.Clock{}, unavailable(err.Error())
	case errors.Is(err, bridge.ErrNoResponders):
		return benches.Clock{}, benchOffline(c.Bench, "no agent is connected")
	}
	return benches.Clock{}, benchOffline(c.Bench, "its agent does not answer")
}

func (r *Runs) claim(ctx context.Context, c wire.Claim) (uint64, error) {
	value, err := json.Marshal(c)
	if err != nil {
		return 0, err
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	rev, err := r.cfg.Bridge.Runs().Create(ctx, c.Run, value)
	if err != nil {
		return 0, err
	}
	r.change(c.Run, func(x *index) bool { return x.claim(c, rev, time.Now()) })
	return rev, nil
}

// withdraw takes back a claim whose start reached nobody.
func (r *Runs) withdraw(ctx context.Context, id string, rev uint64) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
	defer cancel()
	err := r.cfg.Bridge.Runs().Purge(ctx, id, jetstream.LastRevision(rev), jetstream.PurgeTTL(bridge.MarkerTTL))
	if err != nil {
		// The claim stays; the bench settles it as never arrived.
		r.log.Warn("withdrawing a claim", "run", id, "err", err)
		return
	}
	r.removed(id)
}

// send sends the start to the life that clock names, again to another life if
// that one took over, and waits for the agent's answer. An error means that
// nobody can have started the run.
func (r *Runs) send(ctx context.Context, c wire.Claim, drive wire.Drive, confirmed bool, clock benches.Clock, deadline time.Time) error {
	tried := map[string]bool{}
	for !tried[clock.Life] && len(tried) < 4 {
		tried[clock.Life] = true
		left := time.Until(deadline)
		if left <= 0 {
			return nil
		}
		q, err := r.cfg.Bridge.Ask(c.Bench, wire.CmdRunStart, func(relay, req string) any {
			start := wire.Start{
				Relay: relay, Req: req, Life: clock.Life, VoidAt: clock.MS + left.Milliseconds(), Run: c.Run,
				Device: c.Device, Command: c.Command, Act: c.Act, TimeoutS: c.TimeoutS, By: c.By, Created: c.Created, Confirmed: confirmed, Drive: drive,
			}
			if c.Act != nil {
				start.Command = ""
			}
			return start
		})
		if err != nil {
			if len(tried) > 1 {
				return nil
			}
			return unavailable(err.Error())
		}
		next, again, err := r.outcome(ctx, q, c, clock.Life)
		q.Close()
		if len(tried) > 1 {
			err = nil // an earlier life may have taken it: the claim stays
		}
		if err != nil || !again {
			return err
		}
		clock = next
	}
	return nil
}

// outcome reads the answer to a start. again with the clock of another life
// means: send it there.
func (r *Runs) outcome(ctx context.Context, q *bridge.Question, c wire.Claim, life string) (next benches.Clock, again bool, err error) {
	a, err := q.Next(ctx)
	switch {
	case errors.Is(err, bridge.ErrNoResponders):
		return next, false, benchOffline(c.Bench, "its agent has just gone")
	case err != nil:
		return next, false, nil // no word yet: the run stands as claimed
	case a.Result != nil:
		r.take(c.Bench, *a.Result)
		return next, false, nil
	case a.Fault == nil, a.Fault.Code != wire.OtherLife && a.Life != life:
		return next, false, nil // not the word of the life that was asked
	case a.Fault.Code != wire.OtherLife:
		fault := *SaidBy(c.Bench, a.Fault)
		if fault.Code == wire.Draining {
			fault = *benchOffline(c.Bench, "its agent is stopping")
		}
		return next, false, &fault
	}
	// Another life answers. Only if the named one is gone may the start be sent
	// again: listen a moment whether it speaks, too.
	clocks, err := r.cfg.Bridge.Ask(c.Bench, wire.CmdRequest(wire.VerbClock), bridge.ClockRequest)
	if err != nil {
		return next, false, nil
	}
	defer clocks.Close()
	listen, cancel := context.WithTimeout(ctx, 250*time.Millisecond)
	defer cancel()
	var heard time.Time
	for {
		b, err := clocks.Next(listen)
		if err != nil {
			break
		}
		if b.Life == life {
			return next, false, nil // both live: whether it started is for the bench to say
		}
		heard = time.Now()
		next, again = benches.Clock{Life: b.Life, MS: b.ClockMS}, true
	}
	if again {
		next.MS += time.Since(heard).Milliseconds()
	}
	if late, err := q.Next(listen); err == nil && late.Result != nil {
		r.take(c.Bench, *late.Result)
		return next, false, nil
	}
	return next, again, nil
}

// take applies a result that came as an answer.
func (r *Runs) take(bench string, result wire.Result) {
	if f := result.Fault; f != nil {
		short := *f
		short.Message, short.Hint = cut(f.Message), cut(f.Hint)
		result.Fault = &short
	}
	r.change(result.Run, func(x *index) bool { return x.result(bench, result) })
}

func code(err error) wire.Code {
	var fault *wire.Fault
	if errors.As(err, &fault) {
		return fault.Code
	}
	return wire.Internal
}
