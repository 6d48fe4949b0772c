package main

import (
	"strings"
	"testing"

	"github.com/farbench/farbench/relay/api"
)

// A reservation that somebody waits for cannot be extended: what is said then is
// who waits, and no command that the relay would refuse.
func TestNotices_AnEndThatSomebodyWaitsFor(t *testing.T) {
	n := api.Notice{Kind: api.NoticeEnds, Text: "your reservation of d1 on b1 ends in 5 min", Bench: "b1", Device: "d1"}
	if _, todo := noticeWords(n); todo != "farbench reserve b1/d1 --for 1h keeps it" {
		t.Errorf("nobody waits: %s", todo)
	}
	n.Who = &api.User{ID: "p-grace", Name: "Grace"}
	if _, todo := noticeWords(n); !strings.HasPrefix(todo, "Grace waits") || !strings.Contains(todo, "farbench hand b1/d1 Grace") || strings.Contains(todo, "--for") {
		t.Errorf("Grace waits: %s", todo)
	}
}
