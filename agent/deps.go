// Package agent holds, until the packages below it use them, the modules that
// the agent is built from.
package agent

import (
	_ "github.com/alecthomas/kong"
	_ "github.com/electricbubble/gadb"
	_ "github.com/nats-io/nats-server/v2/server"
	_ "github.com/nats-io/nats.go/jetstream"
	_ "github.com/rogpeppe/go-internal/testscript"
	_ "golang.org/x/sync/errgroup"
	_ "golang.org/x/sys/execabs"
	_ "golang.org/x/term"
	_ "mvdan.cc/sh/v3/interp"
)
