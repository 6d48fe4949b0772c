package broker

import (
	"crypto/rand"
	_ "embed"
	"errors"
	"fmt"
	"strings"
	"text/template"

	"github.com/farbench/farbench/agent/wire"
)

// HubUser is the relays' user, in account HUB. A bench's user and account are
// its id.
const HubUser = "hub"

// Options say what stands in the configuration.
type Options struct {
	Listen string // "127.0.0.1:0" lets the kernel choose the port; the default
	Store  string // directory of the streams
	// HubPassword and the benches' passwords are made at random where empty. One
	// that begins with $ names a variable of the broker's environment.
	HubPassword string
	Benches     []Bench
	// BenchConnections bounds the connections of one bench: one is in use, and
	// those of links that were cut linger until the broker's pings find out.
	BenchConnections int // default 8
	// SyncInterval is what a power cut may take from the store; the agents' spool
	// still holds it. Default "10s".
	SyncInterval string
}

// Bench is a bench's account.
type Bench struct {
	ID       string
	Password string
}

//go:embed farbench.conf.tmpl
var configText string

var configTemplate = template.Must(template.New("farbench.conf").Funcs(template.FuncMap{"secret": secret}).Parse(configText))

// Config writes the configuration of a broker with these accounts. It refuses
// a bench id that is not valid: it would stand in subjects.
func Config(o Options) (string, error) {
	o = o.withDefaults()
	if err := o.check(); err != nil {
		return "", fmt.Errorf("writing the broker's configuration: %w", err)
	}
	var text strings.Builder
	if err := configTemplate.Execute(&text, o); err != nil {
		return "", fmt.Errorf("writing the broker's configuration: %w", err)
	}
	return text.String(), nil
}

func (o Options) withDefaults() Options {
	if o.Listen == "" {
		o.Listen = "127.0.0.1:0"
	}
	// To nats-server port 0 is its default port, and -1 any.
	if host, ok := strings.CutSuffix(o.Listen, ":0"); ok {
		o.Listen = host + ":-1"
	}
	if o.HubPassword == "" {
		o.HubPassword = rand.Text()
	}
	if o.BenchConnections == 0 {
		o.BenchConnections = 8
	}
	if o.SyncInterval == "" {
		o.SyncInterval = "10s"
	}
	benches := make([]Bench, len(o.Benches))
	for i, bench := range o.Benches {
		if bench.Password == "" {
			bench.Password = rand.Text()
		}
		benches[i] = bench
	}
	o.Benches = benches
	return o
}

func (o Options) check() error {
	var mistakes []error
	seen := map[string]bool{HubUser: true}
	for _, bench := range o.Benches {
		if !wire.ValidID(bench.ID) {
			mistakes = append(mistakes, fmt.Errorf("bench id %q: use 1 to 32 of a-z, 0-9 and -", bench.ID))
		}
		if seen[bench.ID] {
			mistakes = append(mistakes, fmt.Errorf("bench id %q is taken", bench.ID))
		}
		seen[bench.ID] = true
	}
	if o.Store == "" {
		mistakes = append(mistakes, errors.New("no directory for its streams"))
	}
	return errors.Join(mistakes...)
}

// secret quotes a password; a reference to a variable stays bare, since the
// broker does not look into quotes.
func secret(s string) string {
	if strings.HasPrefix(s, "$") {
		return s
	}
	return fmt.Sprintf("%q", s)
}
