// Package dial says where the broker is and who we are there, finds what is
// wrong with that before anybody connects, and makes the options of a
// connection that never gives up and never keeps a message for later. Agent
// and relay connect the same way, by the same settings (FARBENCH_NATS_*).
//
// It knows neither subjects nor what is sent.
package dial

import (
	"math/rand/v2"
	"net/url"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
)

// Server is a broker and who we are there.
type Server struct {
	URL      string // one or several, separated by commas
	Creds    string // path of a credentials file
	User     string
	Password string
	CA       string // path of a certificate authority's file: TLS, whatever the URL's scheme
}

// String is the URL without its passwords, for logs and errors.
func (s Server) String() string {
	var list []string
	for one := range strings.SplitSeq(s.URL, ",") {
		list = append(list, redacted(strings.TrimSpace(one)))
	}
	return strings.Join(list, ",")
}

func redacted(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return "(unreadable)"
	}
	return u.Redacted()
}

// Options connect for ever under a name that the broker's operators see. A
// command that waited in a buffer would arrive late: there is none.
func (s Server) Options(name string) []nats.Option {
	options := []nats.Option{
		nats.Name(name),
		nats.MaxReconnects(-1),
		nats.RetryOnFailedConnect(true),
		nats.IgnoreAuthErrorAbort(),
		nats.ReconnectBufSize(-1),
		nats.CustomReconnectDelay(fullJitter),
		nats.MaxPingsOutstanding(2),
		nats.Timeout(5 * time.Second),
		nats.NoEcho(),
	}
	if s.Creds != "" {
		options = append(options, nats.UserCredentials(s.Creds))
	}
	if s.User != "" {
		options = append(options, nats.UserInfo(s.User, s.Password))
	}
	if s.CA != "" {
		options = append(options, nats.RootCAs(s.CA)) // and no connection without TLS
	}
	return options
}

// fullJitter spreads those who come back: between 0 and 100 ms doubled with
// every round, at most 4 s.
func fullJitter(round int) time.Duration {
	return 10*time.Millisecond + rand.N(min(4*time.Second, 100*time.Millisecond<<min(max(round, 0), 6)))
}
