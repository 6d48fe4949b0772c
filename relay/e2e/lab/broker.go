package lab

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/farbench/farbench/relay/broker"
)

// Broker is a plain nats-server process with the accounts of the real
// configuration.
type Broker struct {
	Addr string // host:port, the same after every restart

	programs Programs
	dir      string
	conf     string
	process  *Process
	options  broker.Options
}

// StartBroker runs one with an account for each bench; a user's password is
// its name with "-secret" behind it.
func StartBroker(p Programs, dir string, benches ...string) (*Broker, error) {
	addr, err := FreeAddr()
	if err != nil {
		return nil, err
	}
	b := &Broker{Addr: addr, programs: p, dir: dir, conf: filepath.Join(dir, "nats.conf")}
	b.options = broker.Options{Listen: addr, Store: b.store(), HubPassword: secret(broker.HubUser), BenchConnections: 32}
	for _, id := range benches {
		b.options.Benches = append(b.options.Benches, broker.Bench{ID: id, Password: secret(id)})
	}
	text, err := broker.Config(b.options)
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(b.conf, []byte(text), 0o600); err != nil {
		return nil, err
	}
	return b, b.Start()
}

// Start runs it again after Kill.
func (b *Broker) Start() error {
	p, err := start("nats-server", b.programs.Path("nats-server"), []string{"-c", b.conf}, environ([]string{"GOGC=1600", "GOMEMLIMIT=1GiB"}), "") // as in deploy/compose.yaml
	if err != nil {
		return err
	}
	b.process = p
	deadline := time.Now().Add(20 * time.Second)
	for time.Now().Before(deadline) {
		if nc, err := b.Connect(broker.HubUser); err == nil {
			nc.Close()
			return nil
		}
		time.Sleep(20 * time.Millisecond)
	}
	return errors.New("the broker does not answer\n" + p.Log())
}

// Kill ends it with SIGKILL.
func (b *Broker) Kill() { b.process.Kill() }

// Process is the one that runs now.
func (b *Broker) Process() *Process { return b.process }

// Connect as the hub's user or as a bench.
func (b *Broker) Connect(user string) (*nats.Conn, error) {
	return nats.Connect("nats://"+b.Addr, nats.UserInfo(user, secret(user)), nats.Timeout(5*time.Second))
}

// Save copies the store of a broker that does not run; Restore puts that copy
// back.
func (b *Broker) Save() error {
	if err := os.RemoveAll(b.store() + ".saved"); err != nil {
		return err
	}
	return os.CopyFS(b.store()+".saved", os.DirFS(b.store()))
}

// Restore puts the saved copy in place of the store of a broker that does not
// run.
func (b *Broker) Restore() error {
	if err := os.RemoveAll(b.store()); err != nil {
		return err
	}
	return os.CopyFS(b.store(), os.DirFS(b.store()+".saved"))
}

func (b *Broker) store() string { return filepath.Join(b.dir, "store") }

func secret(user string) string { return user + "-secret" }

// FreeAddr names a loopback port that was free a moment ago.
func FreeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}
