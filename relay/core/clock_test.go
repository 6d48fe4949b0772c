package core_test

import (
	"testing"
	"time"

	"github.com/farbench/farbench/relay/bridge"
	"github.com/farbench/farbench/relay/core/coretest"
)

func TestBridge_NowIsTheBrokersClock(t *testing.T) {
	l := coretest.New(t)
	var bridges []*bridge.Bridge
	for range 2 {
		b := bridge.New(bridge.Config{URL: l.URL(), User: "hub", Password: l.Password("hub"), Logger: coretest.Logger(t)})
		if !b.Now().IsZero() {
			t.Error("a moment before anybody asked the broker")
		}
		done := make(chan error, 1)
		go func() { done <- b.Run(t.Context()) }()
		t.Cleanup(func() { <-done })
		if err := b.Await(t.Context()); err != nil {
			t.Fatal(err)
		}
		bridges = append(bridges, b)
	}
	stored, err := bridges[0].Reservations().Put(t.Context(), "probe", []byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	entry, err := bridges[0].Reservations().Get(t.Context(), "probe")
	if err != nil || entry.Revision() != stored {
		t.Fatal(err)
	}
	for _, b := range bridges {
		if apart := b.Now().Sub(entry.Created()).Abs(); apart > 5*time.Second {
			t.Errorf("%s apart from what the broker stamps", apart)
		}
	}
}
