package gateway

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/farbench/farbench/relay/events"
)

// metrics counts what is said and taken up again. No label is a client's own
// word.
type metrics struct {
	messages   *prometheus.CounterVec
	events     *prometheus.CounterVec
	refused    *prometheus.CounterVec
	recoveries *prometheus.CounterVec
	stored     prometheus.Histogram
	delivered  prometheus.Histogram
}

// moments are the bounds of what takes a millisecond where all is well.
var moments = []float64{.0005, .001, .0025, .005, .01, .025, .1, .5, 2.5, 10}

func newMetrics() *metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	}
	histogram := func(name, help string) prometheus.Histogram {
		return prometheus.NewHistogram(prometheus.HistogramOpts{Name: name, Help: help, Buckets: moments})
	}
	return &metrics{
		messages:   counter("farbench_ws_messages_total", "Messages from clients by kind.", "t"),
		events:     counter("farbench_events_total", "Events that were said, by room and kind: message, notice, the relay's own, named.", "room", "kind"),
		refused:    counter("farbench_ws_refusals_total", "Messages from clients that were answered with an error, by its code.", "code"),
		recoveries: counter("farbench_ws_recoveries_total", "Rooms taken up again: entered at an offset (sub), fallen behind (lag).", "how"),
		stored:     histogram("farbench_event_store_seconds", "From an event's arrival at this relay until the store had it."),
		delivered:  histogram("farbench_event_delivery_seconds", "From the moment of the store until an event was queued for this relay's connections, by the store's clock."),
	}
}

// Collectors are the gateway's figures.
func (g *Gateway) Collectors() []prometheus.Collector {
	m := g.metrics
	return []prometheus.Collector{m.messages, m.events, m.refused, m.recoveries, m.stored, m.delivered}
}

// kinds of messages that a client may send; others count as other.
var kinds = map[string]bool{"hello": true, "ping": true, "pong": true, "sub": true, "unsub": true, "req": true, "evt": true, "ack": true, "credit": true}

func (m *metrics) message(t string) {
	if !kinds[t] {
		t = "other"
	}
	m.messages.WithLabelValues(t).Inc()
}

func (g *Gateway) count(e *events.Event) {
	kind := "named"
	switch {
	case e.Ev == events.Message || e.Ev == events.Notice:
		kind = e.Ev
	case e.From == nil:
		kind = "relay"
	}
	r, _ := ParseRoom(e.Room)
	g.metrics.events.WithLabelValues(r.Prefix, kind).Inc()
	if g.cfg.Now != nil {
		g.metrics.delivered.Observe(max(0, g.cfg.Now().Sub(e.At).Seconds()))
	}
}
