package reader

import (
	"context"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
)

func TestTurns_OneBenchThatAsksWithoutEndKeepsNobodyWaiting(t *testing.T) {
	asked := newTurns(64)
	ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
	defer stop()
	answered, done := make(chan string), make(chan struct{}, 2)
	for range 2 {
		go func() {
			asked.work(ctx, func(q *nats.Msg) {
				select {
				case answered <- q.Subject + string(q.Data):
				case <-ctx.Done():
				}
			})
			done <- struct{}{}
		}()
	}
	for range 1000 {
		asked.ask("loud", &nats.Msg{Subject: "loud", Data: []byte(" old")})
	}
	asked.ask("loud", &nats.Msg{Subject: "loud", Data: []byte(" newest")})
	asked.ask("quiet", &nats.Msg{Subject: "quiet"})
	got := map[string]int{}
	for range 2 { // whatever the loud one's first question is, the quiet one's comes beside it
		select {
		case who := <-answered:
			got[who]++
		case <-ctx.Done():
			t.Fatalf("only %v were answered", got)
		}
	}
	if got["quiet"] != 1 {
		t.Errorf("the quiet bench waits behind %v", got)
	}
	if got["loud newest"] == 0 {
		if who := <-answered; who != "loud newest" {
			t.Errorf("then %q", who)
		}
	}
	select {
	case who := <-answered:
		t.Errorf("%q once more", who)
	case <-time.After(20 * time.Millisecond):
	}
	stop()
	<-done
	<-done
}
