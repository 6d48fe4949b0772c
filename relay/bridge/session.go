package bridge

import (
	"errors"
	"fmt"
	"sync"

	"github.com/nats-io/nats.go"

	"github.com/farbench/farbench/agent/wire"
)

// Why a session's frames no longer come or go.
var (
	// ErrCut means that frames on their way are lost: this relay's connection to
	// the broker was.
	ErrCut = errors.New("this relay lost its connection to the broker")
	// ErrDropped means that the bench sent more than it was allowed to.
	ErrDropped = errors.New("the bench sent more than it was allowed to")
)

// Session carries the frames of one session between this relay and a bench.
type Session struct {
	b     *Bridge
	bench string
	sid   string
	sub   *Subscription
}

// sessions are told when nobody takes their frames any more.
type sessions struct {
	mu   sync.Mutex // guards lost
	lost map[string]func(error)
}

func (s *sessions) add(sid string, lost func(error)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lost == nil {
		s.lost = map[string]func(error){}
	}
	s.lost[sid] = lost
}

func (s *sessions) remove(sid string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.lost, sid)
}

// unheard says whether it was a session that nobody listens to.
func (s *sessions) unheard(sid string) bool {
	s.mu.Lock()
	lost := s.lost[sid]
	s.mu.Unlock()
	if lost != nil {
		lost(ErrNoResponders)
	}
	return lost != nil
}

func (s *sessions) cut() {
	s.mu.Lock()
	all := make([]func(error), 0, len(s.lost))
	for _, lost := range s.lost {
		all = append(all, lost)
	}
	s.mu.Unlock()
	for _, lost := range all {
		lost(ErrCut)
	}
}

// Bounds of what waits in this process for a session's taker: what may be on
// its way is less.
const (
	sessionMsgs  = 16 << 10
	sessionBytes = 16 << 20
)

// Session subscribes a session's frames from a bench. take gets one at a time
// and may wait for its reader: what waits then is bounded by what was allowed.
// lost is told, more than once perhaps, that no more will come.
func (b *Bridge) Session(bench, sid string, take func(frame []byte), lost func(error)) (*Session, error) {
	sub, err := b.Subscribe(wire.HubSession(bench, sid), "", func(m *nats.Msg) { take(m.Data) }, func() { lost(ErrDropped) })
	if err != nil {
		return nil, err
	}
	if err := sub.sub.SetPendingLimits(sessionMsgs, sessionBytes); err != nil {
		sub.Close()
		return nil, fmt.Errorf("bounding a session: %w", err)
	}
	b.open.add(sid, lost)
	return &Session{b: b, bench: bench, sid: sid, sub: sub}, nil
}

// Send sends a frame, which is the caller's again when it returns. With a beat
// goes an address for the broker's word that nobody listens.
func (s *Session) Send(frame []byte) error {
	m := &nats.Msg{Subject: wire.HubCmd(s.bench, wire.CmdSession(s.sid)), Data: frame}
	if wire.FrameType(frame[0]) == wire.FrameBeat {
		m.Reply = s.b.inbox(s.sid)
	}
	nc := s.b.conn()
	if nc == nil || !nc.IsConnected() {
		return ErrCut
	}
	return nc.PublishMsg(m)
}

// Close ends it; take may still be running when it returns.
func (s *Session) Close() {
	s.b.open.remove(s.sid)
	s.sub.Close()
}
