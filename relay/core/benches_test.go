package core_test

import (
	"strings"
	"testing"
	"time"

	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/core/coretest"
)

func TestBench_OnlineByeAndClosed(t *testing.T) {
	l := coretest.New(t)
	b := l.NewBench("b1")
	c := relay(t, l)
	b.Arrive()
	online(t, c, "b1")
	offline := func(why string, within time.Duration) {
		t.Helper()
		began := time.Now()
		var doc api.Bench
		coretest.Eventually(t, "b1 is offline", func() bool { doc, _ = c.Benches().Get("b1"); return doc.State == api.Offline })
		if took := time.Since(began); took > within || !strings.Contains(doc.Reason, why) || !strings.Contains(doc.Reason, "since") {
			t.Errorf("offline after %s: %s", took, doc.Reason)
		}
	}
	if err := b.NC.Publish("up.bye", []byte(`{"life":"`+b.Life+`","reason":"asked to stop"}`)); err != nil {
		t.Fatal(err)
	}
	offline("asked to stop", time.Second)
	b.Beat()
	online(t, c, "b1")
	b.NC.Close()
	offline("connection closed", time.Second)
}

func TestBench_LabelsAndRoundTrip(t *testing.T) {
	l := coretest.New(t)
	b := l.NewBench("b1")
	c := relay(t, l)
	if err := b.NC.Publish("up.state", []byte(`{"life":"`+b.Life+`","rev":1,"labels":["hil","<b>","hil","lab 2"],"devices":[]}`)); err != nil {
		t.Fatal(err)
	}
	b.Beat()
	coretest.Eventually(t, "b1 has its labels and a round trip", func() bool {
		doc, ok := c.Benches().Get("b1")
		return ok && strings.Join(doc.Labels, "|") == "hil|lab 2" && doc.RTTMS != nil && *doc.RTTMS >= 0
	})
}

func TestBench_KnownFromTheStore(t *testing.T) {
	l := coretest.New(t)
	b := l.NewBench("b1")
	relay(t, l)
	b.Arrive()
	b.NC.Close()
	c := relay(t, l)
	doc, ok := c.Benches().Get("b1")
	if !ok || doc.State != api.Offline || len(doc.Devices) != 1 || !strings.Contains(doc.Reason, "last seen") {
		t.Errorf("%+v", doc)
	}
}

func TestBench_BrokerRestartIsNoOffline(t *testing.T) {
	l := coretest.New(t)
	b := l.NewBench("b1")
	c := relay(t, l)
	b.Arrive()
	online(t, c, "b1")
	l.Stop()
	coretest.Eventually(t, "the relay says so", func() bool { return c.Ready() != nil })
	l.Start()
	coretest.Eventually(t, "the relay is back", func() bool { return c.Ready() == nil })
	for range 100 {
		if doc, _ := c.Benches().Get("b1"); doc.State != api.Online {
			t.Fatalf("%+v", doc)
		}
	}
}

func TestRelay_BrokerDownAtStart(t *testing.T) {
	l := coretest.New(t)
	l.Stop()
	c, _ := relayUntil(t, l)
	_, _, err := c.Runs().Start(t.Context(), api.RunRequest{Bench: "b1", Device: "d1", Command: "id"}, tester)
	want(t, err, "unavailable")
	_, err = c.Runs().Get(t.Context(), "some")
	want(t, err, "unavailable")
	if c.Ready() == nil {
		t.Error("ready without a broker")
	}
	l.Start()
	coretest.Eventually(t, "the relay is ready", func() bool { return c.Ready() == nil && c.Runs().Loaded() })
}
