package link

import (
	"fmt"

	"github.com/nats-io/nats.go"

	"github.com/farbench/farbench/agent/wire"
)

// openSession begins a session. What the session sends meanwhile finds the relay
// ready: it subscribes before it asks.
func (l *Link) openSession(nc *nats.Conn) func(wire.SessionOpen) wire.Answer {
	return func(o wire.SessionOpen) wire.Answer {
		return wire.Answer{Fault: l.c.Sessions.Open(o, func(frame []byte) error { return l.send(nc, o.Session, frame) })}
	}
}

// send sends a session's frame. With a beat goes an address for the broker's
// word that nobody listens. Nothing waits for a link that is down.
func (l *Link) send(nc *nats.Conn, sid string, frame []byte) error {
	m := &nats.Msg{Subject: wire.UpSession(sid), Data: frame}
	if wire.FrameType(frame[0]) == wire.FrameBeat {
		l.mu.Lock()
		m.Reply = l.inboxOfBeats + sid
		l.mu.Unlock()
	}
	if err := nc.PublishMsg(m); err != nil {
		return fmt.Errorf("publishing: %w", err)
	}
	return nil
}

// frame hands a frame to its session.
func (l *Link) frame(nc *nats.Conn, sid string, data []byte) {
	if answer := l.c.Sessions.Take(sid, data); answer != nil {
		if err := l.send(nc, sid, answer); err != nil {
			l.c.Logger.Debug("not published", "session", sid, "err", err)
		}
	}
}

// unheard takes the broker's word that nobody listens to a session.
func (l *Link) unheard(m *nats.Msg) {
	if len(m.Data) == 0 && m.Header.Get("Status") == "503" {
		l.c.Sessions.Unheard(wire.Leaf(m.Subject))
	}
}
