package faults

import (
	"sync"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/e2e/lab"
)

// A relay that is told to stop says goodbye to everybody and harms no run.
func TestDrain(t *testing.T) {
	c := startChain(t)
	run, err := c.relay.API.Start(c.ctx, api.RunRequest{
		Bench: "demo", Device: "sim0001",
		Command: "i=0; while [ $i -lt 60 ]; do echo $i; sleep 0.1; i=$((i+1)); done",
	})
	c.must(err)
	const sockets = 50
	type goodbye struct {
		frame api.Frame
		err   error
	}
	byes := make(chan goodbye, sockets) // one a socket
	var open sync.WaitGroup
	open.Add(sockets)
	for range sockets {
		go func() {
			s, err := lab.Dial(c.ctx, c.relay.Base, lab.Token)
			open.Done()
			if err != nil {
				byes <- goodbye{err: err}
				return
			}
			defer s.Close()
			one := int64(1)
			err = s.Send(api.Frame{T: "sub", I: &one, Room: "run:" + run.ID})
			for err == nil {
				var f api.Frame
				if f, err = s.Next(); f.T == "bye" {
					_, closed := s.Next()
					byes <- goodbye{frame: f, err: nil}
					_ = closed
					return
				}
			}
			byes <- goodbye{err: err}
		}()
	}
	open.Wait()
	took, err := c.relay.Stop(10 * time.Second)
	c.must(err)
	t.Logf("exited %s after SIGTERM", took.Round(time.Millisecond))
	retries := map[int]bool{}
	for range sockets {
		g := <-byes
		if g.err != nil || g.frame.Code != 4002 {
			t.Errorf("a socket ended with %+v %v, want a bye 4002", g.frame, g.err)
		}
		retries[g.frame.Retry] = true
	}
	if len(retries) < 10 {
		t.Errorf("%d different retry_ms among %d sockets, want them spread", len(retries), sockets)
	}
	c.must(c.relay.Start())
	if got := c.ended(c.relay, run.ID); got.Outcome != wire.Exited || got.Lines != 60 {
		t.Errorf("the run ended %+v, want 60 lines and exit", got)
	}
}
