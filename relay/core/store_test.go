package core_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/core/coretest"
	"github.com/farbench/farbench/relay/reader"
)

func TestFollow_StorePutBackToAnOlderCopy(t *testing.T) {
	l := coretest.New(t)
	b := l.NewBench("b1")
	c := relay(t, l)
	b.Arrive()
	online(t, c, "b1")
	run := start(t, c, api.RunRequest{})
	f := coretest.NewFollower(t, 1)
	wait, _ := follow(t, c, run.ID, reader.From{}, f)
	for n := range int64(20) {
		b.Lines(run.ID, 1+n*100, 100)
	}
	l.Stop()
	copied := filepath.Join(t.TempDir(), "copy")
	if err := os.CopyFS(copied, os.DirFS(l.Store())); err != nil {
		t.Fatal(err)
	}
	l.Start()
	coretest.Eventually(t, "all are back", func() bool { return b.NC.IsConnected() && c.Ready() == nil })
	for n := int64(20); n < 40; n++ {
		b.Lines(run.ID, 1+n*100, 100)
	}
	lost := start(t, c, api.RunRequest{ID: "claimed-since", Command: "id"})
	l.Stop()
	if err := os.RemoveAll(l.Store()); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(l.Store(), os.DirFS(copied)); err != nil {
		t.Fatal(err)
	}
	l.Start()
	coretest.Eventually(t, "all are back", func() bool { return b.NC.IsConnected() && c.Ready() == nil })
	answer, err := b.NC.Request(wire.UpAskResume, []byte(`{"runs":["`+run.ID+`","`+lost.ID+`"]}`), coretest.Patience)
	if err != nil || string(answer.Data) != `{"stored":{"`+lost.ID+`":0,"`+run.ID+`":2000}}` {
		t.Errorf("the store got to %s, %v", answer.Data, err)
	}
	late := coretest.NewFollower(t, 1)
	waitLate, _ := follow(t, c, run.ID, reader.From{}, late)
	for n := int64(20); n < 50; n++ { // as the agent's spool sends them again
		b.Lines(run.ID, 1+n*100, 100)
	}
	b.Ended(run.ID, 5000)
	for i, wait := range []func() error{wait, waitLate} {
		if err := wait(); err != nil || []*coretest.Follower{f, late}[i].Lines() != 5000 {
			t.Errorf("follower %d: %v", i, err)
		}
	}
	fresh := relay(t, l)
	if _, err := fresh.Runs().Get(t.Context(), lost.ID); err != nil {
		t.Errorf("the claim that the copy lacked: %v", err)
	}
}

func TestFollow_StreamDeletedAndMadeAgain(t *testing.T) {
	l := coretest.New(t)
	b := l.NewBench("b1")
	c := relay(t, l)
	b.Arrive()
	online(t, c, "b1")
	run := start(t, c, api.RunRequest{})
	f := coretest.NewFollower(t, 1)
	wait, _ := follow(t, c, run.ID, reader.From{}, f)
	for n := range int64(20) {
		b.Lines(run.ID, 1+n*100, 100)
	}
	coretest.Eventually(t, "2000 lines came", func() bool { return f.Lines() == 2000 })
	waiting := coretest.NewFollower(t, 2001)
	waitWaiting, _ := follow(t, c, run.ID, reader.From{Offset: f.Offset()}, waiting)
	if err := coretest.Store(t, l).JS.DeleteStream(t.Context(), wire.StreamRuns); err != nil {
		t.Fatal(err)
	}
	for n := int64(10); n < 30; n++ { // what the spool still has; stored once the relay made the stream again
		b.Lines(run.ID, 1+n*100, 100)
	}
	b.Ended(run.ID, 3000)
	for i, wait := range []func() error{wait, waitWaiting} {
		if err := wait(); err != nil {
			t.Errorf("follower %d: %v", i, err)
		}
	}
	if f.Lines() != 3000 || waiting.Lines() != 1000 {
		t.Errorf("%d and %d lines", f.Lines(), waiting.Lines())
	}
}
