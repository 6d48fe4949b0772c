package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
)

// maxEarly is how many events may come between the welcome and the room.
const maxEarly = 1024

// Told hands over what is told to this person, oldest first and each once: what
// their own room shows, then, with follow, what comes there and in the other
// rooms, until ctx ends. A connection that breaks is made anew and goes on behind
// the last event; where that cannot be an event gap says so. It returns with
// take's error, or when the relay has been away for Config.Patience.
func (c *Client) Told(ctx context.Context, follow bool, rooms []string, take func(api.Event) error) error {
	l := &listener{follow: follow, rooms: rooms, take: take, at: map[string]string{}}
	var away time.Time // since when nothing arrives; zero: it does
	for try := 0; ; try++ {
		l.heard = false
		err := l.listen(ctx, c)
		var fault *wire.Fault
		switch {
		case l.stopped != nil:
			return l.over()
		case ctx.Err() != nil:
			return ctx.Err()
		case !MayHelp(err) && !(errors.As(err, &fault) && fault.Code == wire.LinkLost):
			return err
		}
		if l.heard || away.IsZero() {
			away, try = time.Now(), 0
		}
		if time.Since(away) > c.config.Patience {
			return fmt.Errorf("waited %s for the relay: %w", c.config.Patience, err)
		}
		c.config.Waiting(err)
		if err := pause(ctx, try); err != nil {
			return err
		}
	}
}

// listener is somebody who listens, over their connections. While one is open
// its reader alone uses what follows take.
type listener struct {
	follow bool
	rooms  []string // beside their own
	take   func(api.Event) error

	at      map[string]string // where they stand, by room; their own is own
	phase   phase
	early   []api.Event // what came to them before their own room was entered
	heard   bool        // it was entered
	stopped error       // what take returned; errShown
}

// phase is how far a connection has entered its person's own room.
type phase int

const (
	outside phase = iota
	missing       // what was missed is being told
	seated
)

// own is the person's own room, whoever they are.
const own = "user:"

func roomOf(name string) string {
	if strings.HasPrefix(name, own) {
		return own
	}
	return name
}

// errShown ends it where nothing is followed.
var errShown = errors.New("all was shown")

func (l *listener) over() error {
	if errors.Is(l.stopped, errShown) {
		return nil
	}
	return l.stopped
}

// listen is one connection.
func (l *listener) listen(ctx context.Context, c *Client) error {
	l.phase, l.early = outside, nil
	stood := maps.Clone(l.at)
	b, err := c.dial(ctx, "/ws", l.frame)
	if err != nil {
		return err
	}
	defer b.Close()
	c.config.Waiting(nil)
	for i, room := range append([]string{own + b.user.ID}, l.rooms...) {
		number := int64(i)
		if err := b.say(api.Frame{T: "sub", I: &number, Room: room, O: stood[roomOf(room)]}); err != nil {
			return &Unreachable{Address: c.URL(), Dialed: true, Err: err}
		}
	}
	select {
	case <-b.gone:
		b.mu.Lock()
		defer b.mu.Unlock()
		return b.lost
	case <-ctx.Done():
		return ctx.Err()
	}
}

// frame takes a message.
func (l *listener) frame(f api.Frame) error {
	room := roomOf(f.Room)
	switch {
	case f.T == "res" && f.Error != nil:
		return f.Error
	case f.T == "res" && f.I != nil && *f.I == 0:
		return l.enter(f.D)
	case f.T == "res" && f.I != nil && int(*f.I) <= len(l.rooms):
		return l.stand(l.rooms[*f.I-1], f.D)
	case f.T == "live" && room == own:
		return l.seat()
	case f.T == "gap":
		if f.To != "" {
			l.at[room] = f.To
		}
		d, _ := json.Marshal(f.Reason)
		return l.tell(api.Event{Room: f.Room, Ev: "gap", At: time.Now(), D: d})
	case f.T != "pub" || f.O == "": // what is stored alone is said
		return nil
	}
	e := api.Event{O: f.O, Room: f.Room, Ev: f.Ev, From: f.From, To: f.To, ToName: f.ToName, At: f.At, D: f.D}
	switch {
	case room == own && l.phase == outside:
		l.early = append(l.early, e)
		if len(l.early) > maxEarly {
			return errors.New("too much was said before the room was entered")
		}
		return nil
	case room == own && l.phase == missing:
		if err := l.flush(e.At); err != nil {
			return err
		}
	}
	return l.tell(e)
}

// stand notes where a room stands that was entered for the first time.
func (l *listener) stand(room string, snapshot json.RawMessage) error {
	var shown api.Parts
	if err := json.Unmarshal(snapshot, &shown); err != nil {
		return fmt.Errorf("reading what room %s shows: %w", room, err)
	}
	if l.at[room] == "" {
		l.at[room] = shown.O
	}
	return nil
}

// enter takes what their own room shows. Who was there before is told what was
// missed next; the others have all of it.
func (l *listener) enter(snapshot json.RawMessage) error {
	l.heard = true
	if l.at[own] != "" {
		l.phase = missing
		return nil
	}
	var shown api.Parts
	if err := json.Unmarshal(snapshot, &shown); err != nil {
		return fmt.Errorf("reading what the room shows: %w", err)
	}
	list := append(shown.Messages, shown.Notices...)
	slices.SortStableFunc(list, func(a, b api.Event) int { return a.At.Compare(b.At) })
	for _, e := range list {
		l.early = slices.DeleteFunc(l.early, func(came api.Event) bool { return came.O == e.O })
		if err := l.tell(e); err != nil {
			return err
		}
	}
	l.at[own] = shown.O
	return l.seat()
}

// seat is the moment from which all comes as it is said.
func (l *listener) seat() error {
	l.phase = seated
	if err := l.flush(time.Time{}); err != nil || l.follow {
		return err
	}
	l.stopped = errShown
	return errShown
}

// flush tells what came early, up to a moment; all of it where there is none.
func (l *listener) flush(to time.Time) error {
	for len(l.early) > 0 && (to.IsZero() || !l.early[0].At.After(to)) {
		e := l.early[0]
		l.early = l.early[1:]
		if err := l.tell(e); err != nil {
			return err
		}
	}
	return nil
}

func (l *listener) tell(e api.Event) error {
	if e.O != "" {
		l.at[roomOf(e.Room)] = e.O
	}
	l.stopped = l.take(e)
	return l.stopped
}
