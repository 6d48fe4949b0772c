package web

import (
	"bytes"
	"net/http"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/common/expfmt"

	"github.com/farbench/farbench/relay/hub"
)

// metrics counts what the relay does. The hub's own figures are read when
// somebody asks.
type metrics struct {
	registry *prometheus.Registry
	http     *prometheus.HistogramVec
	starts   *prometheus.CounterVec
	hub      *hub.Hub

	conns, rooms, queue, behind, closes, busy *prometheus.Desc
}

func newMetrics(h *hub.Hub, l *listener, streams *places) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		hub:      h,
		http: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "farbench_http_request_seconds", Help: "Requests by route, method and status.",
			Buckets: []float64{.001, .005, .025, .1, .5, 2.5, 10},
		}, []string{"route", "method", "status"}),
		starts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "farbench_run_starts_total", Help: "Run requests that were taken: first, or again with a known id.",
		}, []string{"kind"}),
		conns:  prometheus.NewDesc("farbench_ws_connections", "Open sockets and event streams.", nil, nil),
		rooms:  prometheus.NewDesc("farbench_ws_rooms", "State rooms with a member.", nil, nil),
		queue:  prometheus.NewDesc("farbench_ws_queue_bytes", "Bytes that wait to be written to sockets.", nil, nil),
		behind: prometheus.NewDesc("farbench_ws_lagging", "Subscriptions that wait for a slow reader.", nil, nil),
		closes: prometheus.NewDesc("farbench_ws_closes_total", "Closed sockets by close code.", []string{"code"}, nil),
		busy:   prometheus.NewDesc("farbench_ws_write_seconds", "From the first message that a connection has to write until nothing waits.", nil, nil),
	}
	m.registry.MustRegister(m, m.http, m.starts, collectors.NewGoCollector(),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "farbench_http_connections", Help: "Open connections, sockets included."},
			func() float64 { return float64(l.count()) }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "farbench_log_streams", Help: "Logs being followed over HTTP."},
			func() float64 { return float64(streams.taken.Load()) }))
	return m
}

// Describe and Collect make the hub's figures a collector.
func (m *metrics) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{m.conns, m.rooms, m.queue, m.behind, m.closes, m.busy} {
		ch <- d
	}
}

// Collect reads the hub.
func (m *metrics) Collect(ch chan<- prometheus.Metric) {
	s := m.hub.Stats()
	gauge := func(d *prometheus.Desc, v float64) { ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v) }
	gauge(m.conns, float64(s.Conns))
	gauge(m.rooms, float64(s.Rooms))
	gauge(m.queue, float64(s.QueueBytes))
	gauge(m.behind, float64(s.Behind))
	ch <- prometheus.MustNewConstHistogram(m.busy, s.Busy.Count, s.Busy.Sum.Seconds(), s.Busy.Buckets)
	for code, n := range s.Closes {
		ch <- prometheus.MustNewConstMetric(m.closes, prometheus.CounterValue, float64(n), strconv.Itoa(code))
	}
}

// answered counts a request. Routes are counted by pattern, never by path: a
// path names a run.
func (m *metrics) answered(c *fiber.Ctx, began time.Time) {
	route := c.Route().Path
	if route == "/" {
		route = "static or refused"
	}
	m.http.WithLabelValues(route, c.Method(), strconv.Itoa(c.Response().StatusCode())).Observe(time.Since(began).Seconds())
}

func (m *metrics) started(first bool) {
	kind := "again"
	if first {
		kind = "first"
	}
	m.starts.WithLabelValues(kind).Inc()
}

func (m *metrics) serve(c *fiber.Ctx) error {
	families, err := m.registry.Gather()
	if err != nil {
		return err
	}
	var out bytes.Buffer
	for _, family := range families {
		if _, err := expfmt.MetricFamilyToText(&out, family); err != nil {
			return err
		}
	}
	c.Set(fiber.HeaderContentType, string(expfmt.NewFormat(expfmt.TypeTextPlain)))
	return c.Status(http.StatusOK).Send(out.Bytes())
}
