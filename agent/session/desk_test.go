package session

import (
	"context"
	"log/slog"
	"testing"

	"github.com/farbench/farbench/agent/wire"
)

// A session under an earlier driver's epoch touches nothing: it does not begin,
// and nobody is asked to confirm it.
func TestDesk_OpensNothingForAnEarlierDriver(t *testing.T) {
	now := wire.Drive{Epoch: 7, Held: true}
	served := make(chan wire.Drive, 2)
	d := NewDesk(Config{
		Device: func(id string) (wire.Device, *wire.Fault) { return wire.Device{ID: id, State: wire.DeviceReady}, nil },
		Pass: func(device string, drive wire.Drive) *wire.Fault {
			if device == "d1" && drive != now {
				return &wire.Fault{Code: wire.EpochOld, Message: "somebody else drives the device now"}
			}
			return nil
		},
		Ask: func(o wire.SessionOpen) (func(), *wire.Fault) {
			if o.Drive != now {
				t.Errorf("%+v is asked to be confirmed", o.Drive)
			}
			return func() {}, nil
		},
		Serve: func(_ context.Context, _ wire.Device, o wire.SessionOpen, _ *Stream) wire.SessionEnd {
			served <- o.Drive
			return wire.SessionEnd{}
		},
		Logger: slog.New(slog.DiscardHandler),
	})
	open := func(id string, drive wire.Drive) *wire.Fault {
		return d.Open(wire.SessionOpen{Session: id, Device: "d1", Drive: drive}, func([]byte) error { return nil })
	}
	if fault := open("s1", wire.Drive{Epoch: 6, Held: true}); fault == nil || fault.Code != wire.EpochOld {
		t.Errorf("an earlier driver's session is answered %v", fault)
	}
	if fault := open("s2", now); fault != nil {
		t.Errorf("the driver's session is refused: %v", fault)
	}
	d.Stop()
	close(served)
	for drive := range served {
		if drive != now {
			t.Errorf("it was served under %+v", drive)
		}
	}
}
