package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"

	"github.com/farbench/farbench/agent/adbsim"
)

// simCommand is `farbench-agent sim`: the simulated bench alone.
type simCommand struct {
	Host    string `help:"Address of the adb host server, such as 127.0.0.1:5038; port 0 lets the system choose." placeholder:"ADDR"`
	ADBD    string `name:"adbd" help:"Address of the first device's adbd; further devices take the ports after it." placeholder:"ADDR"`
	Devices int    `env:"FARBENCH_SIM_DEVICES" help:"How many devices; the first three are a head unit, a cluster over TCP and one that is unauthorized." default:"3" placeholder:"N"`
}

// Run serves until ctx ends. Standard output has one line: ready, and the
// addresses it listens on.
func (c *simCommand) Run(ctx context.Context) error {
	if c.Devices < 1 || c.Devices > adbsim.MaxDevices {
		return fmt.Errorf("--devices: between 1 and %d", adbsim.MaxDevices)
	}
	if c.Host == "" && c.ADBD == "" {
		c.Host = "127.0.0.1:0"
	}
	return c.serve(ctx, os.Stdout, slog.New(slog.NewTextHandler(os.Stderr, nil)))
}

func (c *simCommand) serve(ctx context.Context, stdout io.Writer, logger *slog.Logger) error {
	bench := adbsim.New(adbsim.Config{Devices: c.Devices, Logger: logger})
	ready := "ready"
	if c.Host != "" {
		addr, err := bench.ListenHost(c.Host)
		if err != nil {
			return err
		}
		ready += " host=" + addr.String()
	}
	if c.ADBD != "" {
		addrs, err := bench.ListenADBD(c.ADBD)
		if err != nil {
			return err
		}
		texts := make([]string, len(addrs))
		for i, addr := range addrs {
			texts[i] = addr.String()
		}
		ready += " adbd=" + strings.Join(texts, ",")
	}
	if _, err := fmt.Fprintln(stdout, ready); err != nil {
		return fmt.Errorf("announcing the addresses: %w", err)
	}
	return bench.Run(ctx)
}
