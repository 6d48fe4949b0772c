package runs

import (
	"strings"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
)

func TestValidate_Act(t *testing.T) {
	ask := func(act wire.Act) api.RunRequest { return api.RunRequest{Bench: "b1", Device: "d1", Act: &act} }
	if timeout, _, err := validate(ask(wire.Act{Kind: wire.ActReboot})); err != nil || timeout != defaultTimeoutS {
		t.Errorf("a reboot may take %d s, %v", timeout, err)
	}
	if timeout, _, err := validate(ask(wire.Act{Kind: wire.ActLogcat})); err != nil || timeout != maxTimeoutS {
		t.Errorf("a logcat may take %d s, %v", timeout, err)
	}
	both := ask(wire.Act{Kind: wire.ActReboot, Mode: "mars"})
	both.Command = "true"
	_, _, err := validate(both)
	if err == nil || !strings.Contains(err.Error(), "act.mode") || !strings.Contains(err.Error(), "beside") {
		t.Errorf("not every mistake is named: %v", err)
	}
}

// The words of an act are shown, and are no command that somebody typed.
func TestIndex_Act(t *testing.T) {
	x, act := newIndex(), wire.Act{Kind: wire.ActReboot, Mode: wire.RebootRecovery}
	c := aClaim("r1", 1)
	c.Act, c.Command, c.Hash, c.By = &act, act.Command(), wire.ActHash(&act), "tester"
	x.claim(c, 1, time.Now())
	found := x.list(Query{Text: "reboot rec", Limit: 10}, nil).Runs
	if len(found) != 1 || found[0].Act == nil || found[0].Act.Mode != wire.RebootRecovery || found[0].Command != "adb reboot recovery" {
		t.Errorf("listed as %+v", found)
	}
	if past := x.history(api.User{ID: "tester", Name: "tester"}, Past{Limit: 10}); len(past.Commands) != 0 {
		t.Errorf("history holds %+v", past.Commands)
	}
	command := c
	command.Act, command.Hash = nil, wire.CommandHash(c.Command)
	other := c
	other.Act, other.Hash = &wire.Act{Kind: wire.ActReboot}, wire.ActHash(&wire.Act{Kind: wire.ActReboot})
	if sameWork(c, command) || sameWork(c, other) || !sameWork(c, c) {
		t.Error("an act is taken for another work")
	}
}
