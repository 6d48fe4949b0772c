package web

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
)

// slowRuns holds an answer back until it is let go.
type slowRuns struct {
	labRuns
	began, letGo chan struct{}
}

func (s slowRuns) Cancel(context.Context, string, api.User) error {
	close(s.began)
	<-s.letGo
	return nil
}

// With 50 sockets open, a log being followed and an answer on its way: sockets
// hear when to come back, the stream ends, the answer arrives, new work is
// refused, and all is over well within 10 s. The run is not touched.
func TestDrain(t *testing.T) {
	slow := slowRuns{began: make(chan struct{}), letGo: make(chan struct{})}
	s := openSite(t, func(c *Config) { slow.labRuns = c.Runs.(labRuns); c.Runs = slow })
	s.lab.run("r1")
	var pages []*page
	for range 50 {
		p := s.join()
		p.say(`{"t":"sub","i":1,"room":"run:r1"}`)
		p.until("live")
		pages = append(pages, p)
	}
	stream := s.ask("GET", "/api/v1/runs/r1/log?follow=1", "")
	answered := make(chan int, 1)
	go func() { answered <- s.ask("POST", "/api/v1/runs/r1/cancel", "").StatusCode }()
	<-slow.began

	began := time.Now()
	stopped := make(chan error, 1)
	go func() { stopped <- s.stop() }()
	retries := map[int]bool{}
	for _, p := range pages {
		retries[p.closed(4002).Retry] = true
	}
	if len(retries) < 25 {
		t.Errorf("only %d different retry_ms of 50", len(retries))
	}
	if got := body(t, stream); got != "" {
		t.Errorf("the stream ended with %q", got)
	}
	s.expect(s.ask("POST", "/api/v1/runs", `{"bench":"demo","device":"d","command":"true"}`), http.StatusServiceUnavailable, wire.Unavailable)
	s.expect(s.ask("GET", "/readyz", ""), http.StatusServiceUnavailable, wire.Unavailable)
	close(slow.letGo)
	if status := <-answered; status != http.StatusAccepted {
		t.Errorf("the answer on its way came as %d", status)
	}
	if err := <-stopped; err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took > 9*time.Second {
		t.Errorf("the drain took %s", took)
	}
	if run, err := slow.Get(context.Background(), "r1"); err != nil || run.State != wire.Running {
		t.Errorf("the run was harmed: %+v %v", run, err)
	}
	if n := s.hub.Stats().Conns + s.listener.count(); n != 0 {
		t.Errorf("%d connections are left", n)
	}
}

func TestReady_SaysWhatIsMissing(t *testing.T) {
	s := openSite(t, func(c *Config) { c.Ready = func() error { return errors.New("no connection to the broker") } })
	p := problemIn(t, s.ask("GET", "/readyz", "", "Authorization: "))
	if p.Status != 503 || p.Detail != "not ready: no connection to the broker" {
		t.Fatalf("%+v", p)
	}
	if res := s.ask("GET", "/healthz", "", "Authorization: "); res.StatusCode != 200 {
		t.Fatal(res.StatusCode)
	}
}
