package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/farbench/farbench/agent/parcel"
	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
)

type installCommand struct {
	Target    string   `arg:"" name:"bench/device" help:"BENCH/DEVICE, as in exec."`
	APKs      []string `arg:"" name:"apk" help:"The app's APK; several are the base and the splits of one app."`
	Replace   bool     `short:"r" help:"Replace the app where it is installed, and keep its data."`
	Downgrade bool     `short:"d" help:"Also by an older version."`
	Grant     bool     `short:"g" help:"Grant all permissions that it asks for."`
	Test      bool     `short:"t" help:"Although it is a test build."`
	User      string   `placeholder:"USER" help:"For whom: a number, current or all."`
	Yes       bool     `help:"Install it although somebody is at the bench."`
	JSON      bool     `help:"Print a JSON object an event: progress, end."`
}

func (c installCommand) Run(around *surroundings) error {
	spec := &wire.InstallSpec{Replace: c.Replace, Downgrade: c.Downgrade, Grant: c.Grant, Test: c.Test, User: c.User}
	var total int64
	for _, name := range c.APKs {
		info, err := os.Stat(name)
		if err == nil && (!info.Mode().IsRegular() || info.Size() == 0) {
			err = fmt.Errorf("%s is no APK", name)
		}
		if err != nil {
			return fmt.Errorf("looking at what is to be installed: %w", err)
		}
		spec.APKs = append(spec.APKs, wire.APK{Name: filepath.Base(name), Size: info.Size()})
		total += info.Size()
	}
	return transferring(around, c.JSON, "installing on "+c.Target, func(ctx context.Context, t *transfer) error {
		bench, device, err := around.find(ctx, t.relay, c.Target)
		if err != nil {
			return err
		}
		q := api.SessionRequest{Bench: bench, Device: device, Confirmed: c.Yes, SessionSpec: wire.SessionSpec{Kind: wire.SessionInstall, Install: spec}}
		what := "install " + spec.APKs[0].Name
		return t.give(ctx, q, what, total, len(c.APKs), func(w *parcel.Writer) error {
			for i, name := range c.APKs {
				if err := packAPK(w, name, spec.APKs[i]); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// packAPK writes an APK with the size that was announced.
func packAPK(w *parcel.Writer, name string, a wire.APK) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	if err := w.Head(parcel.Entry{Path: a.Name, Size: a.Size, Mode: 0o644}); err != nil {
		return err
	}
	n, err := io.CopyBuffer(w, io.LimitReader(file, a.Size), make([]byte, 256<<10))
	if err == nil && n < a.Size {
		err = errors.New(name + " became shorter meanwhile")
	}
	if err != nil {
		return err
	}
	return w.Tail("")
}
