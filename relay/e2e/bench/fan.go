package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/farbench/farbench/relay/e2e/lab"
)

// inFlight is how many messages the slowest subscriber may be behind.
const inFlight = 256

// fanOrder tells the fan server to publish; while it does, Ack says how many
// messages the slowest subscriber has.
type fanOrder struct {
	Way      string `json:"way,omitempty"`
	Messages int64  `json:"messages,omitempty"`
	Ack      int64  `json:"ack,omitempty"`
}

// fanDone answers an order once all subscribers have everything.
type fanDone struct {
	Took time.Duration `json:"took"`
	CPU  time.Duration `json:"cpu"` // of the server's process, user and system
}

// fan sends deliveries messages in all to so many subscribers of one room: over
// the relay's own web side, and over a server with one writer and one encoding
// for each client. Both run in one process of their own; the subscribers are
// this one.
func (b *bench) fan(ctx context.Context, t *table, subscribers, deliveries int) error {
	f, err := startFan(ctx)
	if err != nil {
		return err
	}
	defer f.stop()
	rate := map[string]float64{}
	for _, way := range []string{wayHub, wayPlain} {
		done, err := f.publish(ctx, way, subscribers, int64(deliveries/subscribers))
		if err != nil {
			return fmt.Errorf("%s, %d subscribers: %w", way, subscribers, err)
		}
		sent := float64(deliveries/subscribers) * float64(subscribers)
		rate[way] = sent / 1000 / done.Took.Seconds()
		t.row(fmt.Sprintf("fan-out to %d, %s", subscribers, way), "k/s").add(rate[way])
		t.row(fmt.Sprintf("… CPU a delivery to %d, %s", subscribers, way), "µs").add(float64(done.CPU.Microseconds()) / sent)
	}
	ratio := t.row(fmt.Sprintf("fan-out to %d, %s / %s", subscribers, wayHub, wayPlain), "×")
	if subscribers >= 1000 {
		ratio.floor(4)
	}
	ratio.add(rate[wayHub] / rate[wayPlain])
	return nil
}

type fan struct {
	cmd     *exec.Cmd
	in      io.WriteCloser
	tell    *json.Encoder
	answers *json.Decoder
	urls    map[string]string
}

func startFan(ctx context.Context) (*fan, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	f := &fan{cmd: exec.CommandContext(ctx, self, fanServerWord)}
	f.cmd.Stderr = os.Stderr
	if f.in, err = f.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := f.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := f.cmd.Start(); err != nil {
		return nil, err
	}
	f.tell, f.answers = json.NewEncoder(f.in), json.NewDecoder(out)
	if err := f.answers.Decode(&f.urls); err != nil {
		f.stop()
		return nil, fmt.Errorf("starting the fan server: %w", err)
	}
	return f, nil
}

func (f *fan) stop() {
	_ = f.in.Close()
	_ = f.cmd.Wait()
}

// publish subscribes and counts until everybody has everything.
func (f *fan) publish(ctx context.Context, way string, subscribers int, messages int64) (fanDone, error) {
	var done fanDone
	conns, err := f.subscribe(ctx, way, subscribers)
	defer func() {
		for _, c := range conns {
			_ = c.Close()
		}
	}()
	if err != nil {
		return done, err
	}
	counts := make([]atomic.Int64, subscribers)
	group, ctx := errgroup.WithContext(ctx)
	for i, c := range conns {
		stop := context.AfterFunc(ctx, func() { _ = c.Close() })
		defer stop()
		group.Go(func() error { return countFrames(c, &counts[i], messages) })
	}
	if err := f.tell.Encode(fanOrder{Way: way, Messages: messages}); err != nil {
		return done, err
	}
	group.Go(func() error {
		tick := time.NewTicker(500 * time.Microsecond)
		defer tick.Stop()
		for acked := int64(0); acked < messages; {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-tick.C:
			}
			slowest := messages
			for i := range counts {
				slowest = min(slowest, counts[i].Load())
			}
			if slowest == acked {
				continue
			}
			acked = slowest
			if err := f.tell.Encode(fanOrder{Ack: acked}); err != nil {
				return err
			}
		}
		return nil
	})
	if err := group.Wait(); err != nil {
		return done, err
	}
	return done, f.answers.Decode(&done)
}

func (f *fan) subscribe(ctx context.Context, way string, n int) ([]net.Conn, error) {
	conns := make([]net.Conn, 0, n)
	for range n {
		conn, err := lab.Join(ctx, f.urls[way])
		if err != nil {
			return conns, err
		}
		conns = append(conns, conn)
	}
	return conns, nil
}

var publication = []byte(`{"t":"pub"`)

// countFrames counts publications below the library, which would cost more than
// what is measured. It ends after the last one.
func countFrames(conn net.Conn, count *atomic.Int64, messages int64) error {
	r := bufio.NewReaderSize(conn, 64<<10)
	for count.Load() < messages {
		head, err := r.Peek(2)
		if err != nil {
			return err
		}
		size, skip := int(head[1]&0x7f), 2
		switch size {
		case 126:
			if head, err = r.Peek(4); err != nil {
				return err
			}
			size, skip = int(head[2])<<8|int(head[3]), 4
		case 127:
			return errors.New("a publication of more than 64 KiB")
		}
		frame, err := r.Peek(skip + min(size, len(publication)))
		if err != nil {
			return err
		}
		if string(frame[skip:]) == string(publication) {
			count.Add(1)
		}
		if _, err := r.Discard(skip + size); err != nil {
			return err
		}
	}
	return nil
}
