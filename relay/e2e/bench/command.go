package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"time"

	"github.com/farbench/farbench/agent/adb"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/e2e/lab"
)

// command compares a trivial command through the whole chain, from the request
// frame to the end event, with the same command by direct adb and by the adb
// client; then once more while another run of the bench floods.
func (b *bench) command(ctx context.Context, t *table, n int) error {
	s, err := lab.Dial(ctx, b.relay.Base, lab.Token)
	if err != nil {
		return err
	}
	defer s.Close()
	direct, chain, err := b.inTurn(ctx, s, n)
	if err != nil {
		return err
	}
	t.row("command, direct adb, p50", "ms").add(median(direct))
	t.row("command, whole chain, p50", "ms").add(median(chain))
	t.row("command, added to direct adb, p50", "ms").ceiling(0.8).add(median(chain) - median(direct))
	if b.path != "" {
		var client []float64
		for range n / 10 {
			began := time.Now()
			cmd := exec.CommandContext(ctx, b.path, "-s", b.device.Serial, "shell", "true")
			cmd.Env = append(cmd.Environ(), "ADB_SERVER_SOCKET=tcp:"+b.sim.Host)
			if out, err := cmd.CombinedOutput(); err != nil {
				return fmt.Errorf("adb client: %w: %s", err, out)
			}
			client = append(client, ms(time.Since(began)))
		}
		t.row("command, adb client, p50", "ms").add(median(client))
		t.row("command, adb client / whole chain", "×").floor(1).add(median(client) / median(chain))
	}
	id, err := b.relay.API.Start(ctx, api.RunRequest{Bench: "demo", Device: b.device.ID, Command: "while true; do floodlines 100000 130; done"})
	if err != nil {
		return err
	}
	direct, chain, err = b.inTurn(ctx, s, n)
	if err != nil {
		return err
	}
	t.row("command beside a flood, added, p50", "ms").ceiling(5).add(median(chain) - median(direct))
	if _, err := b.relay.Do(ctx, "POST", "/api/v1/runs/"+id.ID+"/cancel", nil, nil); err != nil {
		return fmt.Errorf("ending the flood: %w", err)
	}
	return b.ended(ctx, id.ID)
}

// inTurn runs n commands by either way, one after the other.
func (b *bench) inTurn(ctx context.Context, s *lab.Socket, n int) (direct, chain []float64, err error) {
	for i := range n {
		began := time.Now()
		if err := b.direct(ctx, "true"); err != nil {
			return nil, nil, fmt.Errorf("direct adb: %w", err)
		}
		direct = append(direct, ms(time.Since(began)))
		began = time.Now()
		room, err := run(s, int64(i), api.RunRequest{Bench: "demo", Device: b.device.ID, Command: "true", Watch: true})
		if err != nil {
			return nil, nil, fmt.Errorf("whole chain: %w", err)
		}
		chain = append(chain, ms(time.Since(began)))
		if err := leave(s, int64(i), room); err != nil {
			return nil, nil, err
		}
	}
	return direct, chain, nil
}

func (b *bench) direct(ctx context.Context, command string) error {
	sh, err := b.adb.Shell(ctx, b.device.TransportID, command)
	if err != nil {
		return err
	}
	defer sh.Close()
	exited := false
	for {
		err := sh.Read(func(id adb.Packet, data []byte) { exited = exited || id == adb.Exit })
		if exited {
			return nil
		}
		if errors.Is(err, io.EOF) {
			return errors.New("no exit packet")
		}
		if err != nil {
			return err
		}
	}
}

// run starts a run and reads until its end, in the room that it returns.
func run(s *lab.Socket, i int64, q api.RunRequest) (room string, err error) {
	d, err := json.Marshal(q)
	if err != nil {
		return "", err
	}
	if err := s.Send(api.Frame{T: "req", I: &i, M: "run.start", D: d, TTL: 5000}); err != nil {
		return "", err
	}
	for {
		f, err := next(s)
		if err != nil {
			return "", err
		}
		if f.T == "pub" && f.Ev == "end" {
			return f.Room, nil
		}
	}
}

// leave a room, and wait until the relay has: its work must not fall into the
// next measurement.
func leave(s *lab.Socket, i int64, room string) error {
	if err := s.Send(api.Frame{T: "unsub", I: &i, Room: room}); err != nil {
		return err
	}
	for {
		if f, err := next(s); err != nil || f.T == "res" {
			return err
		}
	}
}

// next reads a frame that is no refusal.
func next(s *lab.Socket) (api.Frame, error) {
	f, err := s.Next()
	switch {
	case err != nil:
		return f, err
	case f.Error != nil:
		return f, f.Error
	case f.T == "bye":
		return f, fmt.Errorf("bye %d %s", f.Code, f.Reason)
	}
	return f, nil
}

func (b *bench) ended(ctx context.Context, id string) error {
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		r, err := b.relay.Run(ctx, id)
		if err == nil && r.State == "ended" {
			return nil
		}
	}
	return fmt.Errorf("run %s did not end", id)
}
