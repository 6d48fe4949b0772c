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
	began, release := make(chan string, 16), make(chan struct{})
	done := make(chan struct{})
	for range 2 {
		go func() {
			defer func() { done <- struct{}{} }()
			asked.work(ctx, func(q *nats.Msg) {
				began <- string(q.Data)
				if q.Subject == "loud" {
					select {
					case <-release:
					case <-ctx.Done():
					}
				}
			})
		}()
	}
	next := func(want string) {
		t.Helper()
		select {
		case got := <-began:
			if got != want {
				t.Fatalf("%q is answered, expected %q", got, want)
			}
		case <-ctx.Done():
			t.Fatalf("%q waits", want)
		}
	}
	loud := func(text string) { asked.ask("loud", &nats.Msg{Subject: "loud", Data: []byte(text)}) }
	defer func() { stop(); <-done; <-done }()
	loud("first")
	next("first")
	for range 1000 {
		loud("between")
	}
	loud("newest")
	asked.ask("quiet", &nats.Msg{Subject: "quiet", Data: []byte("quiet")})
	next("quiet") // while the loud one's answer is still being looked for
	close(release)
	next("newest")
	if len(began) != 0 {
		t.Errorf("%q, too", <-began)
	}
}
