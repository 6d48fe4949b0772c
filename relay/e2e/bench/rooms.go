package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/farbench/farbench/relay/e2e/lab"
)

// rooms measures what is said in rooms and who is in them, through a relay of
// its own with everything on and so many people in the room lab: the fan-out of
// stored events, and what it costs when people come and go.
func (b *bench) rooms(ctx context.Context, t *table, people, deliveries int) error {
	relay, err := lab.StartRelay(b.programs, b.broker.Addr)
	if err != nil {
		return err
	}
	defer relay.Kill()
	c, err := fill(ctx, relay, people)
	defer c.close()
	if err != nil {
		return err
	}
	said, err := c.said(ctx, t, int64(deliveries/people))
	if err != nil {
		return fmt.Errorf("stored events: %w", err)
	}
	if err := againstPlain(ctx, t, said, people, deliveries); err != nil {
		return err
	}
	return c.comings(ctx, t)
}

// company is people in one room, each with a connection of their own.
type company struct {
	relay  *lab.Relay
	people []*guest
}

type guest struct {
	name   string
	ticks  atomic.Int64 // events that came
	moves  atomic.Int64 // join and leave
	bytes  atomic.Int64 // of those
	mu     sync.Mutex   // guards socket
	socket *lab.Bare
	gone   chan struct{} // closed when its reader has ended
}

func fill(ctx context.Context, relay *lab.Relay, people int) (*company, error) {
	c := &company{relay: relay, people: make([]*guest, people)}
	group, joining := errgroup.WithContext(ctx)
	group.SetLimit(16)
	for i := range c.people {
		c.people[i] = &guest{name: fmt.Sprintf("person %d", i)}
		group.Go(func() error { return c.people[i].come(joining, ctx, relay.Base) })
	}
	return c, group.Wait()
}

func (c *company) close() {
	for _, p := range c.people {
		p.leave()
	}
}

// come connects, and counts what comes until leave.
func (p *guest) come(joining, ctx context.Context, base string) error {
	socket, err := lab.DialBare(joining, base, p.name, "lab")
	if err != nil {
		return fmt.Errorf("%s: %w", p.name, err)
	}
	gone := make(chan struct{})
	p.mu.Lock()
	p.socket, p.gone = socket, gone
	p.mu.Unlock()
	go func() {
		defer close(gone)
		defer context.AfterFunc(ctx, socket.Close)()
		for {
			kind, frame, err := socket.Next()
			switch {
			case err != nil:
				return
			case kind == "join" || kind == "leave":
				p.moves.Add(1)
				p.bytes.Add(int64(len(frame)))
			case kind == "pub" && bytes.Contains(frame[:min(len(frame), 200)], tick):
				p.ticks.Add(1)
			}
		}
	}()
	return nil
}

var tick = []byte(`"ev":"` + lab.Tick + `"`)

func (p *guest) leave() {
	p.mu.Lock()
	socket, gone := p.socket, p.gone
	p.socket = nil
	p.mu.Unlock()
	if socket != nil {
		socket.Close()
		<-gone
	}
}

// said has senders say events, as many as come to events for each of the
// company, each sender some at once: a connection says 200 a second, and 400
// beyond that.
func (c *company) said(ctx context.Context, t *table, events int64) (rate float64, err error) {
	const senders, atOnce = 16, 16
	each := int(events) / senders
	tickers := make([]*lab.Ticker, senders)
	for i := range tickers {
		if tickers[i], err = lab.NewTicker(ctx, c.relay.Base); err != nil {
			return 0, err
		}
		defer tickers[i].Close()
	}
	total := int64(each * senders)
	payload := string(bytes.Repeat([]byte("x"), 130))
	began, cpu := time.Now(), cpuOf(c.relay.PID())
	group := errgroup.Group{}
	for _, ticker := range tickers {
		group.Go(func() error {
			for said := 0; said < each; said += atOnce {
				if err := ticker.Say(min(atOnce, each-said), payload); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return 0, err
	}
	stored := time.Since(began)
	for _, p := range c.people {
		for p.ticks.Load() < total {
			if time.Since(began) > time.Minute {
				return 0, fmt.Errorf("%s has %d events of %d", p.name, p.ticks.Load(), total)
			}
			select {
			case <-ctx.Done():
				return 0, ctx.Err()
			case <-time.After(time.Millisecond):
			}
		}
	}
	took, used := time.Since(began), cpuOf(c.relay.PID())-cpu
	sent := float64(total) * float64(len(c.people))
	rate = sent / 1000 / took.Seconds()
	t.row(fmt.Sprintf("stored events to %d people, everything on", len(c.people)), "k/s").add(rate)
	t.row("… relay's CPU a delivery", "µs").add(float64(used.Microseconds()) / sent)
	t.row("… events stored and answered", "/s").add(float64(total) / stored.Seconds())
	return rate, nil
}

// againstPlain has a server with one writer and one encoding a client send as
// much to as many, without a store.
func againstPlain(ctx context.Context, t *table, said float64, people, deliveries int) error {
	f, err := startFan(ctx)
	if err != nil {
		return err
	}
	defer f.stop()
	done, err := f.publish(ctx, wayPlain, people, int64(deliveries/people))
	if err != nil {
		return err
	}
	plain := float64(deliveries) / 1000 / done.Took.Seconds()
	t.row(fmt.Sprintf("… stored events / a writer each, to %d", people), "×").floor(4).add(said / plain)
	return nil
}

// comings lets people leave and come back, 100 a second of each in turn.
func (c *company) comings(ctx context.Context, t *table) error {
	const changes = 600
	c.settle()
	before, beforeBytes := c.moves()
	cpu := cpuOf(c.relay.PID())
	beat := time.NewTicker(10 * time.Millisecond)
	defer beat.Stop()
	const away = 50 // how many are gone at a time: half a second each
	group, done := errgroup.Group{}, 0
	for i := range changes {
		select {
		case <-beat.C:
		case <-ctx.Done():
			return ctx.Err()
		}
		if i%2 == 0 {
			done++
			group.Go(func() error { c.people[i/2%len(c.people)].leave(); return nil })
		} else if i/2 >= away {
			done++
			group.Go(func() error { return c.people[(i/2-away)%len(c.people)].come(ctx, ctx, c.relay.Base) })
		}
	}
	if err := group.Wait(); err != nil {
		return err
	}
	c.settle()
	told, bytes := c.moves()
	told, bytes = told-before, bytes-beforeBytes
	used, want := cpuOf(c.relay.PID())-cpu, float64(done)*float64(len(c.people)-away/2)
	name := fmt.Sprintf("presence of %d, 100 come or go a second", len(c.people))
	t.row(name+": told", "of all").add(float64(told) / want)
	t.row("… bytes a change and person", "B").add(float64(bytes) / float64(told))
	t.row("… relay's CPU a change", "ms").add(float64(used.Microseconds()) / 1000 / float64(done))
	t.row("… relay's CPU a change and person", "µs").add(float64(used.Microseconds()) / float64(told))
	return nil
}

// settle waits until half a second long nothing was told.
func (c *company) settle() {
	for was, now := int64(-1), int64(0); was != now; {
		time.Sleep(500 * time.Millisecond)
		was = now
		now, _ = c.moves()
	}
}

func (c *company) moves() (n, bytes int64) {
	for _, p := range c.people {
		n += p.moves.Load()
		bytes += p.bytes.Load()
	}
	return n, bytes
}

// cpuOf is what a process has used, in user and system mode, to 10 ms.
func cpuOf(pid int) time.Duration {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := bytes.Cut(data, []byte(") ")) // the name may hold blanks
	fields := bytes.Fields(rest)
	if len(fields) < 13 {
		return 0
	}
	var ticks int64
	for _, f := range fields[11:13] {
		n, _ := strconv.ParseInt(string(f), 10, 64)
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}
