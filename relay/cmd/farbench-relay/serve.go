package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/farbench/farbench/agent/heap"
	"github.com/farbench/farbench/relay/bridge"
	"github.com/farbench/farbench/relay/core"
	"github.com/farbench/farbench/relay/modules"
	"github.com/farbench/farbench/relay/web"
)

type serve struct {
	Config string `help:"File of KEY=VALUE lines; the environment wins." type:"path" placeholder:"FILE"`
}

// Help lists the settings for --help.
func (*serve) Help() string {
	text := strings.Builder{}
	text.WriteString("Settings:\n\n")
	for _, s := range settings {
		fmt.Fprintf(&text, "  %-28s %s\n", s.name, s.says)
	}
	return text.String()
}

// Run joins the web side to the core. It stops the web side first, so that
// answers on their way still find the core.
func (s *serve) Run() error {
	cfg, err := readConfig(s.Config, os.Getenv)
	if err != nil {
		return fmt.Errorf("the configuration has mistakes:\n%w", err)
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()

	defer heap.Give(heap.Usual)()
	hub, site, err := modules.Join(core.Config{
		Bridge: bridge.Config{
			URL: cfg.nats.URL, Creds: cfg.nats.Creds, User: cfg.nats.User, Password: cfg.nats.Password, CA: cfg.nats.CA,
		},
		Keep:   cfg.keep,
		Logger: log,
	}, web.Config{Listen: cfg.listen, Hosts: cfg.hosts, Scheme: cfg.scheme, Token: cfg.token})
	if err != nil {
		return err
	}

	behind, stopBehind := context.WithCancel(context.Background())
	group, failed := errgroup.WithContext(ctx)
	group.Go(func() error { return hub.Run(behind) })
	group.Go(func() error {
		defer stopBehind()
		return site.Run(failed)
	})
	group.Go(func() error {
		if announce(failed, log, hub.Ready) {
			fmt.Println("ready " + site.URL())
		}
		return nil
	})
	return group.Wait()
}

// announce waits until the relay is ready and says meanwhile what it waits for.
func announce(ctx context.Context, log *slog.Logger, ready func() error) bool {
	ask := time.NewTicker(2 * time.Millisecond)
	defer ask.Stop()
	said, patience := "", time.Now().Add(time.Second)
	for {
		err := ready()
		if err == nil {
			return true
		}
		if now := time.Now(); now.After(patience) {
			if err.Error() != said {
				said = err.Error()
				log.Warn("waiting for the broker", "because", said)
			}
			ask.Reset(50 * time.Millisecond)
			patience = now
		}
		select {
		case <-ctx.Done():
			return false
		case <-ask.C:
		}
	}
}
