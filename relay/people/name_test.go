package people

import (
	"testing"
	"time"
)

// However many of those who bore a name go by another one now, its next bearer has
// an id of their own.
func TestIDOf_AfterManyBearers(t *testing.T) {
	p := New(Config{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range 300 {
			p.book.persons[p.idOf("Pia")] = "name.another"
		}
	}()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Fatal("no id is found for the next bearer")
	}
	if len(p.book.persons) != 300 {
		t.Errorf("300 bearers have %d ids", len(p.book.persons))
	}
}
