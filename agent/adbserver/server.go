package adbserver

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Config is what a server needs.
type Config struct {
	Program Program
	Port    int // on loopback
	// Home is where the server keeps its key: .android/adbkey below it is what
	// it offers to devices. ADB_VENDOR_KEYS would only let it sign.
	Home   string
	Logger *slog.Logger
	// Wait is how long to wait before the server that ended is started again,
	// at first; it doubles. 0: half a second.
	Wait time.Duration
}

const (
	longestWait = 30 * time.Second
	// A server that ran for so long is started again without a wait to speak of.
	steady = time.Minute
	// endWithin is how long a server may take to end when it is told to.
	endWithin = 3 * time.Second
	// lookEvery is how often a stranger on our port is looked at.
	lookEvery = 2 * time.Second
)

// Server is an adb server of the agent's own.
type Server struct{ c Config }

// New makes a server; it starts with Run.
func New(c Config) *Server {
	if c.Wait == 0 {
		c.Wait = 500 * time.Millisecond
	}
	return &Server{c}
}

// Addr is where the server listens.
func (s *Server) Addr() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(s.c.Port)) }

// Run keeps the server running until ctx ends, and ends it then. One that
// somebody else has on the port is used as it is, and replaced when it ends.
func (s *Server) Run(ctx context.Context) error {
	wait, told := s.c.Wait, false
	for ctx.Err() == nil {
		if s.answers(ctx) {
			if !told {
				s.c.Logger.Warn("another adb server listens on the port of the agent's own: it is used, not killed", "addr", s.Addr())
				told = true
			}
			sleep(ctx, lookEvery)
			continue
		}
		began := time.Now()
		err := s.once(ctx)
		if ctx.Err() != nil {
			break
		}
		if told = false; time.Since(began) > steady {
			wait = s.c.Wait
		}
		s.c.Logger.Warn("the adb server ended and is started again", "err", err, "in", wait)
		sleep(ctx, wait)
		wait = min(2*wait, longestWait)
	}
	return nil
}

// once runs one server to its end.
func (s *Server) once(ctx context.Context) error {
	server := exec.CommandContext(ctx, s.c.Program.Path, "-P", strconv.Itoa(s.c.Port), "nodaemon", "server")
	server.Env = s.environment(os.Getenv, os.Environ())
	server.Cancel = func() error { return end(server.Process) }
	server.WaitDelay = endWithin
	said := &remarks{logger: s.c.Logger}
	server.Stderr = said
	dieWithParent(server)
	unlock, err := startLocked(server)
	if err != nil {
		return fmt.Errorf("starting the adb server: %w", err)
	}
	defer unlock()
	s.c.Logger.Info("adb server started", "addr", s.Addr(), "adb", s.c.Program.Version, "pid", server.Process.Pid)
	if err := server.Wait(); err != nil {
		return fmt.Errorf("%w; it said last %.200q", err, said.last)
	}
	return fmt.Errorf("it ended by itself; it said last %.200q", said.last)
}

// remarks logs what a server says, by lines.
type remarks struct {
	logger *slog.Logger
	line   []byte // that has begun
	last   []byte
}

const longestRemark = 4096

func (r *remarks) Write(p []byte) (int, error) {
	for part := range bytes.Lines(p) {
		r.line = append(r.line, part...)
		if !bytes.HasSuffix(part, []byte("\n")) && len(r.line) < longestRemark {
			continue
		}
		r.last = bytes.TrimSpace(r.line)
		r.logger.Debug("adb server", "says", string(r.last))
		r.line = nil
	}
	return len(p), nil
}

// KeyIn is the file of the key that a server with this home offers.
func KeyIn(home string) string { return filepath.Join(home, ".android", "adbkey") }

// environment makes the server offer its own key and sign with those of the
// account too, which devices may know already; and keep off clients of another
// version, where it knows how.
func (s *Server) environment(getenv func(string) string, environ []string) []string {
	env := append(environ, "ADB_REJECT_KILL_SERVER=1")
	if s.c.Home == "" {
		return env
	}
	keys := []string{KeyIn(s.c.Home)}
	if more := getenv("ADB_VENDOR_KEYS"); more != "" {
		keys = append(keys, more)
	}
	if home, err := os.UserHomeDir(); err == nil {
		if _, err := os.Stat(KeyIn(home)); err == nil {
			keys = append(keys, KeyIn(home))
		}
	}
	return append(env, "HOME="+s.c.Home, "ADB_VENDOR_KEYS="+strings.Join(keys, string(os.PathListSeparator)))
}

// answers says whether somebody listens on the port.
func (s *Server) answers(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", s.Addr())
	if err != nil {
		return false
	}
	_ = conn.Close()
	return true
}

func sleep(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
