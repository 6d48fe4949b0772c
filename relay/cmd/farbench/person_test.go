package main

import (
	"errors"
	"testing"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
)

func TestAmong_NameOrIDOfOnePerson(t *testing.T) {
	known := []api.User{
		{ID: "p3", Name: "guest"},
		{ID: "p1", Name: "Ada L."},
		{ID: "p2", Name: "Grace"},
		{ID: "p1", Name: "Ada L."},
		{ID: "p4", Name: "guest"},
		{ID: "p5", Name: "P2"}, // calls themselves as Grace is known
	}
	for word, id := range map[string]string{"ada l.": "p1", "Ada  L. ": "p1", "ＧＲＡＣＥ": "p2", "p4": "p4", "p2": "p2", "p5": "p5"} {
		if who, err := among(known, word); err != nil || who.ID != id {
			t.Errorf("%q is %+v, %v", word, who, err)
		}
	}
	for word, told := range map[string]wire.Fault{
		"guest": {Code: wire.Invalid, Message: "2 people are called guest", Hint: "name one by their id: p3 (guest), p4 (guest)"},
		"Gr":    {Code: wire.NotFound, Message: "nobody called Gr is here", Hint: "there is Ada L., Grace, guest, guest, P2; farbench who lists who is here"},
	} {
		_, err := among(known, word)
		var fault *wire.Fault
		if !errors.As(err, &fault) || fault.Code != told.Code || fault.Message != told.Message || fault.Hint != told.Hint {
			t.Errorf("%q: %+v", word, fault)
		}
	}
	if _, err := among(nil, "Ada"); err == nil {
		t.Error("somebody was found among nobody")
	}
}
