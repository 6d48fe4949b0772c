package daemon

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/farbench/farbench/agent/wire"
)

// hub is a real broker with the hub's streams, and a relay of few words.
type hub struct {
	t     testing.TB
	dir   string
	port  int
	srv   *server.Server
	nc    *nats.Conn
	js    jetstream.JetStream
	relay string

	mu      sync.Mutex // guards what follows
	answers map[string]chan wire.Answer
	alive   wire.Alive
	byes    int

	asked sync.WaitGroup // of resume
}

func wait(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !ok(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited too long for: %s", what)
		}
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func newHub(t testing.TB) *hub {
	h := &hub{t: t, dir: t.TempDir(), port: -1, relay: wire.NewID(""), answers: map[string]chan wire.Answer{}}
	h.up()
	h.makeStreams()
	t.Cleanup(h.down)
	return h
}

func (h *hub) makeStreams() {
	for name, subject := range map[string]string{wire.StreamRuns: "up.run.*", wire.StreamResults: "up.result.*", wire.StreamBenches: "up.state"} {
		c := jetstream.StreamConfig{Name: name, Subjects: []string{subject}, Storage: jetstream.FileStorage, Discard: jetstream.DiscardNew}
		if name != wire.StreamRuns {
			c.MaxMsgsPerSubject, c.Discard = 1, jetstream.DiscardOld
		}
		must(h.js.CreateStream(h.t.Context(), c))
	}
}

// up starts the broker on the hub's store, and the relay.
func (h *hub) up() {
	h.srv = must(server.NewServer(&server.Options{
		Host: "127.0.0.1", Port: h.port, JetStream: true, StoreDir: h.dir, NoSigs: true, NoLog: true,
	}))
	h.srv.Start()
	if !h.srv.ReadyForConnections(10 * time.Second) {
		h.t.Fatal("the broker does not start")
	}
	h.port = h.srv.Addr().(*net.TCPAddr).Port
	h.nc = must(nats.Connect(h.url()))
	h.js = must(jetstream.New(h.nc))
	for subject, take := range map[string]func(*nats.Msg){
		"up.reply." + h.relay + ".*": h.answer,
		wire.UpAskResume:             h.resume,
		wire.UpAlive: func(m *nats.Msg) {
			h.mu.Lock()
			defer h.mu.Unlock()
			_ = json.Unmarshal(m.Data, &h.alive)
		},
		wire.UpBye: func(*nats.Msg) { h.mu.Lock(); h.byes++; h.mu.Unlock() },
	} {
		must(h.nc.Subscribe(subject, take))
	}
	_ = h.nc.Flush()
}

func (h *hub) down() {
	h.asked.Wait()
	h.nc.Close()
	h.srv.Shutdown()
	h.srv.WaitForShutdown()
}

func (h *hub) url() string { return fmt.Sprintf("nats://127.0.0.1:%d", h.port) }

func (h *hub) answer(m *nats.Msg) {
	var a wire.Answer
	if err := json.Unmarshal(m.Data, &a); err != nil {
		h.t.Errorf("answer %q: %v", m.Data, err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if c := h.answers[wire.Leaf(m.Subject)]; c != nil {
		c <- a
	}
}

// ask sends a request and waits for its answer.
func (h *hub) ask(subject string, request func(relay, req string) any) wire.Answer {
	h.t.Helper()
	req := wire.NewID("")
	c := make(chan wire.Answer, 8)
	h.mu.Lock()
	h.answers[req] = c
	h.mu.Unlock()
	if err := h.nc.Publish(subject, must(json.Marshal(request(h.relay, req)))); err != nil {
		h.t.Fatal(err)
	}
	select {
	case a := <-c:
		return a
	case <-time.After(10 * time.Second):
		h.t.Fatalf("no answer on %s", subject)
		return wire.Answer{}
	}
}

func (h *hub) clock() wire.Answer {
	h.t.Helper()
	return h.ask(wire.CmdRequest(wire.VerbClock), func(relay, req string) any { return wire.Request{Relay: relay, Req: req} })
}

func (h *hub) run(id string) wire.Answer {
	h.t.Helper()
	return h.ask(wire.CmdRequest(wire.VerbRun), func(relay, req string) any { return wire.Request{Relay: relay, Req: req, Run: id} })
}

func (h *hub) cancel(id string) wire.Answer {
	h.t.Helper()
	return h.ask(wire.CmdRunCancel, func(relay, req string) any { return wire.Cancel{Relay: relay, Req: req, Run: id} })
}

// start asks the clock and starts a command; change may alter the request.
func (h *hub) start(id, command string, change ...func(*wire.Start)) wire.Answer {
	h.t.Helper()
	clock := h.clock()
	s := wire.Start{Life: clock.Life, VoidAt: clock.ClockMS + 5000, Run: id, Device: "sim0001", Command: command, TimeoutS: 60}
	for _, f := range change {
		f(&s)
	}
	return h.send(s)
}

func (h *hub) send(s wire.Start) wire.Answer {
	h.t.Helper()
	return h.ask(wire.CmdRunStart, func(relay, req string) any { s.Relay, s.Req = relay, req; return s })
}

// result waits until the hub's store has a run's end and all its lines.
func (h *hub) result(id string) wire.Result {
	h.t.Helper()
	var r wire.Result
	wait(h.t, "the end of "+id, func() bool {
		stream, err := h.js.Stream(h.t.Context(), wire.StreamResults)
		if err != nil {
			return false
		}
		m, err := stream.GetLastMsgForSubject(h.t.Context(), wire.UpResult(id))
		return err == nil && json.Unmarshal(m.Data, &r) == nil && r.State == wire.Ended
	})
	wait(h.t, "the lines of "+id, func() bool {
		list, err := h.blocks(id)
		return err == nil && readLog(list).last >= r.Lines
	})
	return r
}

// blocks replays what the store has of a run.
func (h *hub) blocks(id string) (list []wire.Block, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	stream, err := h.js.Stream(ctx, wire.StreamRuns)
	if err != nil {
		return nil, err
	}
	info, err := stream.Info(ctx, jetstream.WithSubjectFilter(wire.UpRun(id)))
	if err != nil {
		return nil, err
	}
	n := int(info.State.Subjects[wire.UpRun(id)])
	if n == 0 {
		return nil, nil
	}
	c, err := stream.OrderedConsumer(ctx, jetstream.OrderedConsumerConfig{FilterSubjects: []string{wire.UpRun(id)}})
	if err != nil {
		return nil, err
	}
	for len(list) < n {
		batch, err := c.Fetch(min(n-len(list), 500), jetstream.FetchMaxWait(2*time.Second))
		if err != nil {
			return nil, err
		}
		for m := range batch.Messages() {
			var b wire.Block
			if err := json.Unmarshal(m.Data(), &b); err != nil {
				return nil, fmt.Errorf("block %q: %w", m.Data(), err)
			}
			if err := b.Check(); err != nil {
				return nil, fmt.Errorf("block %q: %w", m.Data(), err)
			}
			list = append(list, b)
		}
		if batch.Error() != nil || ctx.Err() != nil {
			return nil, errors.Join(batch.Error(), ctx.Err())
		}
	}
	return list, nil
}

// log reads a run by the one rule: only the next line.
type log struct {
	lines    []wire.Line
	gaps     int64
	last     int64
	out, err strings.Builder
}

func (h *hub) log(id string) *log {
	h.t.Helper()
	list, err := h.blocks(id)
	if err != nil {
		h.t.Fatal(err)
	}
	return readLog(list)
}

func readLog(blocks []wire.Block) *log {
	var l log
	for _, b := range blocks {
		end, _ := b.Last()
		switch {
		case end <= l.last:
		case b.Gap != "" && b.First <= l.last+1:
			l.gaps += end - l.last
			l.last = end
		case b.Gap == "" && b.First == l.last+1:
			for line := range b.Lines {
				l.lines = append(l.lines, line)
				to := &l.out
				if line.Stream == wire.Err {
					to = &l.err
				}
				if line.Stream != wire.Sys {
					to.Write(line.Bytes)
					if !line.Cont {
						to.WriteByte('\n')
					}
				}
			}
			l.last = end
		}
	}
	return &l
}

// resume answers how far the store got.
func (h *hub) resume(m *nats.Msg) {
	var ask wire.ResumeAsk
	if json.Unmarshal(m.Data, &ask) != nil {
		return
	}
	h.asked.Go(func() { // it reads the store through this very connection
		a := wire.ResumeAnswer{Stored: map[string]int64{}}
		for _, run := range ask.Runs {
			if list, err := h.blocks(run); err == nil {
				a.Stored[run] = readLog(list).last
			}
		}
		_ = m.Respond(must(json.Marshal(a)))
	})
}

func jsonOf(v any) ([]byte, error) { return json.Marshal(v) }
