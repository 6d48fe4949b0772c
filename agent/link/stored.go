package link

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/farbench/farbench/agent/spool"
	"github.com/farbench/farbench/agent/wire"
)

// publisher is what the spool sends through: a JetStream publish is a plain
// one whose reply subject gets the acknowledgement.
type publisher struct {
	l     *Link
	nc    *nats.Conn
	inbox string
}

func (p publisher) Publish(m spool.Message) error {
	msg := &nats.Msg{Subject: m.Subject, Reply: p.inbox + m.Token, Data: m.Data}
	if m.First > 0 {
		msg.Header = nats.Header{
			wire.HeaderFirst: {strconv.FormatInt(m.First, 10)},
			wire.HeaderLast:  {strconv.FormatInt(m.Last, 10)},
		}
	}
	if err := p.nc.PublishMsg(msg); err != nil {
		return fmt.Errorf("publishing %s: %w", m.Subject, err)
	}
	if m.Subject == wire.UpState {
		select {
		case p.l.stateOut <- struct{}{}:
		default:
		}
	}
	return nil
}

// answered takes acknowledgements.
func (l *Link) answered(m *nats.Msg) {
	seq, err := acknowledgement(m)
	l.c.Spool.Answered(wire.Leaf(m.Subject), seq, err)
}

var errNoStream = errors.New("no stream takes it")

// acknowledgement reads JetStream's answer to a publish.
func acknowledgement(m *nats.Msg) (seq uint64, err error) {
	if len(m.Data) == 0 { // the broker's own answer: nobody listens there
		return 0, errNoStream
	}
	var ack struct {
		Stream string `json:"stream"`
		Seq    uint64 `json:"seq"`
		Error  *struct {
			Code        int    `json:"code"`
			Description string `json:"description"`
		} `json:"error"`
	}
	switch err := json.Unmarshal(m.Data, &ack); {
	case err != nil:
		return 0, fmt.Errorf("reading acknowledgement: %w", err)
	case ack.Error != nil:
		return 0, fmt.Errorf("refused: %d %s", ack.Error.Code, ack.Error.Description)
	case ack.Seq == 0:
		return 0, errors.New("acknowledgement without a sequence")
	}
	return ack.Seq, nil
}

// resumeBatch is how many runs one question names.
const resumeBatch = 128

// resumeForEver asks, after every connect and until it is answered for every
// run, how far the hub got. Sending goes on meanwhile.
func (l *Link) resumeForEver(ctx context.Context, nc *nats.Conn, connected <-chan struct{}) {
	fails := 0
	for {
		runs := l.c.Spool.Unresumed(resumeBatch)
		if len(runs) == 0 || !nc.IsConnected() {
			fails = 0
			select {
			case <-ctx.Done():
				return
			case <-connected:
			}
			continue
		}
		if err := l.resume(ctx, nc, runs); err == nil {
			fails = 0
			continue
		} else if fails++; fails == 1 {
			l.c.Logger.Debug("nobody says yet what is stored", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-connected:
		case <-time.After(rand.N(min(5*time.Second, 200*time.Millisecond<<min(fails, 5)))):
		}
	}
}

// resume asks for some runs. An answer of use names at least one of them.
func (l *Link) resume(ctx context.Context, nc *nats.Conn, runs []string) error {
	l.mu.Lock()
	epoch := l.epoch
	l.mu.Unlock()
	ask, err := json.Marshal(wire.ResumeAsk{Runs: runs})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	m, err := nc.RequestWithContext(ctx, wire.UpAskResume, ask)
	if err != nil {
		return fmt.Errorf("asking what is stored: %w", err)
	}
	var a wire.ResumeAnswer
	if err := json.Unmarshal(m.Data, &a); err != nil {
		return fmt.Errorf("reading what is stored: %w", err)
	}
	stored := map[string]int64{}
	for _, run := range runs {
		if line, ok := a.Stored[run]; ok && line >= 0 {
			stored[run] = line
		}
	}
	if len(stored) == 0 {
		return errors.New("the answer names none of the runs")
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if epoch != l.epoch {
		return errors.New("the link was cut meanwhile")
	}
	l.c.Spool.Resumed(stored)
	return nil
}
