// Package auth decides who may ask, and from where: the token, the signed
// session cookie, and the rules for Host and Origin. It takes values and returns
// values; it knows neither Fiber nor NATS.
package auth

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Keys checks tokens and signs sessions. Relays with the same token accept each
// other's sessions: the signing key is derived from the token.
type Keys struct {
	token   [sha256.Size]byte // its hash: comparing hashes hides the length too
	signing []byte
}

// New makes the keys of a token.
func New(token string) (*Keys, error) {
	if token == "" {
		return nil, errors.New("the token is empty")
	}
	signing, err := hkdf.Key(sha256.New, []byte(token), nil, "farbench session cookie v1", sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("deriving the signing key: %w", err)
	}
	return &Keys{token: sha256.Sum256([]byte(token)), signing: signing}, nil
}

// Token says whether this is the token, in constant time.
func (k *Keys) Token(given string) bool {
	sum := sha256.Sum256([]byte(given))
	return subtle.ConstantTimeCompare(sum[:], k.token[:]) == 1
}

// Bearer returns the token of an Authorization header.
func Bearer(header string) (token string, ok bool) {
	scheme, token, found := strings.Cut(header, " ")
	if !found || !strings.EqualFold(scheme, "bearer") {
		return "", false
	}
	return strings.TrimSpace(token), true
}

// Session is what a cookie says, once its signature holds.
type Session struct {
	ID      string    `json:"id"` // whose it is, and whether it still holds, the relays know
	Expires time.Time `json:"exp"`
}

// ErrSession is a cookie that is malformed, forged or expired.
var ErrSession = errors.New("the session is not valid")

// Sign makes a cookie's value.
func (k *Keys) Sign(s Session) string {
	body, _ := json.Marshal(s)
	text := base64.RawURLEncoding.EncodeToString(body)
	return text + "." + base64.RawURLEncoding.EncodeToString(k.mac(text))
}

// Session reads a cookie's value.
func (k *Keys) Session(cookie string, now time.Time) (Session, error) {
	text, sum, found := strings.Cut(cookie, ".")
	if !found || len(cookie) > 1024 {
		return Session{}, ErrSession
	}
	given, err := base64.RawURLEncoding.Strict().DecodeString(sum)
	if err != nil || !hmac.Equal(given, k.mac(text)) {
		return Session{}, ErrSession
	}
	body, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return Session{}, ErrSession
	}
	var s Session
	if json.Unmarshal(body, &s) != nil || !now.Before(s.Expires) {
		return Session{}, ErrSession
	}
	return s, nil
}

func (k *Keys) mac(text string) []byte {
	m := hmac.New(sha256.New, k.signing)
	m.Write([]byte(text))
	return m.Sum(nil)
}
