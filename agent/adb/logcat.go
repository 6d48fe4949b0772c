package adb

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/farbench/farbench/agent/wire"
)

// LogOptions say what of a device's log is wanted. The zero LogOptions want
// the default buffers from their beginning, and what comes.
type LogOptions struct {
	Buffers []string  // "main", "events", "all"; none means main, system and crash
	Filters []string  // "CarService:I", "*:S"
	PID     int       // of one process alone; 0 means all
	Since   time.Time // nothing older
	Newest  int       // not more than the newest so many that are there
	Dump    bool      // end where the log ends now
	// Long gives a message of several lines as one entry. Without it each line
	// is an entry, as testers know it.
	Long bool
	// Keep bounds the bytes that wait to be taken; 0 means 8 MiB.
	Keep int
}

// Locator finds a device's connection as it is now, or says why there is none.
type Locator func(ctx context.Context) (transportID int64, err error)

// Locate finds a device by its serial and, where several have it, its devpath.
func (c *Client) Locate(serial, devPath string) Locator {
	return func(ctx context.Context) (int64, error) {
		devices, err := c.Devices(ctx)
		if err != nil {
			return 0, err
		}
		found := 0
		var one Device
		for _, d := range devices {
			if d.Serial == serial && (found == 0 || d.DevPath == devPath) {
				found, one = found+1, d
			}
		}
		switch {
		case found == 0:
			return 0, &Error{Op: "finding the device", Code: wire.DeviceOffline, Message: "the device is no longer connected", Hint: "It may be rebooting: wait until it is listed again"}
		case one.State != string(wire.DeviceReady):
			return 0, &Error{Op: "finding the device", Code: wire.DeviceOffline, Message: "the device is " + one.State}
		}
		return one.TransportID, nil
	}
}

// Logcat reads a device's log and gives it to emit as it comes, until ctx ends
// (then it returns ctx's error), emit returns an error, or with Dump the log's
// end. A stream that is lost, because the device, its adbd or the adb server
// went, is opened again for as long as it takes: LogLost tells of it, LogResumed
// or LogGap of how it goes on. No message comes twice. Only an answer to the
// very first request that says no, or a logcat that does not know its options,
// ends it with an error.
//
// Entries are valid during the call of emit, their text longer. While emit is
// slow up to Keep bytes wait; then the oldest are dropped and LogDropped says
// how many.
func (c *Client) Logcat(ctx context.Context, device Locator, o LogOptions, emit func([]LogEntry) error) error {
	if o.Keep == 0 {
		o.Keep = 8 << 20
	}
	ctx, cancel := context.WithCancel(ctx)
	var reading sync.WaitGroup
	defer reading.Wait()
	defer cancel()
	s := &logStream{c: c, device: device, o: o, queue: newLogQueue(o.Keep), tail: newLogTail(), told: map[string]bool{}}
	reading.Go(func() { s.queue.end(s.run(ctx)) })
	for {
		entries, done, err := s.queue.take(ctx)
		if done {
			return err
		}
		if err := emit(entries); err != nil {
			return err
		}
		s.queue.give(entries)
	}
}

// logStream is one Logcat. Its reading goroutine alone uses it.
type logStream struct {
	c      *Client
	device Locator
	o      LogOptions
	queue  *logQueue
	tail   *logTail
	told   map[string]bool // buffers whose beginning was told

	plain  bool // this logcat knows no modifiers: it is older than Android 7
	boot   string
	opened bool // some logcat was there
	zone   *time.Location
	now    time.Time
}

// run keeps a logcat going.
func (s *logStream) run(ctx context.Context) error {
	away := false // that it was lost has been told
	for failed := 0; ; failed++ {
		end := s.once(ctx, away)
		s.opened = s.opened || end.began
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case end.again:
			continue
		case end.done:
			return nil
		case !s.opened:
			return end.err
		}
		if end.began {
			away, failed = false, 0
		}
		if !away {
			away = true
			s.queue.put([]LogEntry{{Kind: LogLost, Text: reason(end.err)}}, 0)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(min(retryAfter(failed), 2*time.Second)):
		}
	}
}

// reason is an error in words for a person.
func reason(err error) string {
	var known *Error
	if errors.As(err, &known) {
		return known.Message
	}
	return err.Error()
}

// logEnd is how one logcat ended.
type logEnd struct {
	began bool // it was there
	done  bool // it had nothing more to say
	again bool // it did not know what it was asked: ask for less at once
	err   error
}

// once runs one logcat to its end.
func (s *logStream) once(ctx context.Context, resumed bool) (end logEnd) {
	transport, err := s.device(ctx)
	if err != nil {
		return logEnd{err: err}
	}
	shell, err := s.c.Shell(ctx, transport, s.script())
	if err != nil {
		return logEnd{err: err}
	}
	defer context.AfterFunc(ctx, func() { shell.Close() })()
	defer shell.Close()
	_ = shell.CloseStdin() // an error is the stream's, and Read finds it
	r := logReading{s: s, resumed: resumed}
	for !r.exited {
		if r.block == nil {
			r.block, r.text = s.queue.room(), 0
		}
		err := shell.Read(r.packet)
		if ending := err != nil || r.exited; r.parser != nil && (ending || s.o.Long) {
			r.settle(ending)
		}
		if len(r.block) > 0 {
			s.queue.put(r.block, r.text)
			r.block = nil
		}
		if err != nil && !r.exited {
			return logEnd{began: r.parser != nil, err: &Error{
				Op: "reading the log", Code: wire.StreamLost, Message: "the device's stream ended", Hint: "It may be rebooting", Err: err,
			}}
		}
	}
	return r.ended()
}

// script asks the device for its boot, its clock and its zone, and becomes a
// logcat that goes on from the tail, unless the device has booted since. Where
// its clock was put back a time of before would select nothing: then it goes on
// from now.
func (s *logStream) script() string {
	var b strings.Builder
	b.WriteString("b=$(cat /proc/sys/kernel/random/boot_id); n=$(date '+%s %z'); echo \"farbench-log $b $n\"\nset -- -v ")
	if s.o.Long {
		b.WriteString("long")
	} else {
		b.WriteString("threadtime")
	}
	if !s.plain {
		b.WriteString(" -v epoch -v usec -D")
	}
	for _, name := range s.o.Buffers {
		b.WriteString(" -b " + quoted(name))
	}
	if s.o.PID > 0 {
		fmt.Fprintf(&b, " --pid=%d", s.o.PID)
	}
	if s.o.Dump {
		b.WriteString(" -d")
	}
	b.WriteByte('\n')
	from, resumes := s.tail.from(s.fine())
	switch {
	case resumes:
		fmt.Fprintf(&b, "if [ \"$b\" != %s ]; then :; elif [ \"${n%%%% *}\" -ge %d ]; then set -- \"$@\" -T %s; else set -- \"$@\" -T 1; fi\n",
			quoted(s.boot), from.Unix(), quoted(s.stamp(from)))
	case !s.o.Since.IsZero():
		fmt.Fprintf(&b, "set -- \"$@\" -T %s\n", quoted(s.stamp(s.o.Since)))
	case s.o.Newest > 0:
		fmt.Fprintf(&b, "set -- \"$@\" -T %d\n", s.o.Newest)
	}
	b.WriteString("exec logcat \"$@\"")
	for _, f := range s.o.Filters {
		b.WriteString(" " + quoted(f))
	}
	return b.String()
}

// fine is how exact this logcat's times are.
func (s *logStream) fine() time.Duration {
	if s.plain {
		return time.Millisecond
	}
	return time.Microsecond
}

// stamp is a time as logcat -T takes it.
func (s *logStream) stamp(t time.Time) string {
	if s.plain {
		if s.zone != nil {
			t = t.In(s.zone)
		}
		return t.Format("01-02 15:04:05.000")
	}
	return fmt.Sprintf("%d.%06d", t.Unix(), t.Nanosecond()/1000)
}
