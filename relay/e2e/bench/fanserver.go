package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/e2e/bench/plain"
	"github.com/farbench/farbench/relay/e2e/lab"
	"github.com/farbench/farbench/relay/people"
	"github.com/farbench/farbench/relay/reader"
	"github.com/farbench/farbench/relay/runs"
	"github.com/farbench/farbench/relay/web"
)

const (
	fanServerWord = "fan-server" // the program's first word that makes it the server
	wayHub        = "hub"
	wayPlain      = "a writer each"
)

// serveFan is the process whose subscribers are served in both ways. It takes
// orders from stdin, ends with it, and answers on stdout.
func serveFan(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	server, err := web.New(web.Config{
		Listen: "127.0.0.1:0", Token: lab.Token, Logger: slog.New(slog.DiscardHandler),
		Benches: noBenches{}, Runs: noRuns{}, Reader: noReader{}, People: noPeople{},
	})
	if err != nil {
		return err
	}
	each, err := plain.New(2 * inFlight)
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return server.Run(ctx) })
	group.Go(func() error { return each.Run(ctx) })
	group.Go(func() error {
		defer cancel()
		answers := json.NewEncoder(os.Stdout)
		if err := answers.Encode(map[string]string{wayHub: "ws://" + server.Addr().String() + "/ws", wayPlain: each.URL()}); err != nil {
			return err
		}
		publish := map[string]func(api.Run){wayHub: server.RunChanged, wayPlain: each.Publish}
		orders := json.NewDecoder(os.Stdin)
		for {
			var o fanOrder
			if err := orders.Decode(&o); err == io.EOF {
				return nil
			} else if err != nil {
				return err
			}
			done, err := pace(orders, publish[o.Way], o.Messages)
			if err != nil {
				return err
			}
			if err := answers.Encode(done); err != nil {
				return err
			}
		}
	})
	return group.Wait()
}

// pace publishes with at most inFlight messages on their way to the slowest.
func pace(acks *json.Decoder, publish func(api.Run), messages int64) (fanDone, error) {
	began, cpu := time.Now(), processCPU()
	run := api.Run{Bench: "demo", Device: "sim0001", Command: "logcat -b all -v threadtime", State: wire.Running, By: "tester", CreatedAt: began, StartedAt: &began}
	for sent, acked := int64(0), int64(0); acked < messages; {
		for ; sent < min(messages, acked+inFlight); sent++ {
			run.ID, run.Lines = fmt.Sprintf("r%08d", sent), sent
			publish(run)
		}
		var o fanOrder
		if err := acks.Decode(&o); err != nil {
			return fanDone{}, err
		}
		acked = o.Ack
	}
	return fanDone{Took: time.Since(began), CPU: processCPU() - cpu}, nil
}

// A lab without benches and runs.
type (
	noBenches struct{}
	noRuns    struct{}
	noReader  struct{}
)

func (noBenches) Get(string) (api.Bench, bool) { return api.Bench{}, false }
func (noBenches) Loaded() bool                 { return true }
func (noBenches) List() []api.Bench            { return nil }

func (noRuns) Start(context.Context, api.RunRequest, api.User) (api.Run, bool, error) {
	return api.Run{}, false, errNobody
}

func (noRuns) Get(context.Context, string) (api.Run, error) { return api.Run{}, errNobody }

func (noRuns) Going(string, int) ([]api.Run, int, error) { return nil, 0, nil }

func (noRuns) List(context.Context, runs.Query) (api.Runs, error) { return api.Runs{}, nil }
func (noRuns) History(context.Context, api.User, runs.Past) (api.History, error) {
	return api.History{}, nil
}
func (noRuns) Cancel(context.Context, string, api.User) error              { return errNobody }
func (noRuns) Loaded() bool                                                { return true }
func (noReader) Log(context.Context, string, int64, reader.Follower) error { return errNobody }
func (noReader) Follow(context.Context, string, reader.From, reader.Follower) error {
	return errNobody
}

var errNobody = errors.New("there is nobody here")

// processCPU is what this process has used, in user and system mode.
func processCPU() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// noPeople are never asked: a token without a name is enough.
type noPeople struct{ web.People }

func (noPeople) Watch(people.Told) {}

func (noPeople) Living(string) bool { return false }
