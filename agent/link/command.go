package link

import (
	"encoding/json"
	"strings"

	"github.com/nats-io/nats.go"

	"github.com/farbench/farbench/agent/wire"
)

// command takes what the hub sends. Short requests are answered here; those
// that touch the disk in goroutines of their own, so that none delays another.
func (l *Link) command(nc *nats.Conn, m *nats.Msg) {
	switch m.Subject {
	case wire.CmdRunStart:
		serve(l, nc, m, l.c.Bench.Start, func(s wire.Start) (string, string) { return s.Relay, s.Req })
	case wire.CmdRunCancel:
		serve(l, nc, m, l.c.Bench.Cancel, func(c wire.Cancel) (string, string) { return c.Relay, c.Req })
	case wire.CmdRequest(wire.VerbEpochs):
		serve(l, nc, m, l.c.Bench.Epochs, func(e wire.Epochs) (string, string) { return e.Relay, e.Req })
	case wire.CmdRequest(wire.VerbSession):
		serve(l, nc, m, l.openSession(nc), func(o wire.SessionOpen) (string, string) { return o.Relay, o.Req })
	default:
		if sid := wire.SessionOf(m.Subject); sid != "" {
			l.frame(nc, sid, m.Data)
			return
		}
		l.request(nc, m)
	}
}

// serve decodes one request, lets do answer it and sends the answer.
func serve[T any](l *Link, nc *nats.Conn, m *nats.Msg, do func(T) wire.Answer, from func(T) (relay, req string)) {
	var asked T
	if err := json.Unmarshal(m.Data, &asked); err != nil {
		l.c.Logger.Warn("request not understood", "subject", m.Subject, "err", err)
		return
	}
	relay, req := from(asked)
	select {
	case l.slots <- struct{}{}:
	default:
		l.reply(nc, relay, req, wire.Answer{Fault: &wire.Fault{Code: wire.TooMany, Message: "the bench is busy with other commands", Retry: true}})
		return
	}
	go func() { // finishAnswers waits for it
		defer func() { <-l.slots }()
		l.reply(nc, relay, req, do(asked))
	}()
}

func (l *Link) request(nc *nats.Conn, m *nats.Msg) {
	verb, ok := strings.CutPrefix(m.Subject, wire.CmdRequest(""))
	if !ok {
		return // a later version's
	}
	var q wire.Request
	if err := json.Unmarshal(m.Data, &q); err != nil {
		l.c.Logger.Warn("request not understood", "subject", m.Subject, "err", err)
		return
	}
	var a wire.Answer
	switch verb {
	case wire.VerbClock:
		alive := l.alive()
		a.Alive = &alive
	case wire.VerbRun:
		a = l.c.Bench.Ask(q)
	case wire.VerbState:
		state := l.c.Bench.State()
		a.State = &state
	default:
		a.Fault = &wire.Fault{Code: wire.NotFound, Message: "the agent knows no such request", Hint: "update the agent"}
	}
	l.reply(nc, q.Relay, q.Req, a)
}

// reply answers on the asking relay's own subject, never on the message's
// reply subject: that one could name another bench's. Ids come from outside
// and must not carry dots or wildcards into a subject.
func (l *Link) reply(nc *nats.Conn, relay, req string, a wire.Answer) {
	if !wire.ValidID(relay) || !wire.ValidID(req) {
		l.c.Logger.Warn("request without a valid relay and id")
		return
	}
	a.Life, a.ClockMS = l.c.Life.Name(), l.c.Life.ClockMS()
	l.publish(nc, wire.UpReply(relay, req), a)
}
