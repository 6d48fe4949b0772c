package client

import (
	"testing"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
)

// What the relay says to do is what the person reads.
func TestByeFault_KeepsTheRelaysOwnHint(t *testing.T) {
	for _, c := range []struct {
		code          int
		reason        string
		want          wire.Code
		message, hint string
	}{
		{4501, "name_taken: somebody is signed in as Pia; make a link there; else choose another name", wire.NameTaken, "somebody is signed in as Pia", "make a link there; else choose another name"},
		{4501, "the token or session is not valid: sign in", wire.Unauthorized, "the token or session is not valid: sign in", "set FARBENCH_TOKEN"},
		{4504, "Pia has signed in: sign in yourself", wire.Unauthorized, "Pia has signed in: sign in yourself", "sign in: farbench sign-in LINK, with a link from the dashboard (Use another device)"},
		{4002, "the relay stops", wire.Unavailable, "the relay stops", "try again in a moment"},
	} {
		got := byeFault(api.Frame{T: "bye", Code: c.code, Reason: c.reason})
		if got.Code != c.want || got.Message != c.message || got.Hint != c.hint {
			t.Errorf("%d %q is %+v", c.code, c.reason, got)
		}
	}
}
