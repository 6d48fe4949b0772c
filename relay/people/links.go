package people

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/farbench/farbench/agent/wire"
)

// LinkFor is how long a single-use link can be redeemed.
const LinkFor = 10 * time.Minute

// link is what a code stands for: its hash is its key.
type link struct {
	Person string    `json:"person"` // "": somebody new
	Until  time.Time `json:"until"`
}

func linkKey(code string) string {
	sum := sha256.Sum256([]byte(code))
	return "link." + hex.EncodeToString(sum[:])
}

// MakeLink makes a code of 128 bits that signs in once as a person, or as
// somebody new who chooses a name then (""), on any relay.
func (p *People) MakeLink(ctx context.Context, person string) (code string, until time.Time, err error) {
	kv, err := p.store()
	if err != nil {
		return "", time.Time{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, answerIn)
	defer cancel()
	code, until = rand.Text(), p.cfg.Wall().UTC().Add(LinkFor)
	value, err := json.Marshal(link{person, until})
	if err != nil {
		return "", time.Time{}, err
	}
	if _, err := kv.Create(ctx, linkKey(code), value, jetstream.KeyTTL(LinkFor)); err != nil {
		return "", time.Time{}, away("making a link", err)
	}
	return code, until, nil
}

// Redeem uses a code up and signs in. Of two at once one wins.
func (p *People) Redeem(ctx context.Context, code string) (Signed, error) {
	kv, err := p.store()
	if err != nil {
		return Signed{}, err
	}
	key := linkKey(code)
	found, err := func() (jetstream.KeyValueEntry, error) {
		ctx, cancel := context.WithTimeout(ctx, answerIn)
		defer cancel()
		return kv.Get(ctx, key)
	}()
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return Signed{}, usedUp
	} else if err != nil {
		return Signed{}, away("reading the link", err)
	}
	var l link
	if json.Unmarshal(found.Value(), &l) != nil || !p.cfg.Wall().Before(l.Until) {
		return Signed{}, usedUp
	}
	switch err := p.remove(ctx, key, found.Revision()); {
	case errors.Is(err, errMoved):
		return Signed{}, usedUp
	case err != nil:
		return Signed{}, err
	}
	return p.SignInAs(ctx, l.Person)
}

var usedUp = &wire.Fault{
	Code: wire.Unauthorized, Message: "this link was used already, or is older than 10 minutes",
	Hint: "make another with `farbench link`",
}
