package rooms

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/farbench/farbench/relay/e2e/lab"
)

// house is what a script plays in: a broker, relays one and two, and a bench
// demo with a simulated device. The variables one_url and two_url are where the
// relays listen, for the command line.
type house struct {
	relays  map[string]*lab.Relay
	clients map[string]*client
}

type houseKey struct{}

func setUp(env *testscript.Env) error {
	broker, err := lab.StartBroker(built, env.WorkDir, "demo")
	if err != nil {
		return err
	}
	env.Defer(broker.Kill)
	h := &house{relays: map[string]*lab.Relay{}, clients: map[string]*client{}}
	for _, name := range []string{"one", "two"} {
		r, err := lab.StartRelay(built, broker.Addr)
		if err != nil {
			return err
		}
		env.Defer(func() { r.Kill() }) // of that moment: it may have been started again
		h.relays[name] = r
		env.Setenv(name+"_url", r.Base)
	}
	env.Setenv("PATH", filepath.Dir(built.Path("farbench"))+string(filepath.ListSeparator)+env.Getenv("PATH"))
	env.Setenv("FARBENCH_TOKEN", lab.Token)
	env.Setenv("XDG_STATE_HOME", env.WorkDir) // nobody's session but the script's
	agent, err := lab.StartAgent(built, env.WorkDir, "demo", "sim", broker.Addr)
	if err != nil {
		return err
	}
	env.Defer(agent.Kill)
	env.Defer(func() {
		for _, c := range h.clients {
			c.close()
		}
	})
	env.Values[houseKey{}] = h
	for _, r := range h.relays {
		if err := errors.Join(knows(r, "demo"), loaded(r.Base)); err != nil {
			return err
		}
	}
	return nil
}

// knows waits until a relay has heard of a bench.
func knows(r *lab.Relay, bench string) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for {
		b, err := r.Bench(ctx, bench)
		if err == nil && b.State == "online" {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("bench %s does not come to %s: %w", bench, r.Base, errors.Join(ctx.Err(), err))
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func houseOf(ts *testscript.TestScript) *house { return ts.Value(houseKey{}).(*house) }

func (h *house) client(ts *testscript.TestScript, args []string) (*client, string) {
	if len(args) == 0 {
		ts.Fatalf("whose socket?")
	}
	c := h.clients[args[0]]
	if c == nil {
		ts.Fatalf("%s has not dialled", args[0])
	}
	return c, strings.Join(args[1:], " ")
}

// dial opens a socket: dial NAME RELAY [PERSON]. The variables NAME_conn and
// NAME_user say who it is; NAME_o_ROOM (with _ for what is no letter) is the
// last offset heard in a room (NAME_o_user in its person's own), also after the
// socket was cut.
func dial(ts *testscript.TestScript, _ bool, args []string) {
	h := houseOf(ts)
	if len(args) < 2 || h.relays[args[1]] == nil {
		ts.Fatalf("usage: dial NAME one|two [PERSON]")
	}
	person := ""
	if len(args) > 2 {
		person = args[2]
	}
	c, err := connect(h.relays[args[1]].Base, person)
	ts.Check(err)
	if old := h.clients[args[0]]; old != nil {
		old.close()
	}
	h.clients[args[0]] = c
	c.moved = func(room, offset string) {
		if strings.HasPrefix(room, "user:") {
			room = "user"
		}
		ts.Setenv(args[0]+"_o_"+strings.Map(word, room), offset)
	}
	ts.Setenv(args[0]+"_conn", c.welcome.Conn)
	ts.Setenv(args[0]+"_user", c.welcome.User.ID)
}

func word(r rune) rune {
	if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
		return r
	}
	return '_'
}

// cut closes a socket without a word.
func cut(ts *testscript.TestScript, _ bool, args []string) {
	c, _ := houseOf(ts).client(ts, args)
	c.close()
}

// say sends a message: say NAME {"t":…}.
func say(ts *testscript.TestScript, _ bool, args []string) {
	c, text := houseOf(ts).client(ts, args)
	ts.Check(c.send(text))
}

// hear passes over messages until one has all that the pattern names.
func hear(ts *testscript.TestScript, _ bool, args []string) {
	c, pattern := houseOf(ts).client(ts, args)
	message, err := c.hear(pattern)
	ts.Check(err)
	keep(ts, args[0], message)
}

// next expects the very next message to have all that the pattern names.
func next(ts *testscript.TestScript, _ bool, args []string) {
	c, pattern := houseOf(ts).client(ts, args)
	message, err := c.next(pattern)
	ts.Check(err)
	keep(ts, args[0], message)
}

// keep sets NAME_ask to the ask of the message heard last.
func keep(ts *testscript.TestScript, name string, message map[string]any) {
	if ask, ok := message["ask"].(string); ok {
		ts.Setenv(name+"_ask", ask)
	}
}

// closed expects the socket to be closed with a code.
func closed(ts *testscript.TestScript, _ bool, args []string) {
	c, code := houseOf(ts).client(ts, args)
	ts.Check(c.closedWith(code))
}

// relay kills or starts one of the relays: relay kill|start NAME.
func relay(ts *testscript.TestScript, _ bool, args []string) {
	h := houseOf(ts)
	if len(args) != 2 || h.relays[args[1]] == nil {
		ts.Fatalf("usage: relay kill|start one|two")
	}
	r := h.relays[args[1]]
	if args[0] == "kill" {
		r.Kill()
		return
	}
	ts.Check(r.Start())
	ts.Check(knows(r, "demo"))
	ts.Check(loaded(r.Base))
}
