// Package adb speaks the host protocol of an adb server: it lists devices,
// watches them come and go, and opens shells whose stdout and stderr stay
// apart. Short control calls (version, state, connect, forwards) go through
// gadb; whatever streams, needs a deadline or an exit code is our own thin
// client of the same server.
//
// It knows neither runs nor NATS, and it never starts or kills a server.
package adb

import "time"

// DefaultAddr is where an adb server listens unless it was told otherwise.
const DefaultAddr = "127.0.0.1:5037"

// Client talks to one adb server; between calls it keeps no connection but, while
// Watch goes on, a spare for each device in use. It is safe for concurrent use.
// Change its fields before the first call only.
type Client struct {
	// OpenTimeout bounds every request to the server and every opening of a
	// stream: a frozen device is still listed as ready and never answers.
	OpenTimeout time.Duration
	// PollEvery is how often Watch asks for the list when nothing hints at a
	// change: the server's own tracker notices a dead TCP device only after
	// 10 to 12 s, its list within one.
	PollEvery time.Duration
	// StreamLost, unless nil, hears of each stream that ended before its time,
	// by the transport id of its device; not of this package's own questions,
	// which nobody waits for. It must not wait.
	StreamLost func(transportID int64)

	// Ledger, unless nil, is where leases are written down.
	Ledger *Ledger

	addr string
	// lost holds at most one hint that a stream ended without an exit packet;
	// Watch then looks at the devices at once. Full means: already hinted.
	lost chan struct{}
	// control bounds the gadb calls under way: gadb knows no context, so a call
	// that was given up still holds its place until its socket times out.
	control chan struct{}
	spares  *spares
	litter  litter
}

// New makes a client of the adb server at addr ("127.0.0.1:5037").
func New(addr string) *Client {
	return &Client{
		OpenTimeout: 10 * time.Second,
		PollEvery:   time.Second,
		addr:        addr,
		lost:        make(chan struct{}, 1),
		control:     make(chan struct{}, 4),
		spares:      newSpares(),
		litter:      litter{temps: map[int64][]string{}},
	}
}

// streamLost notes that a stream of a device ended before its time.
func (c *Client) streamLost(transportID int64) {
	if c.StreamLost != nil {
		c.StreamLost(transportID)
	}
	c.look()
}

// look has Watch look at once whether the devices are still there.
func (c *Client) look() {
	select {
	case c.lost <- struct{}{}:
	default:
	}
}

// Addr is the server's address.
func (c *Client) Addr() string { return c.addr }
