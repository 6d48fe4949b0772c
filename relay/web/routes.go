package web

import (
	"context"
	"encoding/json"
	"net/http"
	"reflect"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"github.com/gofiber/fiber/v2"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
)

// route registers everything. Whatever is registered needs a token, but for the
// routes named in open; the document says the same.
func (s *Server) route() {
	s.app.Use(s.guard)

	config := huma.DefaultConfig("Farbench", "1")
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "", "", ""
	config.CreateHooks = nil // no $schema fields in answers
	config.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer)
	config.FieldsOptionalByDefault = true // runs lists every mistake at once, missing fields too
	config.AllowAdditionalPropertiesByDefault = true
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"token":   {Type: "http", Scheme: "bearer"},
		"session": {Type: "apiKey", In: "cookie", Name: cookiePrefix + "PORT"},
	}
	config.Security = []map[string][]string{{"token": {}}, {"session": {}}}
	s.api = humafiber.New(s.app, config)

	s.routeBenches()
	s.routeRuns()
	s.routeVerdict()
	s.routeDocuments()
	s.routeReservations()
	s.routeJobs()
	s.routeSession()
	s.routePeople()
	s.routeLog()
	s.routeSocket()
	s.routeEvents()
	s.routeProbes()

	s.openAPI = sync.OnceValues(s.document)
	s.plain(pathOpenAPI, "openapi", "This document", "application/openapi+json", func(c *fiber.Ctx) error {
		document, err := s.openAPI()
		if err != nil {
			return err
		}
		c.Set(fiber.HeaderContentType, "application/openapi+json")
		return c.Send(document)
	})
}

// document writes the OpenAPI document. Errors are described as what is sent,
// not as huma's own.
func (s *Server) document() ([]byte, error) {
	schemas := s.api.OpenAPI().Components.Schemas
	problem := &huma.Response{
		Description: "A problem; its code says which",
		Content:     map[string]*huma.MediaType{problemType: {Schema: schemas.Schema(reflect.TypeFor[api.Problem](), true, "")}},
	}
	for _, path := range s.api.OpenAPI().Paths {
		for _, op := range []*huma.Operation{path.Get, path.Post, path.Put, path.Delete} {
			if op != nil {
				op.Responses["default"] = problem
			}
		}
	}
	delete(schemas.Map(), "ErrorModel")
	delete(schemas.Map(), "ErrorDetail")
	return json.Marshal(s.api.OpenAPI())
}

// free marks an operation that needs no token.
var free = []map[string][]string{}

// answer is a plain answer of one type.
type answer[T any] struct{ Body T }

// ask registers a GET of a document.
func ask[In, Out any](s *Server, op huma.Operation, handle func(context.Context, *In) (*Out, error)) {
	op.Tags = []string{"v1"}
	huma.Register(s.api, op, func(ctx context.Context, in *In) (*Out, error) {
		out, err := handle(ctx, in)
		if err != nil {
			return nil, s.problem(op.OperationID, err)
		}
		return out, nil
	})
}

// plain registers a GET that huma cannot answer (streamed, or not JSON) with
// Fiber, and writes it into the document by hand.
func (s *Server) plain(path, id, summary, contentType string, handle fiber.Handler, parameters ...*huma.Param) *huma.Operation {
	op := &huma.Operation{
		OperationID: id, Method: http.MethodGet, Path: path, Summary: summary, Tags: []string{"v1"}, Parameters: parameters,
		Responses: map[string]*huma.Response{"200": {Description: "OK", Content: map[string]*huma.MediaType{contentType: {}}}},
	}
	s.api.OpenAPI().AddOperation(op)
	s.app.Get(fiberPath(path), handle)
	return op
}

func fiberPath(path string) string {
	out := make([]byte, 0, len(path))
	for i := range len(path) {
		switch path[i] {
		case '{':
			out = append(out, ':')
		case '}':
		default:
			out = append(out, path[i])
		}
	}
	return string(out)
}

func (s *Server) routeProbes() {
	health := s.plain(pathHealth, "healthz", "The process lives", "application/json", func(c *fiber.Ctx) error {
		return c.JSON(map[string]string{"status": "ok"})
	})
	health.Security = free
	ready := s.plain(pathReady, "readyz", "The relay can serve", "application/json", func(c *fiber.Ctx) error {
		if err := s.ready(); err != nil {
			return refuse(c, err)
		}
		return c.JSON(map[string]string{"status": "ready"})
	})
	ready.Security = free
	s.plain(pathMetrics, "metrics", "Figures for Prometheus", "text/plain", s.metrics.serve)
}

func (s *Server) ready() *wire.Fault {
	if s.draining.Load() {
		return stopping
	}
	if s.cfg.Ready == nil {
		return nil
	}
	if err := s.cfg.Ready(); err != nil {
		return &wire.Fault{Code: wire.Unavailable, Message: "not ready: " + err.Error(), Hint: "the relay goes on trying", Retry: true}
	}
	return nil
}
