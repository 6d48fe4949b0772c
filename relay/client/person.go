package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
)

// Kept is the session that this user's CLI has at a relay: with it, browser and
// CLI are one person.
type Kept struct {
	URL    string    `json:"url"`
	Cookie string    `json:"cookie"` // name=value
	User   api.User  `json:"user"`
	Until  time.Time `json:"until"`
}

func keptFile() (string, error) {
	dir, err := StateDir()
	return filepath.Join(dir, "session.json"), err
}

// ReadKept reads the session, if there is one that is not over.
func ReadKept() (Kept, bool) {
	var k Kept
	file, err := keptFile()
	if err != nil {
		return k, false
	}
	text, err := os.ReadFile(file)
	if err != nil || json.Unmarshal(text, &k) != nil {
		return k, false
	}
	return k, k.Cookie != "" && time.Now().Before(k.Until)
}

// keep keeps a session for this user alone; it takes an earlier one's place.
func keep(k Kept) error {
	file, err := keptFile()
	if err != nil {
		return err
	}
	text, err := json.Marshal(k)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return fmt.Errorf("keeping the session: %w", err)
	}
	// Renamed into place: a file that was there may be readable by others.
	fresh := fmt.Sprintf("%s.%d", file, os.Getpid())
	if err := os.WriteFile(fresh, text, 0o600); err != nil {
		return fmt.Errorf("keeping the session: %w", err)
	}
	if err := os.Rename(fresh, file); err != nil {
		return fmt.Errorf("keeping the session: %w", err)
	}
	return nil
}

// SignIn redeems a single-use link, keeps the session, and takes the name where
// one is given. choose says that a name is still to be chosen.
func SignIn(ctx context.Context, link, name string) (who api.User, choose bool, err error) {
	at, err := url.Parse(link)
	if err != nil || at.Host == "" {
		return who, false, badLink
	}
	fragment, err := url.ParseQuery(at.Fragment)
	code := fragment.Get("code")
	if err != nil || code == "" {
		return who, false, badLink
	}
	c, err := New(Config{URL: at.Scheme + "://" + at.Host})
	if err != nil {
		return who, false, err
	}
	signed, cookie, err := c.redeem(ctx, code)
	if err != nil {
		return who, false, err
	}
	k := Kept{URL: c.URL(), Cookie: cookie, User: signed.User}
	if signed.Expires != nil {
		k.Until = *signed.Expires
	}
	if err := keep(k); err != nil {
		return who, false, err
	}
	if name == "" || name == signed.User.Name {
		return signed.User, signed.Choose, nil
	}
	who, err = Rename(ctx, name)
	return who, false, err
}

var badLink = &wire.Fault{
	Code: wire.Invalid, Message: "this is no link that signs in",
	Hint: "make one in the dashboard (Use another device) or with farbench link: http://HOST:PORT/#code=…",
}

var errNotSignedIn = &wire.Fault{Code: wire.Unauthorized, Message: "nobody is signed in here", Hint: "make a link in the dashboard (Use another device), then farbench sign-in LINK"}

// Rename gives the person of the kept session another name.
func Rename(ctx context.Context, name string) (api.User, error) {
	k, ok := ReadKept()
	if !ok {
		return api.User{}, errNotSignedIn
	}
	c, err := New(Config{URL: k.URL, Cookie: k.Cookie})
	if err != nil {
		return api.User{}, err
	}
	var signed api.SignedIn
	if err := c.ask(ctx, answerWithin, http.MethodPut, "/api/v1/session", nil, map[string]string{"name": name}, &signed); err != nil {
		return api.User{}, err
	}
	k.User = signed.User
	return signed.User, keep(k)
}

// SignOut ends the kept session, on every relay and here.
func SignOut(ctx context.Context) error {
	k, ok := ReadKept()
	file, err := keptFile()
	if err != nil {
		return err
	}
	if ok {
		c, err := New(Config{URL: k.URL, Cookie: k.Cookie})
		if err != nil {
			return err
		}
		var fault *wire.Fault
		if err := c.ask(ctx, answerWithin, http.MethodDelete, "/api/v1/session", nil, nil, nil); err != nil &&
			(!errors.As(err, &fault) || fault.Code != wire.Unauthorized) {
			return err
		}
	}
	if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func (c *Client) redeem(ctx context.Context, code string) (api.SignedIn, string, error) {
	var signed api.SignedIn
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	response, err := c.send(ctx, http.MethodPost, "/api/v1/link/redeem", nil, map[string]string{"code": code})
	if err != nil {
		return signed, "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err == nil {
		err = json.NewDecoder(bytes.NewReader(text)).Decode(&signed)
	}
	if err != nil {
		return signed, "", fmt.Errorf("reading the relay's answer: %w", err)
	}
	for _, cookie := range response.Cookies() {
		if strings.HasPrefix(cookie.Name, "farbench_") {
			return signed, cookie.Name + "=" + cookie.Value, nil
		}
	}
	return signed, "", errors.New("the relay's answer holds no session")
}

// People lists who is here; bench "" means in the whole lab.
func (c *Client) People(ctx context.Context, bench string) (api.People, error) {
	query := url.Values{}
	if bench != "" {
		query.Set("bench", bench)
	}
	all := api.People{People: []api.Person{}} // never null
	for {
		var page api.People
		if err := c.ask(ctx, answerWithin, http.MethodGet, "/api/v1/people", query, nil, &page); err != nil {
			return all, err
		}
		all.People, all.Count = append(all.People, page.People...), page.Count
		if page.Next == "" {
			return all, nil
		}
		query.Set("cursor", page.Next)
	}
}

// identify says who asks: the session, else the token and a name.
func (c *Client) identify(header http.Header) {
	switch {
	case c.config.Cookie != "":
		header.Set("Cookie", c.config.Cookie)
	case c.config.Token != "":
		header.Set("Authorization", "Bearer "+c.config.Token)
		if c.config.Name != "" {
			header.Set("Farbench-Name", url.PathEscape(c.config.Name))
		}
	}
}

// refused says what to do where the kept session no longer holds.
func (c *Client) refused(err error) error {
	var fault *wire.Fault
	if c.config.Cookie != "" && errors.As(err, &fault) && fault.Code == wire.Unauthorized {
		fault.Hint = "the session that farbench sign-in kept is over: sign in again, or farbench sign-out"
	}
	return err
}
