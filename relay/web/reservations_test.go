package web

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/reservation"
)

// labBooks keeps one book as the store does.
type labBooks struct {
	*lab
	mu   sync.Mutex // guards book
	book *reservation.Book
}

func (l *labBooks) All() []api.Reservations { return []api.Reservations{l.Of("demo")} }

func (l *labBooks) Of(string) api.Reservations {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.book == nil {
		l.book = reservation.New("demo")
	}
	return l.book.View()
}

func (l *labBooks) Do(_ context.Context, _ string, by api.User, verb reservation.Verb, q api.ReservationRequest) (api.Reserved, error) {
	l.Of("demo")
	l.mu.Lock()
	defer l.mu.Unlock()
	next := l.book.Clone()
	answer, err := next.Do(time.Now(), by, verb, q, api.User{ID: q.To, Name: q.To})
	if err == nil {
		l.book = next
	}
	return answer, err
}

func (l *labBooks) History(_ context.Context, bench string, _ uint64, limit int) (api.ReservationHistory, error) {
	if bench != "demo" || limit != 50 {
		return api.ReservationHistory{}, &wire.Fault{Code: wire.BenchUnknown, Message: "there is no such bench"}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return api.ReservationHistory{Records: l.book.Outbox.Records}, nil
}

func TestReservations_OverHTTP(t *testing.T) {
	s := openSite(t)
	const of = "/api/v1/benches/demo/reservations"
	for _, step := range []struct {
		method, path, body string
		status             int
		has                string
	}{
		{"GET", of, "", 200, `"places":[]`},
		{"POST", of + "/reserve", `{"device":"sim0001","for_s":600,"note":"boot loop"}`, 200, `"granted":true`},
		{"POST", of + "/reserve", `{"device":"sim0001"}`, 200, `"granted":true`},
		{"GET", of, "", 200, `"holder":{`},
		{"GET", "/api/v1/reservations", "", 200, `"reservations":[{"bench":"demo"`},
		{"GET", of + "/history", "", 200, `"kind":"grant"`},
		{"GET", of + "/history?limit=501", "", 422, `"code":"invalid"`},
		{"POST", of + "/reserve", `{"device":"sim0001","for_s":0}`, 422, `for_s must be 60 to 86400`},
		{"POST", of + "/reserve", `{"device":"sim0001","for_s":-3600}`, 422, `"code":"invalid"`},
		{"POST", of + "/reserve", `{"device":"sim0001","for_s":31536000}`, 422, `"code":"invalid"`},
		{"POST", of + "/take", `{"device":"sim0001"}`, 422, `reason is missing`},
		{"POST", of + "/steal", `{}`, 422, `"code":"invalid"`},
		{"POST", of + "/answer", `{"device":"sim0001","accept":true}`, 200, `"granted":true`},
		{"POST", of + "/refuse", `{"device":"sim0002","who":"bob"}`, 409, `"code":"not_yours"`},
		{"POST", of + "/release", `{"device":"sim0001"}`, 200, `"granted":false`},
		{"POST", of + "/extend", `{"device":"sim0001"}`, 409, `"code":"not_yours"`},
		{"GET", "/api/v1/benches/nope/reservations", "", 404, `"code":"bench_unknown"`},
		{"GET", "/api/v1/lab", "", 200, `"unreserved":"anyone"`},
		{"PUT", "/api/v1/lab", `{"revision":0,"unreserved":"reserve"}`, 200, `"revision":1`},
	} {
		res := s.ask(step.method, step.path, step.body)
		if got := body(t, res); res.StatusCode != step.status || !strings.Contains(got, step.has) {
			t.Errorf("%s %s %s: %d %s", step.method, step.path, step.body, res.StatusCode, got)
		}
	}
}
