package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"

	"github.com/farbench/farbench/agent/parcel"
	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/files"
)

type pullCommand struct {
	Paths  []string `arg:"" name:"bench/device:remote… local" help:"Files and folders of a device, BENCH/DEVICE:/PATH, and last where they go on this PC; . where that is missing."`
	SHA256 bool     `name:"sha256" help:"Print each file's SHA-256, compared between bench and here."`
	JSON   bool     `help:"Print a JSON object an event: progress, file, skipped, end."`
}

func (c pullCommand) Run(around *surroundings) error {
	words, local := c.Paths, "."
	if last := words[len(words)-1]; len(words) > 1 && !isPlaceWord(last) {
		words, local = words[:len(words)-1], last
	}
	var from []place
	for _, word := range words {
		p, err := placeOf(word)
		if err != nil {
			return err
		}
		from = append(from, p)
	}
	if info, err := os.Stat(local); len(from) > 1 && (err != nil || !info.IsDir()) {
		return &usageError{fmt.Sprintf("%s is no folder, and several things go there", local), "make it first"}
	}
	return transferring(around, c.JSON, "pulling from "+from[0].target, func(ctx context.Context, t *transfer) error {
		for _, p := range from {
			bench, device, err := around.find(ctx, t.relay, p.target)
			if err != nil {
				return err
			}
			q := api.SessionRequest{Bench: bench, Device: device, SessionSpec: wire.SessionSpec{Kind: wire.SessionPull, Path: p.path, SHA256: c.SHA256}}
			if err := t.pull(ctx, q, local, c.SHA256); err != nil {
				return err
			}
		}
		return nil
	})
}

// pull takes one tree.
func (t *transfer) pull(ctx context.Context, q api.SessionRequest, local string, hash bool) error {
	stream, err := t.bulk.Open(ctx, q)
	if err != nil {
		return &refusedError{err}
	}
	defer t.open(ctx, stream)()
	t.show.begin("pull "+path.Base(q.Path), 0, 0)
	var bytes int64
	count := 0
	in := parcel.NewReader(stream)
	in.Progress = func(p parcel.Progress) { t.show.expect(p.Total, p.Of) }
	done, err := files.Unpack(in, local, path.Base(q.Path), files.Unpacking{
		Hash: hash,
		Took: func(n int) { bytes += int64(n); t.show.progress(bytes, count) },
		Whole: func(local string, n int64, sum string) {
			count++
			t.show.file(local, n, sum)
		},
	})
	if fault := new(wire.Fault); err != nil && !errors.As(err, &fault) && stream.Context().Err() == nil {
		stream.Close(wire.SessionEnd{Fault: &wire.Fault{Code: wire.Cancelling, Message: "the asker could not write its files"}})
		return fmt.Errorf("writing what is pulled: %w", err)
	}
	end := stream.Result()
	if end.Fault == nil && err != nil {
		return fmt.Errorf("writing what is pulled: %w", err)
	}
	moved := &wire.Moved{To: done.To, Files: done.Files, Bytes: done.Bytes, Left: done.Left}
	for _, s := range done.Skipped {
		moved.Skipped = append(moved.Skipped, wire.Skipped(s))
	}
	if end.Moved != nil {
		moved.Skipped = append(end.Moved.Skipped, moved.Skipped...)
		moved.Left += end.Moved.Left
	}
	return t.ended(end, moved)
}
