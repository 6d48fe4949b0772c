package client

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/farbench/farbench/relay/api"
)

// silentFor is when a followed log counts as cut: the relay sends an empty line
// every 15 s.
const silentFor = 40 * time.Second

// steadyFor is how long an answer without lines must have lasted to count as a
// relay that was there.
const steadyFor = 10 * time.Second

// maxLogLine bounds a line of a log: 64 KiB of text, each byte escaped.
const maxLogLine = 1 << 20

// errCut is an answer that ended before its time.
var errCut = errors.New("the relay's answer was cut")

// LogOptions say which part of a log is asked for.
type LogOptions struct {
	From   int64 // first line; 0 means 1
	Follow bool  // go on until the run has ended
	// Idle is called when everything that has arrived was taken: the time to
	// flush. May be nil.
	Idle func() error
}

// Log hands each line of a run's log to take, in order and once: raw as the
// relay sent it (valid during the call), and read. A followed log whose answer
// is cut is asked for again from the next line, until the relay has been away
// for Config.Patience. It returns at the log's end, with take's error, or with
// the last thing that went wrong.
func (c *Client) Log(ctx context.Context, run string, o LogOptions, take func(raw []byte, line *api.LogLine) error) error {
	cursor := &cursor{next: max(o.From, 1), take: take, idle: o.Idle}
	path := "/api/v1/runs/" + url.PathEscape(run) + "/log"
	var away time.Time // since when nothing arrives; zero: it does
	for try := 0; ; try++ {
		began, before := time.Now(), cursor.taken
		err := c.read(ctx, path, o.Follow, cursor)
		switch {
		case cursor.stopped != nil:
			return cursor.stopped
		case err == nil || !o.Follow || ctx.Err() != nil:
			return err
		case !MayHelp(err) && !errors.Is(err, errCut):
			return err
		}
		if cursor.taken > before || time.Since(began) > steadyFor || away.IsZero() {
			away, try = time.Now(), 0
		}
		if time.Since(away) > c.config.Patience {
			return fmt.Errorf("waited %s for the relay: %w", c.config.Patience, err)
		}
		c.config.Waiting(err)
		if err := pause(ctx, try); err != nil {
			return err
		}
	}
}

// read makes one request for the rest of a log. Nil means that it came to its
// end.
func (c *Client) read(ctx context.Context, path string, follow bool, cursor *cursor) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	silence := time.AfterFunc(silentFor, func() { cancel(fmt.Errorf("%w: silent for %s", errCut, silentFor)) })
	defer silence.Stop()

	query := url.Values{"from": {strconv.FormatInt(cursor.next, 10)}}
	if follow {
		query.Set("follow", "1")
	}
	response, err := c.send(ctx, http.MethodGet, path, query, nil)
	if err != nil {
		return errors.Join(silenced(ctx), err)
	}
	defer response.Body.Close()
	c.config.Waiting(nil)

	arrived := bufio.NewReaderSize(response.Body, maxLogLine)
	for {
		if waiting, _ := arrived.Peek(arrived.Buffered()); cursor.idle != nil && bytes.IndexByte(waiting, '\n') < 0 {
			if cursor.stopped = cursor.idle(); cursor.stopped != nil {
				return io.EOF
			}
		}
		line, err := arrived.ReadSlice('\n')
		silence.Reset(silentFor)
		if err == nil {
			if done, err := cursor.line(line[:len(line)-1]); done || err != nil {
				return err
			}
			continue
		}
		if errors.Is(err, io.EOF) && len(line) == 0 && !follow {
			return nil
		}
		return errors.Join(errCut, silenced(ctx), err)
	}
}

// silenced is the reason when it was we who gave up on a silent answer.
func silenced(ctx context.Context) error {
	if cause := context.Cause(ctx); errors.Is(cause, errCut) {
		return cause
	}
	return nil
}

// cursor takes only the next line, so that an answer asked for again neither
// doubles nor loses one.
type cursor struct {
	next    int64
	open    bool  // a gap of unknown length stands before next
	taken   int64 // entries handed over
	stopped error // what take returned
	take    func([]byte, *api.LogLine) error
	idle    func() error
}

func (c *cursor) line(raw []byte) (end bool, err error) {
	if len(bytes.TrimSpace(raw)) == 0 {
		return false, nil // the relay's sign of life
	}
	var line api.LogLine
	if err := json.Unmarshal(raw, &line); err != nil {
		// The last line of an answer that was cut.
		return false, errors.Join(errCut, err)
	}
	switch {
	case line.End != nil:
		end = true
	case line.Gap != nil:
		if line.Gap.To == nil {
			if c.open || line.Gap.From < c.next {
				return false, nil
			}
			c.open = true
		} else {
			if *line.Gap.To < c.next {
				return false, nil
			}
			c.next, c.open = *line.Gap.To+1, false
		}
	case line.N < c.next:
		return false, nil
	case line.N > c.next && !c.open:
		return false, fmt.Errorf("%w: line %d arrived after line %d", errCut, line.N, c.next-1)
	default:
		c.next, c.open = line.N+1, false
	}
	c.taken++
	if c.stopped = c.take(raw, &line); c.stopped != nil {
		return false, io.EOF
	}
	return end, nil
}
