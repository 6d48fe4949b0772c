package broker_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/farbench/farbench/agent/wire"
)

func TestAccounts_AbsentBenchIsKnownAtOnce(t *testing.T) {
	b := lab(t)
	hub, _ := enter(t, b, "hub")
	began := time.Now()
	_, err := hub.Request("cmd.b1.request.clock", nil, answerWithin)
	if !errors.Is(err, nats.ErrNoResponders) {
		t.Fatalf("asking a bench that is away: %v", err)
	}
	if took := time.Since(began); took > time.Second {
		t.Errorf("the answer took %s", took)
	}
}

func TestAccounts_CommandReachesItsBenchAlone(t *testing.T) {
	b := lab(t)
	hub, _ := enter(t, b, "hub")
	b1, _ := enter(t, b, "b1")
	b2, _ := enter(t, b, "b2")
	at1, at2 := listen(t, b1, "cmd.>"), listen(t, b2, "cmd.>")

	msg := nats.NewMsg("cmd.b1.run.start")
	msg.Data, msg.Header = []byte("hello"), nats.Header{"Fb-First": {"7"}}
	if err := hub.PublishMsg(msg); err != nil {
		t.Fatal(err)
	}
	publish(t, hub, "cmd.b2.last", "")
	if got := next(t, at1); got.Subject != "cmd.run.start" || string(got.Data) != "hello" || got.Header.Get("Fb-First") != "7" {
		t.Errorf("the bench got %s %q %v", got.Subject, got.Data, got.Header)
	}
	if got := next(t, at2); got.Subject != "cmd.last" {
		t.Errorf("its neighbour got %s", got.Subject)
	}
}

func TestAccounts_BenchCannotAnswerThroughTheReplySubject(t *testing.T) {
	b := lab(t)
	hub, _ := enter(t, b, "hub")
	b1, refused := enter(t, b, "b1")
	at1 := listen(t, b1, "cmd.>")
	inbox := listen(t, hub, hub.NewRespInbox())
	if err := hub.PublishRequest("cmd.b1.request.clock", inbox.Subject, nil); err != nil {
		t.Fatal(err)
	}
	msg := next(t, at1)
	publish(t, b1, msg.Reply, "from the bench")
	publish(t, b1, "up.alive", "")
	settle(t, b1)
	select {
	case err := <-refused:
		if !errors.Is(err, nats.ErrPermissionViolation) {
			t.Errorf("the broker said %v", err)
		}
	case <-time.After(answerWithin):
		t.Error("the broker let it pass")
	}
}

func TestAccounts_RepliesReachOnlyTheRelayNamed(t *testing.T) {
	b := lab(t)
	first, _ := enter(t, b, "hub")
	second, _ := enter(t, b, "hub")
	b1, _ := enter(t, b, "b1")
	at1, at2 := listen(t, first, "hub.*.reply.r1.*"), listen(t, second, "hub.*.reply.r2.*")

	publish(t, b1, "up.reply.r1.q1", "one")
	publish(t, b1, "up.reply.r2.q2", "two")
	if got := next(t, at1); got.Subject != "hub.b1.reply.r1.q1" {
		t.Errorf("relay r1 got %s", got.Subject)
	}
	if got := next(t, at2); got.Subject != "hub.b1.reply.r2.q2" {
		t.Errorf("relay r2 got %s", got.Subject)
	}
}

func TestAccounts_SenderIsWrittenByTheBroker(t *testing.T) {
	b := lab(t)
	hub, _ := enter(t, b, "hub")
	b2, refused := enter(t, b, "b2")
	at := listen(t, hub, "hub.>")
	for _, subject := range []string{"hub.b1.alive", "cmd.b1.run.start", "$SYS.REQ.SERVER.PING", "$JS.API.STREAM.LIST", "_INBOX.x", "presence.down.b1"} {
		publish(t, b2, subject, "forged")
	}
	settle(t, b2)
	for range 6 {
		select {
		case err := <-refused:
			if !errors.Is(err, nats.ErrPermissionViolation) {
				t.Errorf("the broker said %v", err)
			}
		case <-time.After(answerWithin):
			t.Fatal("a forged subject was let pass")
		}
	}
	publish(t, b2, "up.alive", "own")
	if got := next(t, at); got.Subject != "hub.b2.alive" || string(got.Data) != "own" {
		t.Errorf("the hub got %s %q", got.Subject, got.Data)
	}
}

// What is said in rooms is the relays' alone: a bench neither hears nor says
// any of it, nor asks the store for it.
func TestAccounts_RoomsAreOutOfABenchsReach(t *testing.T) {
	b := lab(t)
	hub, _ := enter(t, b, "hub")
	b1, refused := enter(t, b, "b1")
	js, err := jetstream.New(hub)
	if err != nil {
		t.Fatal(err)
	}
	events, err := js.CreateStream(t.Context(), jetstream.StreamConfig{Name: wire.StreamEvents, Subjects: []string{wire.EventsAll}})
	if err != nil {
		t.Fatal(err)
	}
	at := listen(t, hub, wire.EventsAll)
	for _, subject := range []string{wire.EventsAll, wire.HubEvents("lab", "m"), "$JS.API.>"} {
		if _, err := b1.SubscribeSync(subject); err != nil {
			t.Fatal(err)
		}
	}
	tries := []string{
		wire.HubEvents("lab", "m"), wire.HubEvents("bench:b1", "e"), "$JS.API.STREAM.PURGE.EVENTS",
		"$JS.API.STREAM.MSG.GET.EVENTS", "$JS.API.DIRECT.GET.EVENTS", "$JS.API.CONSUMER.CREATE.EVENTS",
	}
	for _, subject := range tries {
		publish(t, b1, subject, "{}")
	}
	settle(t, b1)
	for range 3 + len(tries) {
		select {
		case err := <-refused:
			if !errors.Is(err, nats.ErrPermissionViolation) {
				t.Errorf("the broker said %v", err)
			}
		case <-time.After(answerWithin):
			t.Fatal("something was let pass")
		}
	}
	// What it may say stays below its own name.
	publish(t, b1, "up.events.lab.m", "{}")
	settle(t, b1)
	publish(t, hub, wire.HubEvents("lab", "m"), `"from a relay"`)
	if got := next(t, at); string(got.Data) != `"from a relay"` {
		t.Errorf("the rooms heard %s %q", got.Subject, got.Data)
	}
	if _, err := events.GetMsg(t.Context(), 2); err == nil {
		t.Error("the stream holds more than the relay said")
	}
}

// The trick that one shared account fell for: an allowed subject with the
// neighbour's command subject as its reply.
func TestAccounts_ReplySubjectOfANeighbourLeadsNowhere(t *testing.T) {
	b := lab(t)
	hub, _ := enter(t, b, "hub")
	b1, _ := enter(t, b, "b1")
	b2, _ := enter(t, b, "b2")
	at1 := listen(t, b1, "cmd.>")
	if _, err := hub.Subscribe("hub.*.ask.*", func(m *nats.Msg) { _ = m.Respond([]byte("answer")) }); err != nil {
		t.Fatal(err)
	}
	settle(t, hub)
	for _, reply := range []string{"cmd.b1.run.start", "cmd.run.start", "hub.b1.reply.r.q"} {
		if err := b2.PublishRequest("up.ask.resume", reply, []byte("x")); err != nil {
			t.Fatal(err)
		}
	}
	// A question asked honestly is answered, and after it nothing has arrived.
	got, err := b2.Request("up.ask.resume", nil, answerWithin)
	if err != nil || string(got.Data) != "answer" {
		t.Fatalf("an honest question: %v %v", got, err)
	}
	publish(t, hub, "cmd.b1.last", "")
	if got := next(t, at1); got.Subject != "cmd.last" {
		t.Errorf("the neighbour received %s %q", got.Subject, got.Data)
	}
}

func TestAccounts_BenchSeesOnlyItsOwnWorld(t *testing.T) {
	b := lab(t)
	b2, refused := enter(t, b, "b2")
	for _, subject := range []string{">", "up.>", "hub.>", "cmd", "$SYS.>", "$JS.>", "*.>"} {
		if _, err := b2.SubscribeSync(subject); err != nil {
			t.Fatal(err)
		}
		settle(t, b2)
		select {
		case err := <-refused:
			if !errors.Is(err, nats.ErrPermissionViolation) {
				t.Errorf("subscribing %s: %v", subject, err)
			}
		case <-time.After(answerWithin):
			t.Errorf("subscribing %s was let pass", subject)
		}
	}
}

func TestAccounts_StoredBlockIsAcknowledgedAcrossAccounts(t *testing.T) {
	b := lab(t)
	hub, _ := enter(t, b, "hub")
	b1, _ := enter(t, b, "b1")
	js, err := jetstream.New(hub)
	if err != nil {
		t.Fatal(err)
	}
	runs, err := js.CreateStream(t.Context(), jetstream.StreamConfig{Name: "RUNS", Subjects: []string{"hub.*.run.*"}})
	if err != nil {
		t.Fatal(err)
	}
	msg := nats.NewMsg("up.run.r1")
	msg.Data, msg.Header = []byte("block"), nats.Header{"Fb-First": {"1"}, "Fb-Last": {"3"}}
	answer, err := b1.RequestMsg(msg, answerWithin)
	if err != nil || !strings.Contains(string(answer.Data), `"seq":1`) {
		t.Fatalf("publishing a block: %v %s", err, answer.Data)
	}
	stored, err := runs.GetMsg(t.Context(), 1)
	if err != nil || stored.Subject != "hub.b1.run.r1" || stored.Header.Get("Fb-Last") != "3" {
		t.Errorf("the stream holds %+v, %v", stored, err)
	}
}

func TestAccounts_EndOfABenchIsToldToTheHub(t *testing.T) {
	b := lab(t)
	hub, _ := enter(t, b, "hub")
	b1, _ := enter(t, b, "b1")
	down := listen(t, hub, "presence.down.*")
	b1.Close()
	if got := next(t, down); got.Subject != "presence.down.b1" {
		t.Errorf("the hub heard %s", got.Subject)
	}
}

func TestAccounts_QueuedWorkWaitsForItsBenchAlone(t *testing.T) {
	b := lab(t)
	hub, _ := enter(t, b, "hub")
	b1, _ := enter(t, b, "b1")
	live := listen(t, b1, "cmd.>")
	js, err := jetstream.New(hub)
	if err != nil {
		t.Fatal(err)
	}
	cmd, err := js.CreateStream(t.Context(), jetstream.StreamConfig{Name: "CMD", Subjects: []string{"queue.*.>"}, Retention: jetstream.WorkQueuePolicy})
	if err != nil {
		t.Fatal(err)
	}
	for _, bench := range []string{"b1", "b2"} {
		if _, err := cmd.CreateConsumer(t.Context(), jetstream.ConsumerConfig{Durable: bench, AckPolicy: jetstream.AckExplicitPolicy, FilterSubject: "queue." + bench + ".>"}); err != nil {
			t.Fatal(err)
		}
		publish(t, hub, "queue."+bench+".procedure", "for "+bench)
	}
	settle(t, hub)
	got, err := b1.Request("$JS.API.CONSUMER.MSG.NEXT.CMD.b1", []byte(`{"batch":1}`), answerWithin)
	if err != nil || string(got.Data) != "for b1" {
		t.Fatalf("pulling: %v %v", got, err)
	}
	if _, err := b1.Request(got.Reply, []byte("+ACK"), answerWithin); err != nil {
		t.Errorf("acknowledging: %v", err)
	}
	if n, _, err := live.Pending(); err != nil || n != 0 {
		t.Errorf("%d messages arrived live as well (%v)", n, err)
	}
}

func TestAccounts_ConnectionsOfABenchAreBounded(t *testing.T) {
	b := lab(t)
	for range 8 {
		enter(t, b, "b1")
	}
	_, err := nats.Connect(b.URL(), nats.UserInfo("b1", b.Password("b1")), nats.NoReconnect())
	if err == nil || !strings.Contains(fmt.Sprint(err), "maximum account active connections exceeded") {
		t.Errorf("a ninth connection: %v", err)
	}
	enter(t, b, "b2")
}

func TestAccounts_WrongPasswordStaysOut(t *testing.T) {
	b := lab(t)
	for _, user := range []nats.Option{nats.UserInfo("b1", b.Password("b2")), nats.UserInfo("hub", ""), nats.UserInfo("", ""), nats.Name("nobody")} {
		if nc, err := nats.Connect(b.URL(), user, nats.NoReconnect()); err == nil {
			nc.Close()
			t.Error("was let in")
		}
	}
}
