package coretest

import (
	"errors"
	"slices"
	"testing"

	"github.com/nats-io/nats.go/jetstream"
)

// Hub looks into the store as the hub's user.
type Hub struct {
	t  testing.TB
	JS jetstream.JetStream
}

// Store opens the lab's store.
func Store(t testing.TB, l *Lab) *Hub {
	t.Helper()
	js, err := jetstream.New(l.Connect("hub"))
	if err != nil {
		t.Fatal(err)
	}
	return &Hub{t: t, JS: js}
}

// Subjects lists what a stream holds messages of.
func (h *Hub) Subjects(stream string) (subjects []string) {
	h.t.Helper()
	s, err := h.JS.Stream(h.t.Context(), stream)
	if err != nil {
		h.t.Fatal(err)
	}
	info, err := s.Info(h.t.Context(), jetstream.WithSubjectFilter(">"))
	if err != nil {
		h.t.Fatal(err)
	}
	for subject := range info.State.Subjects {
		subjects = append(subjects, subject)
	}
	slices.Sort(subjects)
	return subjects
}

// Value reads a key; "" where there is none.
func (h *Hub) Value(bucket, key string) string {
	h.t.Helper()
	kv, err := h.JS.KeyValue(h.t.Context(), bucket)
	if err != nil {
		h.t.Fatal(err)
	}
	entry, err := kv.Get(h.t.Context(), key)
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return ""
	} else if err != nil {
		h.t.Fatal(err)
	}
	return string(entry.Value())
}
