package faults

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/e2e/lab"
)

// Fifty people reserve two devices and their bench on two relays, one of which
// is killed every second: nothing is given twice, who came first is served
// first, and every grant and end is written down. FARBENCH_ATTEMPTS=10000 is
// the whole of it.
func TestReservations_FiftyPeopleTwoRelaysAndKills(t *testing.T) {
	attempts := 1000
	if s := os.Getenv("FARBENCH_ATTEMPTS"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatal(err)
		}
		attempts = n
	}
	c := startChain(t)
	second, err := lab.StartRelay(built, c.broker.Addr)
	c.must(err)
	t.Cleanup(func() { second.Kill() })
	m := &market{
		t: t, relays: []*lab.Relay{c.relay, second}, inside: map[string]string{}, seen: map[string]string{},
		client: &http.Client{Timeout: 15 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 64}},
	}
	ctx, done := context.WithTimeout(t.Context(), 2*time.Minute+time.Duration(attempts)*100*time.Millisecond)
	defer done()
	var crowd, others sync.WaitGroup
	trading, closing := context.WithCancel(ctx)
	others.Go(func() { m.watch(trading) })
	var kills atomic.Int64
	others.Go(func() {
		for i := 0; trading.Err() == nil; i++ {
			select {
			case <-time.After(500*time.Millisecond + rand.N(time.Second)):
			case <-trading.Done():
				return
			}
			r := m.relays[rand.IntN(2)]
			r.Kill()
			kills.Add(1)
			if err := r.Start(); err != nil {
				t.Errorf("starting a relay that was killed: %v", err)
				return
			}
		}
	})
	began := time.Now()
	for i := range 50 {
		crowd.Go(func() {
			for range attempts / 50 {
				if ctx.Err() != nil || t.Failed() {
					return
				}
				m.attempt(ctx, fmt.Sprintf("client-%02d", i))
			}
		})
	}
	crowd.Wait()
	took := time.Since(began)
	closing()
	others.Wait()
	if ctx.Err() != nil {
		t.Fatalf("%d attempts were not made in time", attempts)
	}
	grants, ends := m.audit(ctx)
	if t.Failed() {
		return
	}
	t.Logf("%d attempts of 50 people in %s, %d kills: %d grants, %d ends, %d records, 0 double, order kept",
		attempts, took.Round(time.Millisecond), kills.Load(), grants, ends, grants+ends)
	if kills.Load() == 0 {
		t.Error("no relay was killed")
	}
}

// market is where the people of the test meet.
type market struct {
	t      *testing.T
	relays []*lab.Relay
	client *http.Client

	mu     sync.Mutex
	board  api.Reservations  // as a relay last told it
	inside map[string]string // place → who believes to hold it now
	seen   map[string]string // place and epoch → who was given it
}

// do asks one relay or the other, until one answers.
func (m *market) do(ctx context.Context, who, method, path string, body, out any) error {
	data, err := json.Marshal(body)
	if err != nil {
		return err
	}
	for ctx.Err() == nil {
		relay := m.relays[rand.IntN(2)]
		req, err := http.NewRequestWithContext(ctx, method, relay.Base+path, bytes.NewReader(data))
		if err != nil {
			return err
		}
		req.Header.Set("Authorization", "Bearer "+lab.Token)
		req.Header.Set("Content-Type", "application/json")
		if who != "" {
			req.Header.Set("Farbench-Name", who)
		}
		res, err := m.client.Do(req)
		if err == nil {
			answer, read := io.ReadAll(res.Body)
			res.Body.Close()
			switch {
			case read != nil:
			case res.StatusCode == http.StatusOK:
				return json.Unmarshal(answer, out)
			case res.StatusCode != http.StatusServiceUnavailable && res.StatusCode != http.StatusNotFound:
				return fmt.Errorf("%s %s: %d %s", method, path, res.StatusCode, answer)
			}
		}
		select { // it was killed, or has just begun
		case <-time.After(rand.N(50 * time.Millisecond)):
		case <-ctx.Done():
		}
	}
	return ctx.Err()
}

const reservationsOf = "/api/v1/benches/demo/reservations"

func (m *market) watch(ctx context.Context) {
	for ctx.Err() == nil {
		var doc api.Reservations
		if err := m.do(ctx, "", http.MethodGet, reservationsOf, nil, &doc); err != nil && ctx.Err() == nil {
			m.t.Error(err)
			return
		}
		m.mu.Lock()
		if doc.Rev > m.board.Rev {
			m.board = doc
		}
		m.mu.Unlock()
		select {
		case <-time.After(5 * time.Millisecond):
		case <-ctx.Done():
		}
	}
}

// attempt is one person's: they ask for a place, wait for it, or lose patience,
// hold it for a moment and release it.
func (m *market) attempt(ctx context.Context, who string) {
	place := []string{"sim0001", "sim0002-5555", "sim0001", "sim0002-5555", ""}[rand.IntN(5)]
	q := api.ReservationRequest{Device: place}
	var got api.Reserved
	if err := m.do(ctx, who, http.MethodPost, reservationsOf+"/reserve", q, &got); err != nil {
		m.t.Errorf("%s reserves %q: %v", who, place, err)
		return
	}
	epoch := got.Epoch
	if !got.Granted {
		epoch = m.turn(ctx, who, place, got.Epoch, rand.IntN(10) == 0)
	}
	if epoch > 0 {
		m.enter(who, place, epoch)
		time.Sleep(rand.N(3 * time.Millisecond))
		m.leave(who, place)
	}
	if err := m.do(ctx, who, http.MethodPost, reservationsOf+"/release", q, &got); err != nil {
		m.t.Errorf("%s releases %q: %v", who, place, err)
	}
}

// turn waits until the place is theirs, later than the epoch that they saw; 0
// where they lose patience.
func (m *market) turn(ctx context.Context, who, place string, after uint64, impatient bool) uint64 {
	var patience <-chan time.Time
	late := time.After(time.Minute)
	if impatient {
		patience = time.After(rand.N(200 * time.Millisecond))
	}
	for !m.t.Failed() {
		m.mu.Lock()
		for _, p := range m.board.Places {
			if p.Device == place && p.Holder != nil && p.Holder.Name == who && p.Epoch > after {
				m.mu.Unlock()
				return p.Epoch
			}
		}
		m.mu.Unlock()
		select {
		case <-time.After(2 * time.Millisecond):
		case <-patience:
			return 0
		case <-late:
			m.t.Errorf("%s has waited a minute for %q", who, place)
			return 0
		case <-ctx.Done():
			return 0
		}
	}
	return 0
}

func (m *market) enter(who, place string, epoch uint64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for held, by := range m.inside {
		if by != who && inTheWay(held, place) {
			m.t.Errorf("double grant: %s was given %q while %s has %q", who, place, by, held)
		}
	}
	key := fmt.Sprintf("%s %d", place, epoch)
	if other, is := m.seen[key]; is && other != who {
		m.t.Errorf("double grant: %s and %s were given %q at epoch %d", who, other, place, epoch)
	}
	m.inside[place], m.seen[key] = who, who
}

func (m *market) leave(who, place string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.inside[place] == who {
		delete(m.inside, place)
	}
}

func inTheWay(one, other string) bool { return one == other || one == "" || other == "" }

// audit reads the whole history and holds it against what people saw.
func (m *market) audit(ctx context.Context) (grants, ends int) {
	var all []api.ReservationRecord
	for before := uint64(0); ; {
		var page api.ReservationHistory
		if err := m.do(ctx, "", http.MethodGet, fmt.Sprintf("%s/history?limit=500&before=%d", reservationsOf, before), nil, &page); err != nil {
			m.t.Fatal(err)
		}
		all = append(all, page.Records...)
		if before = page.Next; before == 0 {
			break
		}
	}
	open, epochs := map[string]api.ReservationRecord{}, map[string]uint64{}
	var served []api.ReservationRecord
	for n := uint64(1); len(all) > 0; n++ {
		r := all[len(all)-1]
		all = all[:len(all)-1]
		if r.N != n {
			m.t.Fatalf("record %d where %d was expected", r.N, n)
		}
		held, is := open[r.Device]
		if r.Kind == api.RecordEnd {
			if ends++; !is || held.Epoch != r.Epoch || held.Who != r.Who {
				m.t.Errorf("an end of what was not granted: %+v", r)
			}
			delete(open, r.Device)
			continue
		}
		grants++
		if is || r.Epoch != epochs[r.Device]+1 {
			m.t.Errorf("granted twice: %+v and %+v", held, r)
		}
		for place, other := range open {
			if inTheWay(place, r.Device) && other.Who.ID != r.Who.ID {
				m.t.Errorf("granted %+v while %+v", r, other)
			}
		}
		open[r.Device], epochs[r.Device] = r, r.Epoch
		// Whoever came before and was served after had to wait for nobody else.
		for _, earlier := range served {
			if earlier.Ticket > r.Ticket && inTheWay(earlier.Device, r.Device) && earlier.Who.ID != r.Who.ID {
				m.t.Errorf("ticket %d (%+v) was served before %d (%+v)", earlier.Ticket, earlier, r.Ticket, r)
			}
		}
		if served = append(served, r); len(served) > 200 { // no more wait at once
			served = served[1:]
		}
		m.mu.Lock()
		key := fmt.Sprintf("%s %d", r.Device, r.Epoch)
		if who, is := m.seen[key]; is && who != r.Who.Name {
			m.t.Errorf("%s was given %s, and %s is written down", who, key, r.Who.Name)
		}
		delete(m.seen, key)
		m.mu.Unlock()
	}
	for key, who := range m.seen {
		m.t.Errorf("%s was given %s, and it is not written down", who, key)
	}
	if len(open) > 0 {
		m.t.Errorf("ends are missing: %+v", open)
	}
	return grants, ends
}
