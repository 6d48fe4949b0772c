package lab

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"strconv"
	"time"

	"github.com/fasthttp/websocket"

	"github.com/farbench/farbench/relay/api"
)

// CountLines follows a run in its room and counts its lines without decoding
// them, each block by its first line and count: a hole or a double is an
// error. It returns at the run's end.
func CountLines(ctx context.Context, base, token, run string, subscribed func()) (int64, error) {
	s, err := Dial(ctx, base, token)
	if err != nil {
		return 0, err
	}
	defer s.Close()
	stop := context.AfterFunc(ctx, s.Close)
	defer stop()
	one := int64(1)
	if err := s.Send(api.Frame{T: "sub", I: &one, Room: "run:" + run}); err != nil {
		return 0, err
	}
	subscribed()
	next := int64(1)
	buf := make([]byte, 0, 1<<20)
	for {
		_ = s.conn.SetReadDeadline(time.Now().Add(60 * time.Second))
		kind, r, err := s.conn.NextReader()
		if err != nil {
			return next - 1, err
		}
		if kind != websocket.TextMessage {
			continue
		}
		buf, err = readInto(buf[:0], r)
		if err != nil {
			return next - 1, err
		}
		for part := range bytes.SplitSeq(buf, []byte("\n")) {
			switch {
			case bytes.Contains(head(part), []byte(`"ev":"block"`)):
				first, count := field(part, `"first":`), field(part, `"count":`)
				if first != next || count < 1 {
					return next - 1, fmt.Errorf("a block of %d lines from %d on, want %d", count, first, next)
				}
				next += count
			case bytes.Contains(head(part), []byte(`"ev":"end"`)):
				return next - 1, nil
			case bytes.HasPrefix(part, []byte(`{"t":"bye"`)):
				return next - 1, errors.New(string(part))
			case bytes.HasPrefix(part, []byte(`{"t":"ping"`)):
				if err := s.Send(api.Frame{T: "pong", I: &one}); err != nil {
					return next - 1, err
				}
			}
		}
	}
}

// head is where a frame's kind, room and event stand.
func head(frame []byte) []byte { return frame[:min(len(frame), 400)] }

// field reads a whole number that follows name in a block's first fields.
func field(frame []byte, name string) int64 {
	h := head(frame)
	i := bytes.Index(h, []byte(name))
	if i < 0 {
		return -1
	}
	h = h[i+len(name):]
	end := bytes.IndexAny(h, ",}")
	if end < 0 {
		return -1
	}
	n, err := strconv.ParseInt(string(h[:end]), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

func readInto(buf []byte, r io.Reader) ([]byte, error) {
	for {
		if len(buf) == cap(buf) {
			buf = append(buf, 0)[:len(buf)]
		}
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if err == io.EOF {
			return buf, nil
		}
		if err != nil {
			return buf, err
		}
	}
}

// TimeRelay starts one more relay and says how long it took from exec to the
// first 200 of /readyz; it ends the relay again.
func TimeRelay(ctx context.Context, p Programs, natsAddr string) (time.Duration, error) {
	addr, err := FreeAddr()
	if err != nil {
		return 0, err
	}
	cmd := exec.CommandContext(ctx, p.Path("farbench-relay"), "serve")
	cmd.Env = relayEnv(addr, natsAddr)
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
	client := http.Client{Timeout: time.Second}
	for time.Since(began) < 10*time.Second {
		res, err := client.Get("http://" + addr + "/readyz")
		if err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return time.Since(began), nil
			}
		}
		time.Sleep(200 * time.Microsecond)
	}
	return 0, errors.New("the relay was not ready in 10 s")
}
