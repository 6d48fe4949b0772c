package reader

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"sync"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/bridge"
	"github.com/nats-io/nats.go"
)

// Bounds of an agent's question how far the store got.
const (
	resumeRuns  = 1024             // what is beyond is not looked at: the agent asks again
	resumeFor   = 20 * time.Second // likewise
	resumeQueue = "resume"
	resumeAsks  = 1024 // benches whose question waits; the agent asks again where one was dropped
)

// answerResumes answers agents, one relay of all for each question.
func (r *Reader) answerResumes(ctx context.Context) (stop func(), err error) {
	asked := newTurns(resumeAsks)
	sub, err := r.cfg.Bridge.Subscribe(wire.HubUp("*", wire.UpAskResume), resumeQueue, func(msg *nats.Msg) {
		asked.ask(wire.BenchOf(msg.Subject), msg)
	}, nil)
	if err != nil {
		return nil, err
	}
	var workers sync.WaitGroup
	ctx, cancel := context.WithCancel(ctx)
	for range 4 {
		workers.Go(func() { asked.work(ctx, func(msg *nats.Msg) { r.answerResume(ctx, msg) }) })
	}
	return func() { sub.Close(); cancel(); workers.Wait() }, nil
}

func (r *Reader) answerResume(ctx context.Context, msg *nats.Msg) {
	bench := wire.BenchOf(msg.Subject)
	var ask wire.ResumeAsk
	if err := json.Unmarshal(msg.Data, &ask); err != nil {
		r.junk.Warn(r.log, bench, "dropped a resume question", "err", err)
		return
	}
	ctx, cancel := context.WithTimeout(ctx, resumeFor)
	defer cancel()
	answer := wire.ResumeAnswer{Stored: map[string]int64{}}
	for _, run := range ask.Runs[:min(len(ask.Runs), resumeRuns)] {
		if !wire.ValidID(run) {
			continue
		}
		stored, err := r.storedInOrder(ctx, bench, run)
		if err != nil {
			r.log.Warn("looking how far a run is stored", "bench", bench, "run", run, "err", err)
			break
		}
		answer.Stored[run] = stored
	}
	body, err := json.Marshal(answer)
	if err == nil {
		err = msg.Respond(body)
	}
	if err != nil {
		r.log.Warn("answering a resume question", "bench", bench, "err", err)
	}
}

// storedInOrder is the last line up to which everything is stored, in the
// order in which a single pass takes it. It reads headers alone, always from
// the beginning: a store that was put back to an older copy keeps its
// generation and its sequences, so nothing that was read before is proof.
func (r *Reader) storedInOrder(ctx context.Context, bench, run string) (int64, error) {
	free, err := r.slot(ctx)
	if err != nil {
		return 0, err
	}
	defer free()
	at := position{next: 1}
	keptFrom, err := r.cfg.Runs.KeptFrom(ctx, run)
	var fault *wire.Fault
	switch {
	case err == nil:
		at.next = max(at.next, keptFrom)
	case !errors.As(err, &fault) || fault.Code != wire.NotFound:
		return 0, err
	}
	scan := bridge.Scan{Stream: wire.StreamRuns, Subject: wire.HubRun(bench, run), HeadersOnly: true}
	err = r.cfg.Bridge.Each(ctx, scan, func(m bridge.Stored) bool {
		first, err := strconv.ParseInt(m.Header.Get(wire.HeaderFirst), 10, 64)
		if err != nil || first < 1 || first > maxLineNumber {
			return true
		}
		last, err := strconv.ParseInt(m.Header.Get(wire.HeaderLast), 10, 64)
		if err != nil || last < first || last > maxLineNumber {
			last = -1
		}
		if first < at.next && last >= at.next { // as trimmed: only the end counts here
			first = at.next
		}
		at.offer(&Block{First: first, Last: last})
		return true
	})
	return at.next - 1, err
}
