// Package coretest sets up what tests of the relay's core stand on: a real
// broker with the accounts of the hub and of benches, and benches whose agent
// says exactly what a test wants. It knows the contract, the broker
// and what follows a run, but none of the parts that it is used to test.
package coretest

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/broker"
)

// Lab is a broker with the benches b1 and b2.
type Lab struct {
	t       testing.TB
	Broker  *broker.Broker
	options broker.Options
}

// New starts a lab that ends with the test.
func New(t testing.TB) *Lab {
	t.Helper()
	l := &Lab{t: t, options: broker.Options{
		Store: t.TempDir(), HubPassword: "hub-secret",
		Benches: []broker.Bench{{ID: "b1", Password: "b1-secret"}, {ID: "b2", Password: "b2-secret"}},
	}}
	l.Start()
	t.Cleanup(l.Stop)
	return l
}

// Start starts the broker, after a Stop on the same port and store.
func (l *Lab) Start() {
	l.t.Helper()
	b, err := broker.Start(l.options, Logger(l.t))
	if err != nil {
		l.t.Fatal(err)
	}
	l.Broker = b
	l.options.Listen = b.URL()[len("nats://"):]
}

// Stop stops the broker.
func (l *Lab) Stop() {
	if l.Broker == nil {
		return
	}
	if err := l.Broker.Close(); err != nil {
		l.t.Error(err)
	}
	l.Broker = nil
}

// URL is where the broker listens, also while it is stopped.
func (l *Lab) URL() string { return "nats://" + l.options.Listen }

// Password is a user's.
func (l *Lab) Password(user string) string { return user + "-secret" }

// Store is the broker's directory.
func (l *Lab) Store() string { return l.options.Store }

// Connect connects as hub or as a bench.
func (l *Lab) Connect(user string) *nats.Conn {
	l.t.Helper()
	nc, err := nats.Connect(l.URL(), nats.UserInfo(user, l.Password(user)), nats.MaxReconnects(-1),
		nats.ReconnectWait(20*time.Millisecond), nats.ReconnectBufSize(-1), nats.CustomInboxPrefix("_INBOX"))
	if err != nil {
		l.t.Fatal(err)
	}
	l.t.Cleanup(nc.Close)
	return nc
}

// Logger logs into the test's output.
func Logger(t testing.TB) *slog.Logger {
	return slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// Patience bounds every wait of a test.
const Patience = 20 * time.Second

// Eventually waits until done says so.
func Eventually(t testing.TB, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(Patience); !done(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

// Bench is an agent that a test plays. Its handlers answer what the relay
// sends; a nil one gives no answer.
type Bench struct {
	l     *Lab
	ID    string
	Life  string
	NC    *nats.Conn
	js    jetstream.JetStream
	began time.Time
	sub   *nats.Subscription
	rev   int64
	Flag  *wire.Flag // told with the next inventory

	mu      sync.Mutex // guards the fields below
	OnStart func(wire.Start) *wire.Answer
	OnOther func(subject string, req wire.Request) *wire.Answer
	// OnEpochs is told who drives the devices and gives what is known then; nil is
	// no answer. Where it is missing, all that is told is taken.
	OnEpochs func(wire.Epochs) map[string]wire.Drive
	starts   []wire.Start
}

// NewBench connects bench id with one device d1 and beats once.
func (l *Lab) NewBench(id string) *Bench {
	l.t.Helper()
	b := &Bench{l: l, ID: id, Life: wire.NewID("l"), NC: l.Connect(id), began: time.Now()}
	var err error
	if b.js, err = jetstream.New(b.NC); err != nil {
		l.t.Fatal(err)
	}
	b.OnStart = func(s wire.Start) *wire.Answer {
		return &wire.Answer{Result: &wire.Result{Run: s.Run, Rev: 1, Device: s.Device, State: wire.Accepted}}
	}
	if b.sub, err = b.NC.Subscribe(wire.CmdAll, b.command); err != nil {
		l.t.Fatal(err)
	}
	b.Flush()
	return b
}

// Flush waits until the broker has read all that the bench sent.
func (b *Bench) Flush() {
	b.l.t.Helper()
	if err := b.NC.FlushTimeout(10 * time.Second); err != nil {
		b.l.t.Fatal(err)
	}
}

// Handle changes the handlers.
func (b *Bench) Handle(change func(*Bench)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	change(b)
}

// Leave closes the bench's connection and waits until the broker knows.
func (b *Bench) Leave() {
	b.l.t.Helper()
	b.NC.Close()
	hub := b.l.Connect("hub")
	Eventually(b.l.t, "the broker knows that "+b.ID+" has gone", func() bool {
		_, err := hub.Request(wire.HubCmd(b.ID, "cmd.nothing"), nil, time.Second)
		return errors.Is(err, nats.ErrNoResponders)
	})
	hub.Close()
}

// Clock is the agent's clock.
func (b *Bench) Clock() int64 { return 1000 + time.Since(b.began).Milliseconds() }

// Starts are the starts that arrived.
func (b *Bench) Starts() []wire.Start {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]wire.Start(nil), b.starts...)
}

func (b *Bench) command(msg *nats.Msg) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var relay, req string
	var answer *wire.Answer
	if msg.Subject == wire.CmdRunStart {
		var s wire.Start
		_ = json.Unmarshal(msg.Data, &s)
		relay, req = s.Relay, s.Req
		b.starts = append(b.starts, s)
		if b.OnStart != nil {
			answer = b.OnStart(s)
		}
	} else {
		var r wire.Request
		_ = json.Unmarshal(msg.Data, &r)
		relay, req = r.Relay, r.Req
		if msg.Subject == wire.CmdRequest(wire.VerbEpochs) {
			var e wire.Epochs
			_ = json.Unmarshal(msg.Data, &e)
			if b.OnEpochs == nil {
				answer = &wire.Answer{Epochs: e.Devices}
			} else if known := b.OnEpochs(e); known != nil {
				answer = &wire.Answer{Epochs: known}
			}
		} else if b.OnOther != nil {
			answer = b.OnOther(msg.Subject, r)
		} else if msg.Subject == wire.CmdRequest(wire.VerbClock) {
			answer = &wire.Answer{}
		}
	}
	if answer == nil {
		return
	}
	if answer.Life == "" {
		answer.Life, answer.ClockMS = b.Life, b.Clock()
	}
	_ = b.NC.Publish(wire.UpReply(relay, req), encode(b.l.t, answer))
}

// Beat sends a beat.
func (b *Bench) Beat() {
	b.l.t.Helper()
	b.send(wire.UpAlive, wire.Alive{V: wire.Version, Life: b.Life, ClockMS: b.Clock(), Host: "pc", PID: 7})
}

// Inventory stores the bench's state; with no devices given, d1 is ready.
func (b *Bench) Inventory(devices ...wire.Device) {
	b.l.t.Helper()
	if devices == nil {
		devices = []wire.Device{{ID: "d1", Serial: "D1", State: wire.DeviceReady}}
	}
	b.rev++
	b.store(&nats.Msg{Subject: wire.UpState, Data: encode(b.l.t, wire.State{
		Bench: b.ID, Name: b.ID, Life: b.Life, Rev: b.rev, Devices: devices, Flag: b.Flag, At: time.Now(),
	})})
}

// Arrive stores the inventory and beats.
func (b *Bench) Arrive() { b.l.t.Helper(); b.Inventory(); b.Beat(); b.Flush() }

// Result stores what the agent says of a run.
func (b *Bench) Result(r wire.Result) {
	b.l.t.Helper()
	b.store(&nats.Msg{Subject: wire.UpResult(r.Run), Data: encode(b.l.t, r)})
}

// Ended stores that a run exited with 0 after lines.
func (b *Bench) Ended(run string, lines int64) {
	b.l.t.Helper()
	zero, now := 0, time.Now().UTC()
	b.Result(wire.Result{Run: run, Rev: 9, Device: "d1", State: wire.Ended, Outcome: wire.Exited, ExitCode: &zero, Lines: lines, EndedAt: &now})
}

// Lines stores count lines from first on as one block.
func (b *Bench) Lines(run string, first, count int64) {
	b.l.t.Helper()
	b.store(BlockMsg(b.l.t, Lines(run, first, count)))
}

// Gap stores a gap; count -1 means unknown.
func (b *Bench) Gap(run string, first, count int64) {
	b.l.t.Helper()
	b.store(BlockMsg(b.l.t, wire.GapBlock(run, first, count, "spool full")))
}

// Lines makes a block of lines that name their own numbers.
func Lines(run string, first, count int64) *wire.Block {
	block := &wire.Block{Run: run}
	for n := first; n < first+count; n++ {
		block.Add(wire.Line{N: n, UnixMS: 1795246488586, Stream: wire.Out, Level: wire.Plain, Bytes: fmt.Appendf(nil, "line %d", n)})
	}
	return block
}

// BlockMsg is a block as the agent publishes it.
func BlockMsg(t testing.TB, block *wire.Block) *nats.Msg {
	t.Helper()
	msg := &nats.Msg{Subject: wire.UpRun(block.Run), Header: nats.Header{}, Data: encode(t, block)}
	msg.Header.Set(wire.HeaderFirst, strconv.FormatInt(block.First, 10))
	if last, ok := block.Last(); ok {
		msg.Header.Set(wire.HeaderLast, strconv.FormatInt(last, 10))
	} else {
		msg.Header.Set(wire.HeaderLast, "")
	}
	return msg
}

func (b *Bench) send(subject string, v any) {
	b.l.t.Helper()
	if err := b.NC.Publish(subject, encode(b.l.t, v)); err != nil {
		b.l.t.Fatal(err)
	}
}

// store publishes until the broker says that it is stored.
func (b *Bench) store(msg *nats.Msg) {
	b.l.t.Helper()
	var err error
	for began := time.Now(); time.Since(began) < Patience; {
		var ack *nats.Msg
		if ack, err = b.NC.RequestMsg(msg, 2*time.Second); err == nil {
			var said struct {
				Error *struct{ Description string } `json:"error"`
				Seq   uint64                        `json:"seq"`
			}
			if err = json.Unmarshal(ack.Data, &said); err == nil && said.Error == nil && said.Seq > 0 {
				return
			} else if said.Error != nil {
				err = fmt.Errorf("refused: %s", said.Error.Description)
			}
		}
		time.Sleep(20 * time.Millisecond)
	}
	b.l.t.Fatalf("storing on %s: %v", msg.Subject, err)
}

func encode(t testing.TB, v any) []byte {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
