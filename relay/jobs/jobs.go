// Package jobs is long work beside requests: a job is begun by somebody, seen by
// all, can be cancelled at any relay, and goes on when its starter leaves. The
// relay that began it works on it and says every few seconds that it does; where
// it falls silent another says that the job is lost, so none stays running for
// ever.
//
// It knows the store, and nothing of what jobs do, of rooms or of sockets.
package jobs

import (
	"context"
	"encoding/json"
	"log/slog"
	"sync"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/bridge"
)

// Plan is what a kind makes of a request: what the job is called, where it is
// told of, what was asked, as far as it was understood (small: every list shows
// it), and its work. Work tells how far it is as often as it likes, and ends with
// ctx.
type Plan struct {
	Title string
	Room  string
	Asked json.RawMessage
	Work  func(ctx context.Context, tell func(done, of int)) (result any, err error)
}

// Kind makes a plan, or says what is wrong with the request.
type Kind func(d json.RawMessage) (Plan, error)

// Bounds: of a relay, of a person in the lab, of a job's time and of its result.
const (
	maxHere   = 4
	maxOfOne  = 2
	longest   = 15 * time.Minute
	maxResult = 48 << 10
	maxKnown  = 256 // ended jobs that a relay shows, the newest
)

// A job that nobody was heard working on for lostAfter is lost. Who works on one
// says so every beatEvery.
const (
	beatEvery = 2 * time.Second
	lostAfter = 7 * time.Second
)

// Config is what jobs need.
type Config struct {
	Bridge *bridge.Bridge
	Kinds  map[string]Kind
	Logger *slog.Logger
}

// Jobs are what this relay knows of all jobs.
type Jobs struct {
	cfg  Config
	log  *slog.Logger
	work bridge.Jobs

	mu     sync.Mutex // guards what follows
	known  map[string]*known
	here   map[string]*task // those that this relay works on
	tell   func(api.Job)
	loaded bool

	telling sync.Mutex // orders calls of tell
}

// record is a job as it is stored.
type record struct {
	api.Job
	Relay string `json:"relay"`
	Beat  int    `json:"beat"`          // grows while its relay works on it
	Sum   string `json:"sum,omitempty"` // of what began it
}

// known is a job as it was last heard of.
type known struct {
	record
	rev   uint64
	heard time.Time // by this relay's clock
}

// New makes them; Run keeps them.
func New(cfg Config) *Jobs {
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	return &Jobs{cfg: cfg, log: cfg.Logger, known: map[string]*known{}, here: map[string]*task{}, tell: func(api.Job) {}}
}

// OnChange sets who is told of each job that people see changed, one call at a
// time; it must not block.
func (j *Jobs) OnChange(tell func(api.Job)) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.tell = tell
}

// Loaded says whether every stored job was read.
func (j *Jobs) Loaded() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.loaded
}

// List returns the jobs of a room ("": of all), newest first.
func (j *Jobs) List(room string) []api.Job {
	j.mu.Lock()
	defer j.mu.Unlock()
	list := []api.Job{}
	for _, k := range j.known {
		if room == "" || k.Room == room {
			list = append(list, k.Job)
		}
	}
	return sorted(list)
}

// Start begins a job and returns it as it stands. Under an id of the asker's
// making it may be asked again, at any relay: a job that has begun is not begun
// twice.
func (j *Jobs) Start(ctx context.Context, by api.User, q api.JobRequest) (api.Job, error) {
	kind := j.cfg.Kinds[q.Kind]
	if kind == nil {
		return api.Job{}, &wire.Fault{Code: wire.NotFound, Message: "there is no such kind of job", Hint: "kinds: search"}
	}
	plan, err := kind(q.D)
	if err != nil {
		return api.Job{}, err
	}
	store := j.cfg.Bridge.JobStore()
	if err := j.cfg.Bridge.Ready(); err != nil || store == nil {
		return api.Job{}, unavailable("the job could not be stored")
	}
	id, sum := q.ID, sumOf(by, q)
	switch {
	case id == "":
		id = wire.NewID("j")
	case !wire.ValidID(id):
		return api.Job{}, &wire.Fault{Code: wire.Invalid, Message: "id is none", Hint: "1 to 32 of a-z, 0-9 and -, or leave it out"}
	default:
		if job, ok, err := j.begun(ctx, id, sum); ok || err != nil {
			return job, err
		}
	}
	t := &task{j: j, plan: plan, settled: make(chan struct{}), record: record{Relay: j.cfg.Bridge.Relay(), Sum: sum, Job: api.Job{
		ID: id, Kind: q.Kind, Title: plan.Title, Room: plan.Room, Asked: plan.Asked, By: by, State: api.JobRunning,
		StartedAt: j.cfg.Bridge.Now().UTC().Truncate(time.Millisecond),
	}}}
	other, err := j.admit(t)
	if err != nil {
		return api.Job{}, err
	}
	if other != nil {
		return j.asBegun(ctx, other, sum)
	}
	defer close(t.settled)
	begun := t.record
	value, err := json.Marshal(begun)
	var rev uint64
	if err == nil {
		rev, err = store.Create(ctx, begun.ID, value)
		t.rev = rev
	}
	if err == nil && !j.work.Go(t.run) {
		err = unavailable("this relay is stopping")
	}
	if err != nil {
		j.leave(t)
		if wrongRevision(err) { // begun at another relay in this moment
			if job, ok, err := j.begun(ctx, id, sum); ok || err != nil {
				return job, err
			}
		}
		return api.Job{}, unavailable("the job could not be stored: " + err.Error())
	}
	j.take(begun, rev)
	return begun.Job, nil
}

// admit gives a job its place, if there is one, or returns the one that is being
// begun, or worked on, under its id.
func (j *Jobs) admit(t *task) (other *task, err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if other := j.here[t.ID]; other != nil {
		return other, nil
	}
	own := 0
	for _, k := range j.known {
		if k.State == api.JobRunning && k.By.ID == t.By.ID && j.here[k.ID] == nil {
			own++
		}
	}
	for _, other := range j.here {
		// One that was ended takes no place of its person's, though its work has not
		// quite stopped.
		if k := j.known[other.ID]; other.By.ID == t.By.ID && (k == nil || k.State == api.JobRunning) {
			own++
		}
	}
	if own >= maxOfOne || len(j.here) >= maxHere {
		return nil, &wire.Fault{Code: wire.TooMany, Message: "too many jobs are under way", Hint: "wait until one has ended, or cancel one", Retry: true}
	}
	t.ctx, t.stop = context.WithTimeout(context.Background(), longest)
	j.here[t.ID] = t
	return nil, nil
}

func (j *Jobs) leave(t *task) {
	t.stop()
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.here[t.ID] == t {
		delete(j.here, t.ID)
	}
}

// Cancel ends a job, whoever asks and whichever relay works on it, and returns
// it as it stands: it says who ended it.
func (j *Jobs) Cancel(ctx context.Context, by api.User, id string) (api.Job, error) {
	if !wire.ValidID(id) {
		return api.Job{}, notFound(id)
	}
	return j.end(ctx, id, func(r *record) { r.State, r.EndedBy = api.JobCancelled, &by })
}

func notFound(id string) error {
	return &wire.Fault{Code: wire.NotFound, Message: "there is no job " + id, Hint: "GET /api/v1/jobs lists them; they are remembered for a day"}
}

func unavailable(why string) error {
	return &wire.Fault{Code: wire.Unavailable, Message: why, Hint: "try again in a moment", Retry: true}
}
