// Package broker holds the broker's side of the contract: the accounts that
// keep benches apart, as the text of a nats-server configuration, and an
// embedded broker that runs this very text for local mode and tests.
//
// A bench has an account of its own and sees only cmd.> and up.>; the hub's
// account sees cmd.<bench>.> and hub.<bench>.>, where the name of the bench is
// written by the broker. One shared account would not do: NATS does not check a
// message's reply subject against publish permissions, so a bench could have
// the hub send its text to a neighbour as a command.
//
// The package knows nothing of runs, HTTP or browsers. The cloud relay does not
// import it: there the broker is a process of its own.
package broker

import (
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// readyWithin bounds the start: recovering a store of many gigabytes takes
// seconds, a broker that takes longer is said to be stuck.
const readyWithin = 30 * time.Second

// Broker is an embedded broker that runs.
type Broker struct {
	server *server.Server
	lock   *storeLock
	users  map[string]string
}

// Start runs a broker with Options' configuration in this process and returns
// once clients can connect. The caller must Close it.
func Start(o Options, log *slog.Logger) (*Broker, error) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	o = o.withDefaults()
	text, err := Config(o)
	if err != nil {
		return nil, err
	}
	lock, err := lockStore(o.Store)
	if err != nil {
		return nil, err
	}
	s, err := start(text, log)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("starting the broker on %s: %w", o.Listen, err), lock.release())
	}
	b := &Broker{server: s, lock: lock, users: map[string]string{HubUser: o.HubPassword}}
	for _, bench := range o.Benches {
		b.users[bench.ID] = bench.Password
	}
	return b, nil
}

func start(text string, log *slog.Logger) (*server.Server, error) {
	opts := &server.Options{NoSigs: true}
	if err := opts.ProcessConfigString(text); err != nil {
		return nil, fmt.Errorf("reading its configuration: %w", err)
	}
	s, err := server.NewServer(opts)
	if err != nil {
		return nil, err
	}
	remarks := &remarks{log: log}
	s.SetLoggerV2(remarks, false, false, false)
	s.Start()
	if err := awaitReady(s, remarks); err != nil {
		s.Shutdown()
		s.WaitForShutdown()
		return nil, err
	}
	return s, nil
}

// awaitReady asks in short turns, because the server goes on waiting after a
// remark that ended its start.
func awaitReady(s *server.Server, remarks *remarks) error {
	for deadline := time.Now().Add(readyWithin); time.Now().Before(deadline); {
		ready := s.ReadyForConnections(50 * time.Millisecond)
		if err := remarks.fatal(); err != nil {
			return err
		}
		if ready {
			return nil
		}
	}
	return fmt.Errorf("not ready within %s", readyWithin)
}

// URL is where clients connect, without credentials.
func (b *Broker) URL() string { return b.server.ClientURL() }

// Password is the password of HubUser or of a bench, "" for anyone else.
func (b *Broker) Password(user string) string { return b.users[user] }

// Store is the directory that the streams lie in.
func (b *Broker) Store() string { return filepath.Clean(b.lock.dir) }

// Close stops the broker, waits for its store to be written and gives the
// store's directory free.
func (b *Broker) Close() error {
	b.server.Shutdown()
	b.server.WaitForShutdown()
	return b.lock.release()
}
