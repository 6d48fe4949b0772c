// Package documents keeps what people edit: the lab's checks and saved
// commands, and each person's settings. A document has a revision; whoever
// saves it names the one that was read, and of two who did so at once exactly
// one wins, in whatever relays they are. The other is told what stands there
// now.
//
// It knows the store (one bucket of KV), and nothing of HTTP.
package documents

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/bridge"
	"github.com/farbench/farbench/relay/checks"
)

const (
	keyChecks = "checks"
	// KeyLab is the key of the lab's settings, for who follows them.
	KeyLab = "lab"
	// maxChecks is what the broker takes in a message, less its headers.
	maxChecks   = 1<<20 - 8<<10
	maxSettings = 16 << 10
	answerIn    = 3 * time.Second
)

// Conflict is a document that somebody else changed since it was read. It is
// a *wire.Fault as well.
type Conflict struct{ Current any }

func (c *Conflict) Error() string { return "somebody else has saved this meanwhile" }
func (c *Conflict) Unwrap() error {
	return &wire.Fault{Code: wire.Conflict, Message: c.Error(), Hint: "look at what stands there now (current), put your change into it and save again"}
}

// Invalid is a document with mistakes: all of them. It is a *wire.Fault as well.
type Invalid struct{ Mistakes []api.Mistake }

func (i *Invalid) Error() string {
	var all []string
	for _, m := range i.Mistakes {
		all = append(all, m.Place+": "+m.Message)
	}
	return strings.Join(all, "; ")
}

func (i *Invalid) Unwrap() error {
	return &wire.Fault{Code: wire.Invalid, Message: i.Error(), Hint: "nothing was saved; correct this and save again"}
}

// Documents reads and saves them.
type Documents struct{ bridge *bridge.Bridge }

// New makes the documents of a broker.
func New(b *bridge.Bridge) *Documents { return &Documents{b} }

// Checks are the lab's checks, or what a lab has before anybody saved any.
func (d *Documents) Checks(ctx context.Context) (api.Checks, error) {
	var doc api.Checks
	rev, err := d.read(ctx, keyChecks, &doc)
	if err == nil && rev == 0 {
		doc = checks.Defaults()
	}
	return wholeChecks(doc, rev), err
}

// Check is the check of that id.
func (d *Documents) Check(ctx context.Context, id string) (api.Check, error) {
	doc, err := d.Checks(ctx)
	if err != nil {
		return api.Check{}, err
	}
	var names []string
	for _, c := range doc.Checks {
		if c.ID == id {
			return c, nil
		}
		names = append(names, c.ID)
	}
	fault := &wire.Fault{Code: wire.NotFound, Message: fmt.Sprintf("there is no check %.64q", id), Hint: "the lab has no checks yet"}
	if len(names) > 0 {
		fault.Hint = "there is " + strings.Join(names[:min(len(names), 20)], ", ")
	}
	return api.Check{}, fault
}

// SaveChecks replaces the document that was read at its revision. Errors are
// *Invalid, *Conflict and *wire.Fault.
func (d *Documents) SaveChecks(ctx context.Context, doc api.Checks) (api.Checks, error) {
	if wrong := checks.Mistakes(doc); wrong != nil {
		return doc, &Invalid{wrong}
	}
	read := doc.Revision
	doc = wholeChecks(doc, 0)
	value, err := json.Marshal(doc)
	if err != nil {
		return doc, fmt.Errorf("writing the checks: %w", err)
	}
	if len(value) > maxChecks {
		return doc, tooLarge("the checks and commands together", len(value), maxChecks)
	}
	rev, err := d.save(ctx, keyChecks, value, read)
	if errors.Is(err, errMoved) {
		now, err := d.Checks(ctx)
		if err != nil {
			return doc, err
		}
		return doc, &Conflict{now}
	}
	doc.Revision = rev
	return doc, err
}

// Lab are the lab's settings.
func (d *Documents) Lab(ctx context.Context) (api.Lab, error) {
	var doc api.Lab
	rev, err := d.read(ctx, KeyLab, &doc)
	doc.Revision = rev
	if doc.Unreserved == "" {
		doc.Unreserved = api.UnreservedAnyone
	}
	return doc, err
}

// SaveLab replaces them; errors as with checks.
func (d *Documents) SaveLab(ctx context.Context, doc api.Lab) (api.Lab, error) {
	if doc.Unreserved != api.UnreservedAnyone && doc.Unreserved != api.UnreservedReserve {
		return doc, &Invalid{[]api.Mistake{{Place: "unreserved", Message: "must be anyone or reserve"}}}
	}
	read := doc.Revision
	doc.Revision = 0
	value, err := json.Marshal(doc)
	if err != nil {
		return doc, fmt.Errorf("writing the lab's settings: %w", err)
	}
	rev, err := d.save(ctx, KeyLab, value, read)
	if errors.Is(err, errMoved) {
		now, err := d.Lab(ctx)
		if err != nil {
			return doc, err
		}
		return doc, &Conflict{now}
	}
	doc.Revision = rev
	return doc, err
}

func wholeChecks(doc api.Checks, rev uint64) api.Checks {
	doc.Revision = rev
	if doc.Checks == nil {
		doc.Checks = []api.Check{}
	}
	if doc.Commands == nil {
		doc.Commands = []api.SavedCommand{}
	}
	return doc
}

// Settings are a person's.
func (d *Documents) Settings(ctx context.Context, user string) (api.Settings, error) {
	doc := api.Settings{Settings: map[string]any{}}
	rev, err := d.read(ctx, keyOf(user), &doc)
	doc.Revision = rev
	return doc, err
}

// SaveSettings replaces them; errors as with checks.
func (d *Documents) SaveSettings(ctx context.Context, user string, doc api.Settings) (api.Settings, error) {
	if doc.Settings == nil {
		return doc, &Invalid{[]api.Mistake{{Place: "settings", Message: "is missing: an object with what is to be kept"}}}
	}
	read := doc.Revision
	doc.Revision = 0
	value, err := json.Marshal(doc)
	if err != nil {
		return doc, fmt.Errorf("writing settings: %w", err)
	}
	if len(value) > maxSettings {
		return doc, tooLarge("a person's settings", len(value), maxSettings)
	}
	rev, err := d.save(ctx, keyOf(user), value, read)
	if errors.Is(err, errMoved) {
		now, err := d.Settings(ctx, user)
		if err != nil {
			return doc, err
		}
		return doc, &Conflict{now}
	}
	doc.Revision = rev
	return doc, err
}

// keyOf names a person's settings; what people are called may be no key.
func keyOf(user string) string {
	return "settings." + base64.RawURLEncoding.EncodeToString([]byte(user))
}

func tooLarge(what string, has, most int) error {
	return &wire.Fault{
		Code: wire.TooLarge, Message: fmt.Sprintf("%s have %d bytes, at most %d are allowed", what, has, most), Hint: "nothing was saved",
	}
}

// read reads a document; revision 0 means that nobody has saved it.
func (d *Documents) read(ctx context.Context, key string, into any) (uint64, error) {
	kv, err := d.store()
	if err != nil {
		return 0, err
	}
	ctx, cancel := context.WithTimeout(ctx, answerIn)
	defer cancel()
	entry, err := kv.Get(ctx, key)
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return 0, nil
	} else if err != nil {
		return 0, away("reading the document", err)
	}
	if err := json.Unmarshal(entry.Value(), into); err != nil {
		return 0, fmt.Errorf("reading document %s: %w", key, err)
	}
	return entry.Revision(), nil
}

// errMoved says that the document has another revision than the one read.
var errMoved = errors.New("the document has another revision")

// save writes a document over the revision that was read. One that already
// says the same is no conflict: the answer to a save may have been lost.
func (d *Documents) save(ctx context.Context, key string, value []byte, read uint64) (rev uint64, err error) {
	kv, err := d.store()
	if err != nil {
		return 0, err
	}
	ctx, cancel := context.WithTimeout(ctx, answerIn)
	defer cancel()
	if read == 0 {
		rev, err = kv.Create(ctx, key, value)
	} else {
		rev, err = kv.Update(ctx, key, value, read)
	}
	switch {
	case err == nil:
		return rev, nil
	case !errors.Is(err, jetstream.ErrKeyExists) && !errors.Is(err, jetstream.ErrKeyRevisionMismatch):
		return 0, away("saving the document", err)
	}
	if entry, err := kv.Get(ctx, key); err == nil && bytes.Equal(entry.Value(), value) {
		return entry.Revision(), nil
	}
	return 0, errMoved
}

func (d *Documents) store() (jetstream.KeyValue, error) {
	kv := d.bridge.Documents()
	if err := d.bridge.Ready(); err != nil {
		return nil, away("reaching the store", err)
	} else if kv == nil {
		return nil, away("reaching the store", bridge.ErrAway)
	}
	return kv, nil
}

func away(doing string, err error) error {
	return &wire.Fault{Code: wire.Unavailable, Message: doing + ": " + err.Error(), Hint: "ask again in a moment", Retry: true}
}
