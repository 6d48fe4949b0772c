package core_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/core/coretest"
	"github.com/farbench/farbench/relay/documents"
)

func one(id, command string, rev uint64) api.Checks {
	return api.Checks{Revision: rev, Checks: []api.Check{{ID: id, Label: "Version", Command: command, Pattern: `v=(?<v>\S+)`, TimeoutS: 33}}}
}

func TestDocuments_OfTwoWhoSaveAtOnceOneWins(t *testing.T) {
	l := coretest.New(t)
	relays := []*documents.Documents{relay(t, l).Documents(), relay(t, l).Documents()}
	before, err := relays[0].Checks(t.Context())
	if err != nil || before.Revision != 0 || len(before.Checks) == 0 || before.Commands == nil {
		t.Fatalf("before anybody saved: %+v, %v", before, err)
	}
	var rev uint64
	for round := range 10 {
		saved, errs := make([]api.Checks, 2), make([]error, 2)
		var both sync.WaitGroup
		for i, d := range relays {
			both.Go(func() {
				saved[i], errs[i] = d.SaveChecks(t.Context(), one(fmt.Sprint("by-", i), fmt.Sprint("echo ", round), rev))
			})
		}
		both.Wait()
		won := 0
		if errs[0] != nil {
			won = 1
		}
		var conflict *documents.Conflict
		if errs[won] != nil || !errors.As(errs[1-won], &conflict) {
			t.Fatalf("round %d: %v and %v", round, errs[0], errs[1])
		}
		want(t, errs[1-won], wire.Conflict)
		now := conflict.Current.(api.Checks)
		if now.Revision != saved[won].Revision || now.Checks[0].ID != fmt.Sprint("by-", won) || now.Revision <= rev {
			t.Fatalf("round %d: conflict shows %+v", round, now)
		}
		rev = saved[won].Revision
	}
	// An answer that was lost: the same save again says what became of it.
	again, err := relays[1].SaveChecks(t.Context(), one("mine", "id", rev))
	if err != nil {
		t.Fatal(err)
	}
	if same, err := relays[0].SaveChecks(t.Context(), one("mine", "id", rev)); err != nil || same.Revision != again.Revision {
		t.Errorf("%+v %v", same, err)
	}
	_, err = relays[0].SaveChecks(t.Context(), one("NO", "", rev))
	var invalid *documents.Invalid
	if want(t, err, wire.Invalid); !errors.As(err, &invalid) || len(invalid.Mistakes) != 2 {
		t.Errorf("%v", err)
	}
	// Empty is a document, too, and not the defaults.
	if _, err := relays[0].SaveChecks(t.Context(), api.Checks{Revision: again.Revision}); err != nil {
		t.Fatal(err)
	}
	if now, err := relays[1].Checks(t.Context()); err != nil || len(now.Checks) != 0 || now.Checks == nil {
		t.Errorf("%+v %v", now, err)
	}
}

func TestDocuments_SettingsAreEachPersonsOwn(t *testing.T) {
	d := relay(t, coretest.New(t)).Documents()
	doc, err := d.SaveSettings(t.Context(), "ä person > *", api.Settings{Settings: map[string]any{"theme": "dark"}})
	if err != nil || doc.Revision == 0 {
		t.Fatal(doc, err)
	}
	if other, err := d.Settings(t.Context(), "eve"); err != nil || other.Revision != 0 || len(other.Settings) != 0 {
		t.Errorf("%+v %v", other, err)
	}
	if mine, err := d.Settings(t.Context(), "ä person > *"); err != nil || mine.Settings["theme"] != "dark" || mine.Revision != doc.Revision {
		t.Errorf("%+v %v", mine, err)
	}
	_, err = d.SaveSettings(t.Context(), "ä person > *", api.Settings{Settings: map[string]any{"theme": "light"}})
	want(t, err, wire.Conflict)
	_, err = d.SaveSettings(t.Context(), "eve", api.Settings{Settings: map[string]any{"x": string(make([]byte, 16<<10))}})
	want(t, err, wire.TooLarge)
	_, err = d.SaveSettings(t.Context(), "eve", api.Settings{})
	want(t, err, wire.Invalid)
}

func TestRun_StartedByACheckKeepsACopy(t *testing.T) {
	l := coretest.New(t)
	b := l.NewBench("b1")
	c, other := relay(t, l), relay(t, l)
	b.Inventory(wire.Device{ID: "d1", Model: "HU5", State: wire.DeviceReady}, wire.Device{ID: "d2", Model: "IC7", State: wire.DeviceReady})
	b.Beat()
	online(t, c, "b1")
	online(t, other, "b1")
	doc := one("version", "echo v=1", 0)
	doc.Checks[0].Models = []string{"hu*"}
	doc, err := c.Documents().SaveChecks(t.Context(), doc)
	if err != nil {
		t.Fatal(err)
	}
	ask := api.RunRequest{ID: "mine", Bench: "b1", Device: "d1", Check: "version"}
	run := start(t, c, ask)
	copied := func(run api.Run) bool {
		return run.Check != nil && run.Check.ID == "version" && run.Check.Label == "Version" && run.Check.Pattern == `v=(?<v>\S+)` && run.Command == "echo v=1" && run.TimeoutS == 33
	}
	if !copied(run) {
		t.Errorf("%+v", run)
	}
	if s := b.Starts(); len(s) != 1 || s[0].Command != "echo v=1" || s[0].TimeoutS != 33 {
		t.Errorf("the bench was asked for %+v", s)
	}
	// The check is edited, then removed: the same question finds the same run.
	doc.Checks[0].Command = "echo v=2"
	if doc, err = c.Documents().SaveChecks(t.Context(), doc); err != nil {
		t.Fatal(err)
	}
	if again := start(t, other, ask); !copied(again) {
		t.Errorf("%+v", again)
	}
	if _, err := c.Documents().SaveChecks(t.Context(), api.Checks{Revision: doc.Revision}); err != nil {
		t.Fatal(err)
	}
	if again := start(t, other, ask); !copied(again) || len(b.Starts()) != 1 {
		t.Errorf("%+v", again)
	}
	for name, q := range map[string]struct {
		api.RunRequest
		code wire.Code
	}{
		"the same id with a command":  {api.RunRequest{ID: "mine", Bench: "b1", Device: "d1", Command: "echo v=1"}, wire.IDConflict},
		"the same id, another check":  {api.RunRequest{ID: "mine", Bench: "b1", Device: "d1", Check: "other"}, wire.IDConflict},
		"a check that is not there":   {api.RunRequest{Bench: "b1", Device: "d1", Check: "other"}, wire.NotFound},
		"a check and a command":       {api.RunRequest{Bench: "b1", Device: "d1", Check: "version", Command: "id"}, wire.Invalid},
		"a check by no possible name": {api.RunRequest{Bench: "b1", Device: "d1", Check: "*"}, wire.Invalid},
	} {
		if _, _, err := c.Runs().Start(t.Context(), q.RunRequest, tester); code(err) != q.code {
			t.Errorf("%s: %v (%s), want %s", name, err, code(err), q.code)
		}
	}
	if _, err := c.Documents().SaveChecks(t.Context(), api.Checks{Checks: []api.Check{{ID: "hu", Label: "HU", Command: "id", Models: []string{"hu*"}}}, Revision: doc.Revision + 1}); err != nil {
		t.Fatal(err)
	}
	_, _, err = c.Runs().Start(t.Context(), api.RunRequest{Bench: "b1", Device: "d2", Check: "hu"}, tester)
	want(t, err, wire.Invalid)
}
