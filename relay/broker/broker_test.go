package broker_test

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/farbench/farbench/relay/broker"
)

const answerWithin = 5 * time.Second

// lab is a broker with the benches b1 and b2.
func lab(t *testing.T) *broker.Broker {
	t.Helper()
	b, err := broker.Start(broker.Options{
		Store:   t.TempDir(),
		Benches: []broker.Bench{{ID: "b1"}, {ID: "b2"}},
	}, slog.New(slog.NewTextHandler(t.Output(), nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

// enter connects a user; its violations of permissions arrive on the channel.
func enter(t *testing.T, b *broker.Broker, user string) (*nats.Conn, <-chan error) {
	t.Helper()
	refused := make(chan error, 64)
	nc, err := nats.Connect(b.URL(), nats.UserInfo(user, b.Password(user)), nats.NoReconnect(),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			select {
			case refused <- err:
			default:
			}
		}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	return nc, refused
}

func listen(t *testing.T, nc *nats.Conn, subject string) *nats.Subscription {
	t.Helper()
	sub, err := nc.SubscribeSync(subject)
	if err != nil {
		t.Fatal(err)
	}
	settle(t, nc)
	return sub
}

// settle waits until the broker has read everything that nc sent.
func settle(t *testing.T, nc *nats.Conn) {
	t.Helper()
	if err := nc.FlushTimeout(answerWithin); err != nil {
		t.Fatal(err)
	}
}

func next(t *testing.T, sub *nats.Subscription) *nats.Msg {
	t.Helper()
	msg, err := sub.NextMsg(answerWithin)
	if err != nil {
		t.Fatalf("waiting on %s: %v", sub.Subject, err)
	}
	return msg
}

func publish(t *testing.T, nc *nats.Conn, subject, data string) {
	t.Helper()
	if err := nc.Publish(subject, []byte(data)); err != nil {
		t.Fatal(err)
	}
}

func TestStart_StoreInUse(t *testing.T) {
	b := lab(t)
	_, err := broker.Start(broker.Options{Store: b.Store()}, nil)
	if err == nil || !strings.Contains(err.Error(), "in use by another process") || !strings.Contains(err.Error(), b.Store()) {
		t.Fatalf("second broker on one directory: %v", err)
	}
}

func TestStart_StoreFreeAfterClose(t *testing.T) {
	dir := t.TempDir()
	for range 2 {
		b, err := broker.Start(broker.Options{Store: dir}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestStart_PortInUse(t *testing.T) {
	b := lab(t)
	_, err := broker.Start(broker.Options{Store: t.TempDir(), Listen: strings.TrimPrefix(b.URL(), "nats://")}, nil)
	if err == nil || !strings.Contains(err.Error(), "in use") {
		t.Fatalf("second broker on one port: %v", err)
	}
}

func TestStart_StoreIsAFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "store")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := broker.Start(broker.Options{Store: file}, nil); err == nil || !strings.Contains(err.Error(), file) {
		t.Fatalf("a store that is a file: %v", err)
	}
}

func TestConfig_RefusesIDsThatReachIntoSubjects(t *testing.T) {
	for _, id := range []string{"*", "a.b", ">", "", "A", `x"`, "hub", strings.Repeat("a", 33)} {
		if _, err := broker.Config(broker.Options{Store: "s", Benches: []broker.Bench{{ID: id}}}); err == nil {
			t.Errorf("bench id %q was taken", id)
		}
	}
	if _, err := broker.Config(broker.Options{Store: "s", Benches: []broker.Bench{{ID: "b1"}, {ID: "b1"}}}); err == nil {
		t.Error("the same id was taken twice")
	}
}

func TestStart_NumbersAndDashesAreNames(t *testing.T) {
	b, err := broker.Start(broker.Options{Store: t.TempDir(), Benches: []broker.Bench{{ID: "1"}, {ID: "-"}, {ID: "1e3", Password: "12"}}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	for _, id := range []string{"1", "-", "1e3"} {
		enter(t, b, id)
	}
}
