// Package relay holds, until the packages below it use them, the modules that
// the relay is built from.
package relay

import (
	_ "github.com/alecthomas/kong"
	_ "github.com/danielgtaylor/huma/v2/adapters/humafiber"
	_ "github.com/fasthttp/websocket"
	_ "github.com/gofiber/contrib/websocket"
	_ "github.com/gofiber/fiber/v2"
	_ "github.com/invopop/jsonschema"
	_ "github.com/nats-io/nats-server/v2/server"
	_ "github.com/nats-io/nats.go/jetstream"
	_ "github.com/prometheus/client_golang/prometheus/promhttp"
	_ "github.com/rogpeppe/go-internal/testscript"
	_ "github.com/valyala/fasthttp"
	_ "golang.org/x/sync/errgroup"
	_ "golang.org/x/term"
)
