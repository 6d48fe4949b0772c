package link

import (
	"crypto/tls"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
)

// Server says where the broker is and who we are there.
type Server struct {
	URL      string // one or several, separated by commas
	Creds    string // path of a credentials file
	User     string
	Password string
	CA       string // path of a certificate authority's file: TLS, whatever the URL's scheme
}

// Check lists every mistake.
func (s Server) Check() error {
	var wrong []error
	if s.URL == "" {
		return errors.New("no NATS URL is given")
	}
	for one := range strings.SplitSeq(s.URL, ",") {
		one = strings.TrimSpace(one)
		if !strings.Contains(one, "://") {
			one = "nats://" + one
		}
		u, err := url.Parse(one)
		switch {
		case err != nil || u.Hostname() == "":
			wrong = append(wrong, fmt.Errorf("%q is no NATS URL", one))
		case u.Scheme == "tls" || u.Scheme == "wss":
		case u.Scheme != "nats" && u.Scheme != "ws":
			wrong = append(wrong, fmt.Errorf("%s: the scheme must be nats, tls, ws or wss", u.Redacted()))
		case !loopback(u.Hostname()) && s.CA == "":
			wrong = append(wrong, fmt.Errorf("%s: NATS beyond this machine needs TLS: use tls:// or wss://, or name a CA", u.Redacted()))
		}
	}
	for _, path := range []string{s.Creds, s.CA} {
		if path == "" {
			continue
		}
		if _, err := os.Stat(path); err != nil {
			wrong = append(wrong, err)
		}
	}
	return errors.Join(wrong...)
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// options connects for ever. subscribed is closed once the subscriptions are
// there; closed gets the reason if the library gives up all the same.
func (l *Link) options(subscribed <-chan struct{}, closed chan<- error) ([]nats.Option, error) {
	connected := func(*nats.Conn) {
		<-subscribed
		select {
		case l.up <- struct{}{}:
		default:
		}
	}
	opts := []nats.Option{
		nats.Name("farbench-agent " + l.c.Name),
		nats.MaxReconnects(-1),
		nats.RetryOnFailedConnect(true),
		nats.IgnoreAuthErrorAbort(),
		nats.ReconnectBufSize(-1), // a stale command must not be sent later
		nats.CustomReconnectDelay(fullJitter),
		nats.PingInterval(l.c.PingEvery),
		nats.MaxPingsOutstanding(2),
		nats.Timeout(5 * time.Second),
		nats.FlusherTimeout(10 * time.Second),
		nats.NoEcho(),
		nats.ConnectHandler(connected),
		nats.ReconnectHandler(connected),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			l.c.Spool.Down()
			l.waiting(err)
		}),
		nats.ReconnectErrHandler(func(_ *nats.Conn, err error) { l.waiting(err) }),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			l.c.Logger.Warn("broker complains", "err", err)
		}),
		nats.ClosedHandler(func(nc *nats.Conn) { closed <- nc.LastError() }),
	}
	if l.c.Creds != "" {
		opts = append(opts, nats.UserCredentials(l.c.Creds))
	}
	if l.c.User != "" {
		opts = append(opts, nats.UserInfo(l.c.User, l.c.Password))
	}
	if l.c.CA != "" {
		opts = append(opts, nats.Secure(&tls.Config{MinVersion: tls.VersionTLS12}), nats.RootCAs(l.c.CA))
	}
	return opts, nil
}

// waiting says once an outage that there is one.
func (l *Link) waiting(err error) {
	l.mu.Lock()
	said := l.silent
	l.silent = true
	l.mu.Unlock()
	if !said {
		l.c.Logger.Warn("waiting for the broker", "url", redacted(l.c.URL), "err", err)
	}
}

func redacted(urls string) string {
	var list []string
	for one := range strings.SplitSeq(urls, ",") {
		if u, err := url.Parse(strings.TrimSpace(one)); err == nil {
			one = u.Redacted()
		}
		list = append(list, one)
	}
	return strings.Join(list, ",")
}

// fullJitter spreads the reconnects of many agents: between 0 and 100 ms
// doubled with every round, at most 4 s.
func fullJitter(round int) time.Duration {
	return 10*time.Millisecond + rand.N(min(4*time.Second, 100*time.Millisecond<<min(max(round, 0), 6)))
}
