package main

import (
	"context"
	"fmt"

	"github.com/farbench/farbench/agent/parcel"
	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/files"
)

type pushCommand struct {
	Paths  []string `arg:"" name:"local… bench/device:remote" help:"Files and folders of this PC, and last where they go: BENCH/DEVICE:/PATH. As with adb, into a folder that is there, under that name otherwise."`
	Yes    bool     `help:"Overwrite what is outside of scratch although somebody is at the bench."`
	SHA256 bool     `name:"sha256" help:"Print each file's SHA-256, as the device got it."`
	JSON   bool     `help:"Print a JSON object an event: progress, file, skipped, end."`
}

func (c pushCommand) Run(around *surroundings) error {
	if len(c.Paths) < 2 {
		return &usageError{"name what goes and where to", "farbench push LOCAL… BENCH/DEVICE:/PATH"}
	}
	to, err := placeOf(c.Paths[len(c.Paths)-1])
	if err != nil {
		return err
	}
	var trees []*files.Tree
	for _, local := range c.Paths[:len(c.Paths)-1] {
		tree, err := files.Look(local)
		if err != nil {
			return fmt.Errorf("looking at what is to be pushed: %w", err)
		}
		trees = append(trees, tree)
	}
	if len(trees) > 1 && to.path[len(to.path)-1] != '/' {
		to.path += "/" // several go into a folder, as with adb
	}
	return transferring(around, c.JSON, "pushing to "+to.target, func(ctx context.Context, t *transfer) error {
		bench, device, err := around.find(ctx, t.relay, to.target)
		if err != nil {
			return err
		}
		for _, tree := range trees {
			q := api.SessionRequest{Bench: bench, Device: device, Confirmed: c.Yes, SessionSpec: wire.SessionSpec{
				Kind: wire.SessionPush, Path: to.path, Name: tree.Name, Folder: tree.Folder, SHA256: c.SHA256,
			}}
			if err := t.push(ctx, q, tree); err != nil {
				return err
			}
		}
		return nil
	})
}

// push sends one tree.
func (t *transfer) push(ctx context.Context, q api.SessionRequest, tree *files.Tree) error {
	for _, s := range tree.Skipped {
		t.show.skipped(s.Path, s.Reason)
	}
	return t.give(ctx, q, "push "+tree.Name, tree.Bytes, tree.Files, tree.Pack)
}

// give opens a session and sends what pack writes; what the bench tells of it
// meanwhile is shown.
func (t *transfer) give(ctx context.Context, q api.SessionRequest, what string, total int64, of int, pack func(*parcel.Writer) error) error {
	stream, err := t.bulk.Open(ctx, q)
	if needsConfirming(err) {
		t.show.before()
		if q.Confirmed, err = confirm(ctx, t.show.around, err); q.Confirmed {
			stream, err = t.bulk.Open(ctx, q)
		}
	}
	if err != nil {
		return &refusedError{err}
	}
	defer t.open(ctx, stream)()
	t.show.begin(what, total, of)
	told := make(chan struct{})
	go func() { // joined below: the stream's end ends it
		defer close(told)
		in := parcel.NewReader(stream)
		in.Progress = func(p parcel.Progress) { t.show.progress(p.Bytes, p.Files) }
		in.Done = func(d parcel.Done) { t.show.file(d.Path, d.Bytes, d.SHA256) }
		_, _ = in.Next() // no file comes, and the end is in the result
	}()
	err = pack(parcel.NewWriter(stream))
	if err == nil {
		err = stream.CloseWrite()
	}
	if err != nil && stream.Context().Err() == nil {
		// It is this PC that failed.
		stream.Close(wire.SessionEnd{Fault: &wire.Fault{Code: wire.Cancelling, Message: "the asker could not read its files"}})
		<-told
		return fmt.Errorf("reading what is to be sent: %w", err)
	}
	end := stream.Result()
	<-told
	return t.ended(end, nil)
}
