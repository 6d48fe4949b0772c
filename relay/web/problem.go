package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/documents"
)

const problemType = "application/problem+json"

// kinds maps a fault's code to its status and title.
var kinds = map[wire.Code]struct {
	status int
	title  string
}{
	wire.HostRefused:        {http.StatusMisdirectedRequest, "Host refused"},
	wire.OriginRefused:      {http.StatusForbidden, "Origin refused"},
	wire.Forbidden:          {http.StatusForbidden, "Forbidden"},
	wire.Unauthorized:       {http.StatusUnauthorized, "Not signed in"},
	wire.NotFound:           {http.StatusNotFound, "Not found"},
	wire.BenchUnknown:       {http.StatusNotFound, "Bench unknown"},
	wire.DeviceUnknown:      {http.StatusNotFound, "Device unknown"},
	wire.MethodNotAllowed:   {http.StatusMethodNotAllowed, "Method not allowed"},
	wire.MediaType:          {http.StatusUnsupportedMediaType, "Media type not supported"},
	wire.BenchOffline:       {http.StatusConflict, "Bench offline"},
	wire.DeviceOffline:      {http.StatusConflict, "Device offline"},
	wire.DeviceUnauthorized: {http.StatusConflict, "Device unauthorized"},
	wire.IDConflict:         {http.StatusConflict, "Id taken by another run"},
	wire.RunEnded:           {http.StatusConflict, "Run has ended"},
	wire.ConfirmNeeded:      {http.StatusConflict, "Somebody is at the bench"},
	wire.EpochOld:           {http.StatusConflict, "Somebody else drives it now"},
	wire.Conflict:           {http.StatusConflict, "Changed by somebody else"},
	wire.NameTaken:          {http.StatusConflict, "Name taken"},
	wire.Reserved:           {http.StatusConflict, "Reserved by somebody else"},
	wire.ReserveFirst:       {http.StatusConflict, "Reserve it first"},
	wire.NotYours:           {http.StatusConflict, "Not yours"},
	wire.TooLarge:           {http.StatusRequestEntityTooLarge, "Too large"},
	wire.Invalid:            {http.StatusUnprocessableEntity, "Invalid"},
	wire.Full:               {http.StatusInsufficientStorage, "Full"},
	wire.TooMany:            {http.StatusTooManyRequests, "Too many"},
	wire.Unavailable:        {http.StatusServiceUnavailable, "Unavailable"},
	wire.Draining:           {http.StatusServiceUnavailable, "Unavailable"},
	wire.NoAnswer:           {http.StatusGatewayTimeout, "No answer"},
	wire.Internal:           {http.StatusInternalServerError, "Internal error"},
}

// problem is an answer that huma and Fiber both take as an error.
type problem struct{ api.Problem }

func (p *problem) Error() string             { return p.Detail }
func (p *problem) GetStatus() int            { return p.Status }
func (p *problem) ContentType(string) string { return problemType }

func (p *problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.Status == http.StatusServiceUnavailable || p.Status == http.StatusTooManyRequests {
		h.Set("Retry-After", "2")
	}
	return h
}

// Fault makes the fault of an error: expected ones cross as they are, anything
// else is written to the log whole and crosses as an id alone.
func (s *Server) Fault(doing string, err error) *wire.Fault {
	var f *wire.Fault
	if errors.As(err, &f) {
		if _, known := kinds[f.Code]; known && f.Code != wire.Internal {
			return f
		}
	}
	f = internal()
	s.log.Error(doing, "error", err, "id", f.ID)
	return f
}

func internal() *wire.Fault {
	id := wire.NewID("e")
	return &wire.Fault{Code: wire.Internal, Message: "internal error", Hint: "ask whoever runs the relay to look for " + id + " in its log", ID: id}
}

// Panicked makes the fault of a panic: its text goes to the log alone.
func (s *Server) Panicked(doing string, cause any) *wire.Fault {
	f := internal()
	s.log.Error(doing, "panic", fmt.Sprint(cause), "id", f.ID, "stack", string(debug.Stack()))
	return f
}

// problem turns an error into an answer.
func (s *Server) problem(doing string, err error) *problem {
	p := problemOf(s.Fault(doing, err))
	var invalid *documents.Invalid
	var conflict *documents.Conflict
	switch {
	case errors.As(err, &invalid):
		p.Mistakes = invalid.Mistakes
	case errors.As(err, &conflict):
		p.Current = conflict.Current
	}
	return p
}

func problemOf(f *wire.Fault) *problem {
	kind := kinds[f.Code]
	code := f.Code
	if code == wire.Draining {
		code = wire.Unavailable
	}
	return &problem{api.Problem{
		Type: "urn:farbench:problem:" + string(code), Title: kind.title, Status: kind.status,
		Code: code, Detail: f.Message, Hint: f.Hint, ID: f.ID,
	}}
}

// refuse writes a fault as the answer.
func refuse(c *fiber.Ctx, f *wire.Fault) error { return send(c, problemOf(f)) }

func send(c *fiber.Ctx, p *problem) error {
	for name, values := range p.GetHeaders() {
		c.Set(name, values[0])
	}
	if p.Status == http.StatusUnauthorized {
		c.Set(fiber.HeaderWWWAuthenticate, "Bearer")
	}
	body, err := json.Marshal(p.Problem)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, problemType)
	return c.Status(p.Status).Send(body)
}

// onError answers what Fiber and the HTTP server refuse themselves. A request
// that could not be read whole comes here past the guard, so Host and Origin are
// looked at first.
func (s *Server) onError(c *fiber.Ctx, err error) error {
	var p *problem
	if errors.As(err, &p) {
		return send(c, p)
	}
	var f *fiber.Error
	if !errors.As(err, &f) {
		return send(c, s.problem("answering "+c.Path(), err))
	}
	if cn, ok := c.Context().Conn().(*conn); ok && f.Code != http.StatusNotFound && f.Code != http.StatusMethodNotAllowed {
		cn.linger.Store(true)
		securityHeaders(c)
		// Of a chunked body that grew too large the server has forgotten the
		// headers too.
		forgotten := f.Code == http.StatusRequestEntityTooLarge && len(c.Context().Request.Header.Host()) == 0
		if !forgotten {
			if refused := s.whence(c); refused != nil {
				return refuse(c, refused)
			}
		}
	}
	return send(c, s.status(f.Code, f.Message))
}

// status makes an answer of a bare status, as Fiber and huma give it.
func (s *Server) status(status int, detail string) *problem {
	f := &wire.Fault{Code: wire.Invalid, Message: detail}
	switch status {
	case http.StatusNotFound:
		f.Code, f.Message = wire.NotFound, "there is nothing here"
		f.Hint = "GET /openapi.json lists every route"
	case http.StatusMethodNotAllowed:
		f.Code, f.Message = wire.MethodNotAllowed, "this route takes other methods"
		f.Hint = "the Allow header names them"
	case http.StatusUnsupportedMediaType:
		return problemOf(mediaType)
	case http.StatusRequestEntityTooLarge:
		f.Code, f.Message = wire.TooLarge, "a body is at most 1 MiB"
	case http.StatusRequestHeaderFieldsTooLarge:
		f.Code, f.Message = wire.TooLarge, "the headers are too large"
		f.Hint = "delete cookies of other services on this host"
	default:
		if status >= 500 {
			return problemOf(s.Fault("answering", errors.New(detail)))
		}
	}
	p := problemOf(f)
	switch status {
	case http.StatusUpgradeRequired, http.StatusRequestHeaderFieldsTooLarge, http.StatusRequestTimeout:
		p.Status = status
	}
	return p
}

var mediaType = &wire.Fault{Code: wire.MediaType, Message: "the body must be JSON", Hint: "send the header Content-Type: application/json"}

// adopt rewrites huma's own error answers (a body that is not JSON, a parameter
// of the wrong type) as ours, every mistake in one detail.
func (s *Server) adopt(c *fiber.Ctx) error {
	res := c.Response()
	if res.StatusCode() < 400 || string(res.Header.ContentType()) != problemType {
		return nil
	}
	var theirs huma.ErrorModel
	if json.Unmarshal(res.Body(), &theirs) != nil || theirs.Type != "" {
		return nil // ours has a type
	}
	mistakes := []string{theirs.Detail}
	for i, e := range theirs.Errors {
		text := e.Message
		if e.Location != "" {
			text = strings.TrimPrefix(e.Location, "body.") + ": " + text
		}
		if i == 0 && theirs.Detail == "validation failed" {
			mistakes = mistakes[:0]
		}
		mistakes = append(mistakes, text)
	}
	res.ResetBody()
	return send(c, s.status(theirs.Status, strings.Join(mistakes, "; ")))
}
