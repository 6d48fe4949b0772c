package daemon

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/flag"
	"github.com/farbench/farbench/agent/wire"
)

// stored waits until the store's inventory of the bench is as ok wants it.
func (h *hub) stored(what string, ok func(wire.State) bool) {
	h.t.Helper()
	wait(h.t, what, func() bool {
		var s wire.State
		m, err := must(h.js.Stream(h.t.Context(), wire.StreamBenches)).GetLastMsgForSubject(h.t.Context(), wire.UpState)
		return err == nil && json.Unmarshal(m.Data, &s) == nil && ok(s)
	})
}

func TestDaemon_TellsTheFlag(t *testing.T) {
	h := newHub(t)
	data := t.TempDir()
	if _, err := flag.Set(data, "Grace swaps the harness", time.Now()); err != nil {
		t.Fatal(err)
	}
	b := startBench(t, h, func(c *Config) { c.Data = data })
	h.stored("the flag, with the first inventory", func(s wire.State) bool {
		return len(s.Devices) > 0 && s.Flag != nil && s.Flag.Note == "Grace swaps the harness"
	})
	if err := flag.Clear(data); err != nil {
		t.Fatal(err)
	}
	h.stored("the flag taken away", func(s wire.State) bool { return s.Flag == nil && len(s.Devices) > 0 })
	if _, err := flag.Set(data, "again", time.Now()); err != nil {
		t.Fatal(err)
	}
	h.stored("the flag put up", func(s wire.State) bool { return s.Flag != nil && s.Flag.Note == "again" })
	life := h.clock().Life
	b.stop()
	startBench(t, h, func(c *Config) { c.Data = data })
	h.stored("the flag in the next life", func(s wire.State) bool {
		return s.Life != life && s.Flag != nil && s.Flag.Note == "again"
	})
}
