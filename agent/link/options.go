package link

import (
	"time"

	"github.com/nats-io/nats.go"
)

// options add to those of every connection what the link does when it comes
// and goes. subscribed is closed once the subscriptions are there; closed gets
// the reason if the library gives up all the same.
func (l *Link) options(subscribed <-chan struct{}, closed chan<- error) []nats.Option {
	connected := func(*nats.Conn) {
		<-subscribed
		select {
		case l.up <- struct{}{}:
		default:
		}
	}
	return append(l.c.Options("farbench-agent "+l.c.Name),
		nats.PingInterval(l.c.PingEvery),
		nats.FlusherTimeout(10*time.Second),
		nats.ConnectHandler(connected),
		nats.ReconnectHandler(connected),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			l.c.Spool.Down()
			l.c.Sessions.Cut()
			l.waiting(err)
		}),
		nats.ReconnectErrHandler(func(_ *nats.Conn, err error) { l.waiting(err) }),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			l.c.Logger.Warn("broker complains", "err", err)
		}),
		nats.ClosedHandler(func(nc *nats.Conn) { closed <- nc.LastError() }),
	)
}

// waiting says once an outage that there is one.
func (l *Link) waiting(err error) {
	l.mu.Lock()
	said := l.silent
	l.silent = true
	l.mu.Unlock()
	if !said {
		l.c.Logger.Warn("waiting for the broker", "url", l.c.Server.String(), "err", err)
	}
}
