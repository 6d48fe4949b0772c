package web

import (
	"bufio"
	"context"
	"net/http"
	"reflect"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/reader"
)

// heartbeat is how often a followed log shows that it lives.
const heartbeat = 15 * time.Second

func (s *Server) routeLog() {
	query := func(name, kind, doc string) *huma.Param {
		return &huma.Param{Name: name, In: "query", Description: doc, Schema: &huma.Schema{Type: kind}}
	}
	op := s.plain("/api/v1/runs/{id}/log", "run-log", "A run's lines, one JSON document a line", "application/x-ndjson", s.streamLog,
		&huma.Param{Name: "id", In: "path", Required: true, Schema: &huma.Schema{Type: "string"}},
		query("from", "integer", "first line, counted from 1"),
		query("to", "integer", "last line; the answer ends behind it, without end"),
		query("follow", "string", "1: go on until the run has ended"),
		query("format", "string", "text: out and err alone, byte by byte"))
	op.Responses["200"].Content["application/x-ndjson"].Schema = s.api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[api.LogLine](), true, "")
	op.Responses["200"].Content["text/plain"] = &huma.MediaType{}
}

// logQuery is what a request asks of a log.
type logQuery struct {
	run          string
	from, to     int64 // to 0: all
	follow, text bool
}

func logQueryOf(c *fiber.Ctx) (logQuery, *wire.Fault) {
	q := logQuery{run: c.Params("id"), from: 1}
	for name, to := range map[string]*int64{"from": &q.from, "to": &q.to} {
		if text := c.Query(name); text != "" {
			n, err := strconv.ParseInt(text, 10, 64)
			if err != nil || n < 1 {
				return q, &wire.Fault{Code: wire.Invalid, Message: name + " is a line's number: 1 or more"}
			}
			*to = n
		}
	}
	if q.to > 0 && q.to < q.from {
		return q, &wire.Fault{Code: wire.Invalid, Message: "to is before from"}
	}
	switch follow := c.Query("follow"); follow {
	case "", "0", "false":
	case "1", "true":
		q.follow = true
	default:
		return q, &wire.Fault{Code: wire.Invalid, Message: "follow is 0 or 1"}
	}
	switch format := c.Query("format"); format {
	case "", "ndjson":
	case "text":
		q.text = true
	default:
		return q, &wire.Fault{Code: wire.Invalid, Message: "format is ndjson or text"}
	}
	return q, nil
}

// streamLog streams a run's log. Huma's adapter cannot flush, so this is plain Fiber;
// within the writer nothing of the Fiber context is touched, it is recycled.
func (s *Server) streamLog(c *fiber.Ctx) error {
	q, fault := logQueryOf(c)
	if fault != nil {
		return refuse(c, fault)
	}
	if _, err := s.gateway.FindRun(c.UserContext(), q.run); err != nil {
		return send(c, s.problem("run-log", err))
	}
	if !s.streams.take() {
		return refuse(c, &wire.Fault{Code: wire.TooMany, Message: "too many logs are being read from this relay", Hint: "ask again in a few seconds", Retry: true})
	}
	if !s.enter() {
		s.streams.free()
		return refuse(c, stopping)
	}
	kind := "application/x-ndjson"
	if q.text {
		kind = fiber.MIMETextPlainCharsetUTF8 // with nosniff: markup in it stays text
	}
	c.Set(fiber.HeaderContentType, kind)
	c.Set("X-Accel-Buffering", "no") // nginx in front must not hold lines back
	c.Context().SetConnectionClose()
	c.Context().Response.ImmediateHeaderFlush = true
	left := c.Context().Conn().(*conn).watch()
	c.Status(http.StatusOK).Context().SetBodyStreamWriter(func(w *bufio.Writer) {
		defer s.active.Done()
		defer s.streams.free()
		defer func() {
			if cause := recover(); cause != nil {
				s.Panicked("streaming the log of "+q.run, cause)
			}
		}()
		s.stream(w, q, left)
	})
	return nil
}

// stream writes until the log is done, the follower has left or the relay stops.
// It waits for the reader before it returns.
func (s *Server) stream(w *bufio.Writer, q logQuery, left <-chan struct{}) {
	ctx, cancel := context.WithCancel(s.stop)
	queue := newLogQueue()
	read := make(chan error, 1)
	defer func() { cancel(); queue.close(); <-queue.left }()
	go func() {
		defer close(queue.left)
		if q.follow {
			read <- s.cfg.Reader.Follow(ctx, q.run, reader.From{Line: q.from}, queue)
		} else {
			read <- s.cfg.Reader.Log(ctx, q.run, q.from, queue)
		}
	}()
	out := &logWriter{from: q.from, to: q.to, text: q.text}
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		var done bool
		select {
		case <-left:
			return
		case <-ctx.Done():
			return
		case <-beat.C:
			if q.follow && !q.text && flush(w, []byte("\n")) != nil {
				return
			}
			continue
		case <-queue.ready:
		case err := <-read:
			done = true
			if err != nil && ctx.Err() == nil {
				s.Fault("reading the log of "+q.run, err) // the answer ends without "end": the follower asks again
			}
		}
		blocks, end := queue.take()
		for _, b := range blocks {
			if flush(w, out.block(b)) != nil {
				return
			}
			if out.done {
				return
			}
		}
		// Without follow an end is written too, once everything before it was.
		if end != nil && flush(w, out.end(end)) != nil {
			return
		}
		if done || end != nil && !q.follow {
			return
		}
	}
}

func flush(w *bufio.Writer, p []byte) error {
	if _, err := w.Write(p); err != nil {
		return err
	}
	return w.Flush()
}
