package benches

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
)

// conflictFor is how long two agents of one identity are remembered after the
// last sign of the second.
const conflictFor = 30 * time.Second

// Clock is a life of an agent and what its clock says at least: the beat plus
// the time that passed here since. Age is the beat's.
type Clock struct {
	Life string
	MS   int64
	Age  time.Duration
}

// book is the state of all benches. Moments are this relay's (monotonic);
// wall times are for people alone.
type book struct {
	benches map[string]*bench
}

type bench struct {
	state  wire.State
	online bool
	gone   bool      // known to be offline; false with online false: no word yet
	reason string    // why it is offline
	until  time.Time // offline from here on without another sign
	seen   time.Time // wall

	beat   wire.Alive
	beatAt time.Time
	old    map[string]wire.Alive // lives before the present one, the newest few
	rtt    roundTrip
	rivals [2]wire.Alive
	clash  time.Time // two agents run as this bench until then
}

func newBook() *book { return &book{benches: map[string]*bench{}} }

func (k *book) of(id string) *bench {
	b := k.benches[id]
	if b == nil {
		b = &bench{reason: "no word from this bench yet", old: map[string]wire.Alive{}}
		b.state.Bench, b.state.Name = id, id
		k.benches[id] = b
	}
	return b
}

// inventory takes a bench's inventory. Of one life the higher rev holds; a
// stored one never replaces a live one of another life.
func (k *book) inventory(id string, s wire.State, live bool) bool {
	b := k.of(id)
	if s.Life == b.state.Life && s.Rev <= b.state.Rev {
		return false
	}
	if !live && b.beat.Life != "" && s.Life != b.beat.Life {
		return false
	}
	if s.Name == "" {
		s.Name = id
	}
	s.Bench = id // from the subject, never from the message
	b.state = s
	if b.seen.IsZero() {
		b.seen = s.At
	}
	return true
}

// sign takes a beat or the answer to a clock question. It reports whether
// people see a change.
func (k *book) sign(id string, a wire.Alive, at, wall time.Time) bool {
	if a.Life == "" {
		return false
	}
	b := k.of(id)
	changed := !b.online
	if b.beat.Life != "" && b.beat.Life != a.Life {
		if _, was := b.old[a.Life]; was {
			// A life that had been followed by another speaks again: both live.
			changed = changed || !at.Before(b.clash)
			b.rivals, b.clash = [2]wire.Alive{b.beat, a}, at.Add(conflictFor)
		}
		if len(b.old) >= 8 {
			clear(b.old)
		}
		b.old[b.beat.Life] = b.beat
	}
	b.beat, b.beatAt, b.seen = a, at, wall
	b.online, b.gone, b.reason = true, false, ""
	b.until = at.Add(wire.OfflineAfter)
	return changed
}

// away marks a bench as offline from now on.
func (k *book) away(id, why string, wall time.Time) bool {
	b := k.of(id)
	if b.gone {
		return false
	}
	b.reason = why + " since " + stamp(wall)
	if b.beatAt.IsZero() && !b.seen.IsZero() { // this relay has not seen it itself
		b.reason = why + "; last seen " + stamp(b.seen)
	}
	b.online, b.gone, b.beatAt = false, true, time.Time{}
	b.rtt = roundTrip{}
	return true
}

// bye takes an agent's goodbye: of the present life alone.
func (k *book) bye(id string, y wire.Bye, wall time.Time) bool {
	b := k.of(id)
	if y.Life != b.beat.Life || !b.online {
		return false
	}
	why := "the agent was stopped"
	if y.Reason != "" {
		why += " (" + cut(y.Reason, 200) + ")"
	}
	return k.away(id, why, wall)
}

// tick finds the benches that missed their beats, and those whose two agents
// are one again.
func (k *book) tick(at, wall time.Time) (changed []string) {
	for id, b := range k.benches {
		switch {
		case b.online && at.After(b.until):
			why := "no beat from the agent for " + fmt.Sprintf("%.0f s", at.Sub(b.beatAt).Seconds()) +
				" (is the bench PC asleep, or its network down?), offline"
			k.away(id, why, wall)
			changed = append(changed, id)
		case !b.clash.IsZero() && at.After(b.clash):
			b.clash = time.Time{}
			changed = append(changed, id)
		}
	}
	return changed
}

// grace gives every bench that is online one more beat: this relay was away,
// not they.
func (k *book) grace(at time.Time) {
	for _, b := range k.benches {
		if b.online {
			b.until = at.Add(wire.BeatEvery + 2*time.Second)
		}
	}
}

func (k *book) clock(id string, at time.Time) (Clock, bool) {
	b := k.benches[id]
	if b == nil || b.beatAt.IsZero() {
		return Clock{}, false
	}
	age := at.Sub(b.beatAt)
	return Clock{Life: b.beat.Life, MS: b.beat.ClockMS + age.Milliseconds(), Age: age}, true
}

func (k *book) get(id string) (api.Bench, bool) {
	b := k.benches[id]
	if b == nil {
		return api.Bench{}, false
	}
	doc := api.Bench{
		ID: id, Name: b.state.Name, State: api.Offline, Reason: b.reason, SeenAt: b.seen,
		Agent: b.state.Agent, Devices: b.state.Devices, Labels: b.state.Labels, Flag: b.state.Flag,
	}
	if doc.Devices == nil {
		doc.Devices = []wire.Device{}
	}
	if doc.Labels == nil {
		doc.Labels = []string{}
	}
	if b.online {
		doc.State, doc.Reason, doc.RTTMS = api.Online, b.state.Reason, b.rtt.told
	}
	if !b.clash.IsZero() {
		doc.Reason = fmt.Sprintf("two agents run as this bench, on %s (pid %d) and on %s (pid %d): stop one of them",
			b.rivals[0].Host, b.rivals[0].PID, b.rivals[1].Host, b.rivals[1].PID)
	}
	return doc, true
}

func (k *book) list() []api.Bench {
	all := make([]api.Bench, 0, len(k.benches))
	for id := range k.benches {
		doc, _ := k.get(id)
		all = append(all, doc)
	}
	slices.SortFunc(all, func(x, y api.Bench) int { return strings.Compare(x.ID, y.ID) })
	return all
}

// clashes says whether two agents run as this bench.
func (k *book) clashes(id string, at time.Time) bool {
	b := k.benches[id]
	return b != nil && at.Before(b.clash)
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

func cut(s string, n int) string {
	if len(s) > n {
		s = strings.ToValidUTF8(s[:n], "") + "…"
	}
	return s
}
