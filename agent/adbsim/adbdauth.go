package adbsim

import (
	"context"
	"crypto/rsa"
	"slices"

	"github.com/farbench/farbench/agent/adbkey"
)

// What an AUTH packet holds, in its first argument.
const (
	authToken     = 1
	authSignature = 2
	authPublicKey = 3
)

// trust is which adb servers a device lets in; guarded by the device's lock.
type trust struct {
	secure  bool             // a server has to show a key that it trusts
	keys    []*rsa.PublicKey // trusted for good
	offered *rsa.PublicKey   // by the server that waits for the user's word
}

// Secure makes the device ask adb servers for a key that it trusts. Until
// Authorize they list it as unauthorized. A device in the state "unauthorized"
// asks, whatever is said here.
func (d *Device) Secure(secure bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.trust.secure = secure
}

// Offered is the key that a server has offered last, nil for none.
func (d *Device) Offered() *rsa.PublicKey {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.trust.offered
}

// Authorize is the user's word at the device's prompt: the key that was offered
// is trusted for good, and the device is ready.
func (d *Device) Authorize() {
	d.mu.Lock()
	if key := d.trust.offered; key != nil && !d.trusts(key) {
		d.trust.keys = append(d.trust.keys, key)
	}
	state := d.state
	d.mu.Unlock()
	if state == StateUnauthorized {
		d.SetState(StateDevice)
	} else {
		d.bench.notify()
	}
}

// trusts is called with the lock held.
func (d *Device) trusts(key *rsa.PublicKey) bool {
	return slices.ContainsFunc(d.trust.keys, func(k *rsa.PublicKey) bool { return k.Equal(key) })
}

// asks says whether a server has to show a key.
func (d *Device) asks() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.trust.secure || d.state == StateUnauthorized
}

// signed says whether the token was signed with a trusted key.
func (d *Device) signed(token, signature []byte) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.state != StateUnauthorized && slices.ContainsFunc(d.trust.keys, func(k *rsa.PublicKey) bool {
		return adbkey.Signed(k, token, signature)
	})
}

// connect answers a server's CNXN: it is let in, or asked to sign a token.
func (a *adbd) connect(limit uint32) error {
	a.limit = int(min(max(limit, 4096), maxPayload))
	if !a.device.asks() {
		return a.letIn()
	}
	return a.challenge()
}

func (a *adbd) challenge() error {
	a.token = make([]byte, adbkey.TokenSize)
	a.device.machine.Random(a.token)
	return a.send(wirePacket{command: cmdAUTH, arg0: authToken, data: a.token})
}

func (a *adbd) letIn() error {
	lost, state := a.device.connected()
	if !usable(lost, state) {
		return errClosed
	}
	a.unlose = context.AfterFunc(lost, a.end)
	a.in.Store(true)
	return a.send(wirePacket{command: cmdCNXN, arg0: protocolVersion, arg1: maxPayload, data: a.banner()})
}

// authenticate takes a signature, and asks for another where no key that is
// trusted made it; or a key, about which the user has to say a word.
func (a *adbd) authenticate(ctx context.Context, kind uint32, data []byte) error {
	switch {
	case a.token == nil: // nobody asked
		return nil
	case kind == authSignature:
		if a.device.signed(a.token, data) {
			a.token = nil
			return a.letIn()
		}
		return a.challenge()
	case kind != authPublicKey:
		return errClosed
	}
	key, err := adbkey.ParsePublic(data)
	if err != nil {
		return err
	}
	a.token = nil
	a.device.mu.Lock()
	a.device.trust.offered = key
	a.device.mu.Unlock()
	a.running.Go(func() {
		if a.allowed(ctx, key) != nil || a.letIn() != nil {
			a.end()
		}
	})
	return nil
}

// allowed waits for the user's word about a key.
func (a *adbd) allowed(ctx context.Context, key *rsa.PublicKey) error {
	d := a.device
	for {
		changed := d.bench.changes()
		d.mu.Lock()
		state, yes := d.state, !d.trust.secure || d.trusts(key)
		d.mu.Unlock()
		switch {
		case state == StateDevice && yes:
			return nil
		case state != StateDevice && state != StateUnauthorized:
			return errClosed
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
