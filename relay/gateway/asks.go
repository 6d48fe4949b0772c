package gateway

import (
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
)

const (
	ackDefault = 5 * time.Second
	ackMost    = time.Minute
	maxAsks    = 16 // of a connection
)

// asks are the events of this relay's connections that wait for somebody's
// acknowledgement.
type asks struct {
	mu   sync.Mutex // guards what follows
	open map[string]*asking
	of   map[*Visit]int
}

// asking is one of them. A nil one waits for nothing.
type asking struct {
	id     string
	answer chan acked // 1: the first counts
	over   chan struct{}
	end    func() bool // says whether it was open until now
}

// acked is an acknowledgement on its way.
type acked struct {
	Ask  string          `json:"ask"`
	From *api.Sender     `json:"from"`
	D    json.RawMessage `json:"d,omitempty"`
}

// ask waits for an acknowledgement of m, and answers it with the first one, or
// with no_answer.
func (v *Visit) ask(m api.Frame) (*asking, *wire.Fault) {
	g := v.g
	wait := ackDefault
	if m.TTL > 0 {
		wait = min(ackMost, time.Duration(min(m.TTL, int(ackMost/time.Millisecond)))*time.Millisecond)
	}
	a := &asking{id: g.newID("a"), answer: make(chan acked, 1), over: make(chan struct{})}
	g.asks.mu.Lock()
	defer g.asks.mu.Unlock()
	if g.asks.of[v] >= maxAsks {
		return nil, &wire.Fault{Code: wire.TooMany, Message: fmt.Sprintf("%d events of this connection wait for an acknowledgement", maxAsks), Hint: "wait for some of them", Retry: true}
	}
	g.asks.of[v]++
	g.asks.open[a.id] = a
	a.end = func() bool {
		g.asks.mu.Lock()
		defer g.asks.mu.Unlock()
		if g.asks.open[a.id] == nil {
			return false
		}
		delete(g.asks.open, a.id)
		if g.asks.of[v]--; g.asks.of[v] == 0 {
			delete(g.asks.of, v)
		}
		close(a.over)
		return true
	}
	v.working.Go(func() {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		select {
		case <-a.over: // taken back, or answered below
		case got := <-a.answer:
			if a.end() {
				v.send(api.Frame{T: "res", I: m.I, From: got.From, D: orNull(got.D)})
			}
		case <-timer.C:
			if a.end() {
				v.fail(m.I, &wire.Fault{Code: wire.NoAnswer, Message: fmt.Sprintf("nobody acknowledged it within %v", wait), Hint: "it was said; say it again if it matters", Retry: true})
			}
		case <-v.ctx.Done():
			a.end()
		}
	})
	return a, nil
}

// cancel takes an ask back, and says whether its answer is still to be given.
func (a *asking) cancel() bool { return a == nil || a.end() }

// ack is a recipient's acknowledgement. It goes to the relay that asked; one
// that comes too late says nothing to anybody.
func (v *Visit) ack(m api.Frame) {
	switch {
	case !validOf(m.Ask, "a"):
		v.fail(m.I, &wire.Fault{Code: wire.Invalid, Message: "this acknowledges nothing", Hint: `repeat the "ask" of a pub`})
		return
	case len(m.D) > maxEvent:
		v.fail(m.I, &wire.Fault{Code: wire.TooLarge, Message: fmt.Sprintf("an acknowledgement has at most %d bytes", maxEvent)})
		return
	}
	a := acked{Ask: m.Ask, From: v.sender(), D: m.D}
	if tag := tagOf(m.Ask); !v.asked.has(m.Ask) {
		// whoever was asked, not this connection: it counts as one that comes too late
	} else if tag == v.g.tag {
		v.g.acknowledge(a)
	} else if v.g.cfg.Peers != nil {
		body, _ := json.Marshal(a)
		if err := v.g.cfg.Peers.Tell(tag, peerAck, body); err != nil {
			v.fail(m.I, &wire.Fault{Code: wire.Unavailable, Message: "the relay that asked cannot be reached", Hint: "acknowledge it again in a moment", Retry: true})
			return
		}
	}
	if m.I != nil {
		v.c.Send(answerFrame(m.I, struct{}{}))
	}
}

func (g *Gateway) acknowledge(a acked) {
	g.asks.mu.Lock()
	ask := g.asks.open[a.Ask]
	g.asks.mu.Unlock()
	if ask == nil {
		return
	}
	select {
	case ask.answer <- a:
	default: // somebody was first
	}
}

func (g *Gateway) ackCame(body []byte) []byte {
	var a acked
	if json.Unmarshal(body, &a) == nil && a.From != nil {
		g.acknowledge(a)
	}
	return nil
}

func orNull(d json.RawMessage) json.RawMessage {
	if len(d) == 0 {
		return json.RawMessage("null")
	}
	return d
}
