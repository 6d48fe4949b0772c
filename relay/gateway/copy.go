package gateway

import (
	"log/slog"

	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/events"
)

// ownCopy is what somebody said to a person, for their own room: so all of their
// tabs and devices have it, and who comes back reads both halves. A message is
// copied once the person's room has it; what a program says under another name is
// no conversation. Who shows the token and no name has no room of their own: every
// other such reads the tester's.
type ownCopy struct {
	draft  events.Draft
	before <-chan struct{} // closed when what was said before is with the store; nil: nothing was
	given  chan struct{}   // closed when this is, or never will be
}

// copies says whether what is said is copied.
func (v *Visit) copies(m api.Frame, to target) bool {
	return m.Ev == events.Message && to.person.ID != "" && to.person.ID != v.User().ID && v.User().ID != Tester.ID
}

// copyOf is the copy of a draft; nil: there is none.
func (v *Visit) copyOf(d events.Draft, m api.Frame, to target) *ownCopy {
	if !v.copies(m, to) {
		return nil
	}
	d.Room, d.To, d.ToName, d.Ask = RoomUser+v.User().ID, to.room, to.person.Name, ""
	c := &ownCopy{draft: d, before: v.copied, given: make(chan struct{})}
	v.copied = c.given
	return c
}

// keep gives the copy to the store, in the order in which things were said. done
// gets its offset; empty: there is no copy.
func (c *ownCopy) keep(port events.Port, log *slog.Logger, done func(offset string)) {
	if c == nil {
		done("")
		return
	}
	c.wait()
	port.Publish(c.draft, func(offset string, err error) {
		if err != nil {
			log.Warn("the sender's copy of a message was not stored", "room", c.draft.Room, "err", err)
		}
		done(offset)
	})
	close(c.given)
}

// drop ends a copy of what was not said.
func (c *ownCopy) drop() {
	if c != nil {
		c.wait()
		close(c.given)
	}
}

// wait is bounded as the store's answers are.
func (c *ownCopy) wait() {
	if c.before != nil {
		<-c.before
	}
}
