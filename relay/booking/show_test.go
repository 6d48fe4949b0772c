package booking

import (
	"testing"
	"time"

	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/reservation"
)

func TestIdle_IsShownWhereNothingGoesOn(t *testing.T) {
	b := New(Config{})
	began := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	book := reservation.New("b1")
	if _, err := book.Do(began, api.User{ID: "ada", Name: "Ada"}, reservation.Reserve, api.ReservationRequest{Device: "d1"}, api.User{}); err != nil {
		t.Fatal(err)
	}
	is := func(after time.Duration, since time.Duration) {
		t.Helper()
		got := b.idle(book, "d1", began.Add(after))
		if (since < 0) != (got == nil) || got != nil && !got.Equal(began.Add(since)) {
			t.Errorf("after %s: %v, expected since %s", after, got, since)
		}
	}
	const never = -1
	is(4*time.Minute, never)
	is(5*time.Minute, 0) // nothing since it began
	b.working("b1", "d1", "r1", true, time.Time{})
	b.working("b1", "d2", "r2", true, time.Time{})
	is(3*time.Hour, never) // a long test is no idle holder
	b.working("b1", "d1", "r1", false, began.Add(3*time.Hour))
	is(3*time.Hour+time.Minute, never)
	is(4*time.Hour, 3*time.Hour)
	if b.idle(book, reservation.Whole, began.Add(4*time.Hour)) != nil || b.idle(book, "d2", began.Add(4*time.Hour)) != nil {
		t.Error("nobody holds these")
	}
	if book.Held["d1"] == nil {
		t.Error("idle ends nothing")
	}
}
