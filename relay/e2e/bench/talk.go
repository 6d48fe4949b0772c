package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/electricbubble/gadb"

	"github.com/farbench/farbench/agent/adb"
)

const (
	talkTimes  = 40        // round trips of a round
	turns      = 3         // of what takes longer, in a round
	talkBytes  = 256 << 20 // of stdout
	talkLines  = 500_000   // of log
	talkHolder = "farbench.bench"
	// talkFormat is what agent/adb asks logcat for, so all read the same bytes.
	talkFormat = "-v threadtime -v epoch -v usec -D -b main -d"
)

// talker is one way to run a command on a device.
type talker struct {
	name string
	// run runs it to its end and throws away what it prints.
	run func(ctx context.Context, command string) error
	// log reads the whole log and throws it away.
	log func(ctx context.Context) error
}

// talk compares agent/adb with the adb client and gadb: a round trip, 256 MiB
// of stdout, a log.
func (b *bench) talk(ctx context.Context, t *table, round int) error {
	talkers, err := b.talkers()
	if err != nil {
		return err
	}
	if err := b.fillLog(ctx); err != nil {
		return err
	}
	trips := map[string][]float64{}
	for range talkTimes {
		for _, way := range talkers {
			began := time.Now()
			if err := way.run(ctx, "true"); err != nil {
				return fmt.Errorf("true by %s: %w", way.name, err)
			}
			trips[way.name] = append(trips[way.name], ms(time.Since(began)))
		}
	}
	trip := map[string]float64{} // the higher the better, as the rates below
	for _, way := range talkers {
		t.row("shell true, "+way.name+", p50", "ms").add(median(trips[way.name]))
		trip[way.name] = 1 / median(trips[way.name])
	}
	stdout, err := inTurns(talkers, round, talkBytes/1e6, func(way talker) error {
		return way.run(ctx, fmt.Sprintf("head -c %d /dev/zero", talkBytes))
	})
	if err != nil {
		return fmt.Errorf("256 MiB: %w", err)
	}
	log, err := inTurns(talkers, round, talkLines, func(way talker) error { return way.log(ctx) })
	if err != nil {
		return fmt.Errorf("log: %w", err)
	}
	for _, way := range talkers {
		t.row("shell stdout of 256 MiB, "+way.name, "MB/s").add(stdout[way.name])
		t.row("logcat, "+way.name, "lines/s").add(log[way.name])
	}
	for _, what := range []struct {
		name string
		by   map[string]float64
	}{{"shell true", trip}, {"shell stdout", stdout}, {"logcat", log}} {
		t.row(what.name+", agent/adb / the faster other", "×").floor(0.9).add(what.by["agent/adb"] / max(what.by["adb client"], what.by["gadb"]))
	}
	return nil
}

// inTurns is each way's median rate in so many turns, with another one to begin
// each.
func inTurns(talkers []talker, round int, amount float64, do func(talker) error) (map[string]float64, error) {
	rates, rate := map[string][]float64{}, map[string]float64{}
	for turn := range turns {
		for i := range talkers {
			way := talkers[(i+turn+round)%len(talkers)]
			began := time.Now()
			if err := do(way); err != nil {
				return nil, fmt.Errorf("%s: %w", way.name, err)
			}
			rates[way.name] = append(rates[way.name], amount/time.Since(began).Seconds())
		}
	}
	for name, all := range rates {
		rate[name] = median(all)
	}
	return rate, nil
}

// fillLog writes the lines that all read, into a buffer that holds them.
func (b *bench) fillLog(ctx context.Context) error {
	fill := "[ \"$(getprop " + talkHolder + ")\" ] && exit; logcat -b main -G 128M; logcat -b all -c; " +
		"seq -f 'onPropertyChange PERF_VEHICLE_SPEED area=0 value=%g' " + strconv.Itoa(talkLines) + " | log -t CarPropertyService; setprop " + talkHolder + " 1"
	return b.direct(ctx, fill)
}

func (b *bench) talkers() ([]talker, error) {
	id := b.device.TransportID
	ways := []talker{{
		"agent/adb", b.direct, func(ctx context.Context) error {
			lines := 0
			err := b.adb.Logcat(ctx, func(context.Context) (int64, error) { return id, nil }, adb.LogOptions{Dump: true, Buffers: []string{"main"}, Keep: 256 << 20},
				func(entries []adb.LogEntry) error {
					lines += len(entries)
					return nil
				})
			if err == nil && lines < talkLines {
				err = fmt.Errorf("%d lines", lines)
			}
			return err
		},
	}}
	if b.path != "" {
		client := func(ctx context.Context, args ...string) error {
			cmd := exec.CommandContext(ctx, b.path, append([]string{"-s", b.device.Serial}, args...)...)
			cmd.Env = append(cmd.Environ(), "ADB_SERVER_SOCKET=tcp:"+b.sim.Host)
			out, err := cmd.StdoutPipe()
			if err != nil {
				return err
			}
			if err := cmd.Start(); err != nil {
				return err
			}
			_, err = io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{out}, make([]byte, 64<<10))
			return errors.Join(err, cmd.Wait())
		}
		ways = append(ways, talker{
			"adb client", func(ctx context.Context, command string) error { return client(ctx, "shell", command) },
			func(ctx context.Context) error {
				return client(ctx, append([]string{"logcat"}, strings.Fields(talkFormat)...)...)
			},
		})
	}
	device, err := gadbAt(b.sim.Host, b.device.Serial)
	if err != nil {
		return nil, err
	}
	plain := func(command string) error {
		_, err := device.RunShellCommand(command)
		return err
	}
	return append(ways, talker{
		"gadb", func(_ context.Context, command string) error { return plain(command) },
		func(context.Context) error { return plain("logcat " + talkFormat) },
	}), nil
}

// gadbAt is a device as that library sees it.
func gadbAt(addr, serial string) (d gadb.Device, err error) {
	host, digits, err := net.SplitHostPort(addr)
	if err != nil {
		return d, err
	}
	port, err := strconv.Atoi(digits)
	if err != nil {
		return d, err
	}
	c, err := gadb.NewClientWith(host, port)
	if err != nil {
		return d, err
	}
	devices, err := c.DeviceList()
	if err != nil {
		return d, err
	}
	for _, d := range devices {
		if strings.EqualFold(d.Serial(), serial) {
			return d, nil
		}
	}
	return d, fmt.Errorf("gadb does not list %s", serial)
}
