package rooms

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/e2e/lab"
)

// stream is a client behind a proxy that cuts WebSockets: it reads an event
// stream and speaks by POST.
type stream struct {
	base string
	conn string
	id   string // Last-Event-ID
	in   *bufio.Scanner
	end  func()
}

func openStream(ctx context.Context, base, query, last string) (*stream, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/events?"+query, nil)
	if err != nil {
		cancel()
		return nil, err
	}
	r.Header.Set("Authorization", "Bearer "+lab.Token)
	if last != "" {
		r.Header.Set("Last-Event-ID", last)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		cancel()
		return nil, err
	}
	s := &stream{base: base, in: bufio.NewScanner(res.Body), end: func() { _ = res.Body.Close(); cancel() }}
	s.in.Buffer(nil, 1<<20)
	welcome, err := s.hear(`{"t":"welcome"}`)
	if err == nil {
		s.conn, _ = welcome["conn"].(string)
	}
	return s, err
}

func (s *stream) hear(pattern string) (map[string]any, error) {
	id := ""
	for s.in.Scan() {
		name, value, _ := strings.Cut(s.in.Text(), ": ")
		switch name {
		case "id":
			id = value
		case "data":
			if id != "" {
				s.id = id
			}
			if message, err := match(value, pattern); err == nil {
				return message, nil
			}
		}
	}
	return nil, fmt.Errorf("the stream ended (%w) before %s", s.in.Err(), pattern)
}

func (s *stream) say(ctx context.Context, frames ...string) error {
	body, _ := json.Marshal(map[string]any{"conn": s.conn, "frames": raw(frames)})
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.base+"/api/v1/events", bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+lab.Token)
	r.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusAccepted {
		return fmt.Errorf("POST /api/v1/events: %s", res.Status)
	}
	return nil
}

func raw(frames []string) []json.RawMessage {
	list := make([]json.RawMessage, len(frames))
	for i, f := range frames {
		list[i] = json.RawMessage(f)
	}
	return list
}

// All that sockets do streams do too: events both ways, acknowledgements, one
// connection alone, and resume at the other relay by Last-Event-ID.
func TestRooms_EventStreamsCarryAllOfIt(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	broker, err := lab.StartBroker(built, t.TempDir())
	must(err)
	t.Cleanup(broker.Kill)
	one, err := lab.StartRelay(built, broker.Addr)
	must(err)
	t.Cleanup(one.Kill)
	two, err := lab.StartRelay(built, broker.Addr)
	must(err)
	t.Cleanup(two.Kill)

	must(loaded(one.Base))
	must(loaded(two.Base))
	s, err := openStream(ctx, one.Base, "room=lab", "")
	must(err)
	_, err = s.hear(`{"t":"res","i":1,"error":null}`)
	must(err)
	p, err := connect(two.Base, "")
	must(err)
	defer p.close()
	must(p.send(`{"t":"sub","i":1,"room":"lab"}`))
	_, err = p.hear(`{"t":"res","i":1,"error":null}`)
	must(err)

	must(s.say(ctx, `{"t":"evt","i":2,"room":"lab","ev":"greeting","d":{"hello":"world"}}`))
	_, err = p.hear(fmt.Sprintf(`{"t":"pub","ev":"greeting","from":{"conn":%q},"d":{"hello":"world"}}`, s.conn))
	must(err)
	_, err = s.hear(`{"t":"pub","ev":"greeting"}`)
	must(err)

	question, _ := json.Marshal(api.Frame{T: "evt", I: new(int64), To: "conn:" + s.conn, Ev: "question", Ack: true, TTL: 20_000})
	must(p.send(string(question)))
	asked, err := s.hear(`{"t":"pub","ev":"question","ask":"*","o":null}`)
	must(err)
	must(s.say(ctx, fmt.Sprintf(`{"t":"ack","ask":%q,"d":"yes"}`, asked["ask"])))
	_, err = p.hear(fmt.Sprintf(`{"t":"res","i":0,"d":"yes","from":{"conn":%q}}`, s.conn))
	must(err)

	last := s.id
	s.end()
	must(p.send(`{"t":"evt","i":5,"room":"lab","ev":"missed"}`))
	_, err = p.hear(`{"t":"res","i":5,"error":null}`)
	must(err)
	again, err := openStream(ctx, two.Base, "room=lab", last)
	must(err)
	defer again.end()
	_, err = again.hear(`{"t":"pub","ev":"missed"}`)
	must(err)
	_, err = again.hear(`{"t":"live","room":"lab"}`)
	must(err)
}
