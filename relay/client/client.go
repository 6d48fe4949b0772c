// Package client speaks the relay's HTTP API for the tester's CLI and for
// tests: benches, runs, logs, links. What the relay refuses arrives as a
// *wire.Fault. It knows the documents of relay/api and nothing of the relay's
// insides.
package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
)

// answerWithin bounds a short request, a start's time to live added.
const answerWithin = 15 * time.Second

// maxAnswer bounds what a short request may answer.
const maxAnswer = 16 << 20

// Config says which relay is asked and by whom.
type Config struct {
	URL   string // http://127.0.0.1:7070
	Token string
	Name  string // who speaks with the token; "": the tester
	// Cookie is a session's, name=value; with it token and name are not sent.
	Cookie string
	// Patience is how long a followed log waits for a relay that does not answer.
	Patience time.Duration // default 5 minutes
	// Waiting is told when a followed log begins to wait, and why; and, with nil,
	// when it goes on. May be nil.
	Waiting func(error)
}

// Client asks one relay. It is safe for use by several goroutines.
type Client struct {
	config Config
	base   *url.URL
	http   *http.Client
}

// New checks the configuration; nothing is asked yet.
func New(config Config) (*Client, error) {
	base, err := url.Parse(config.URL)
	if err != nil || base.Host == "" || (base.Scheme != "http" && base.Scheme != "https") {
		return nil, fmt.Errorf("the relay's address %q is not of the form http://HOST:PORT", config.URL)
	}
	base.Path = strings.TrimSuffix(base.Path, "/")
	if config.Patience == 0 {
		config.Patience = 5 * time.Minute
	}
	if config.Waiting == nil {
		config.Waiting = func(error) {}
	}
	return &Client{config: config, base: base, http: &http.Client{
		// A redirect would carry the token to whoever it names.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// URL is the relay's address.
func (c *Client) URL() string { return c.base.String() }

// Benches lists the benches, their devices with them.
func (c *Client) Benches(ctx context.Context) (api.Benches, error) {
	var benches api.Benches
	return benches, c.ask(ctx, answerWithin, http.MethodGet, "/api/v1/benches", nil, nil, &benches)
}

// StartRun starts a run. With an id of the caller's it is safe to ask again.
func (c *Client) StartRun(ctx context.Context, request api.RunRequest) (api.Run, error) {
	within := answerWithin
	if request.TTLMS != nil {
		within += time.Duration(*request.TTLMS) * time.Millisecond
	}
	var run api.Run
	return run, c.ask(ctx, within, http.MethodPost, "/api/v1/runs", nil, request, &run)
}

// Run tells where a run stands.
func (c *Client) Run(ctx context.Context, id string) (api.Run, error) {
	var run api.Run
	return run, c.ask(ctx, answerWithin, http.MethodGet, "/api/v1/runs/"+url.PathEscape(id), nil, nil, &run)
}

// Query narrows a list of runs; what is empty does not.
type Query struct {
	Bench, Device, State, Outcome, Cursor string
	Text, By, Check                       string
	Since, Until                          time.Time
	Limit                                 int
}

// Runs lists runs, newest first.
func (c *Client) Runs(ctx context.Context, q Query) (api.Runs, error) {
	query := url.Values{}
	for name, value := range map[string]string{
		"bench": q.Bench, "device": q.Device, "state": q.State, "outcome": q.Outcome, "cursor": q.Cursor,
		"text": q.Text, "by": q.By, "check": q.Check,
	} {
		if value != "" {
			query.Set(name, value)
		}
	}
	for name, moment := range map[string]time.Time{"since": q.Since, "until": q.Until} {
		if !moment.IsZero() {
			query.Set(name, moment.UTC().Format(time.RFC3339))
		}
	}
	if q.Limit > 0 {
		query.Set("limit", strconv.Itoa(q.Limit))
	}
	var runs api.Runs
	return runs, c.ask(ctx, answerWithin, http.MethodGet, "/api/v1/runs", query, nil, &runs)
}

// Cancel ends a run on its device.
func (c *Client) Cancel(ctx context.Context, id string) error {
	return c.ask(ctx, answerWithin, http.MethodPost, "/api/v1/runs/"+url.PathEscape(id)+"/cancel", nil, struct{}{}, nil)
}

// Link makes a single-use link that signs a browser in.
func (c *Client) Link(ctx context.Context) (string, error) {
	var link struct {
		URL  string `json:"url"`
		Code string `json:"code"`
	}
	if err := c.ask(ctx, answerWithin, http.MethodPost, "/api/v1/link", nil, struct{}{}, &link); err != nil {
		return "", err
	}
	if link.URL == "" {
		link.URL = c.base.String() + "/#code=" + link.Code
	}
	return link.URL, nil
}

// ask makes one short request and reads its answer into answer, if not nil.
func (c *Client) ask(ctx context.Context, within time.Duration, method, path string, query url.Values, body, answer any) error {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	response, err := c.send(ctx, method, path, query, body)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return fmt.Errorf("reading the relay's answer: %w", err)
	}
	if answer == nil {
		return nil
	}
	if err := json.Unmarshal(text, answer); err != nil {
		return fmt.Errorf("reading the relay's answer: %w", err)
	}
	return nil
}

// send makes a request; what is no success comes back as a *wire.Fault. The
// caller closes the body.
func (c *Client) send(ctx context.Context, method, path string, query url.Values, body any) (*http.Response, error) {
	var content io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return nil, fmt.Errorf("writing the request: %w", err)
		}
		content = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(ctx, method, c.base.String()+path+queryOf(query), content)
	if err != nil {
		return nil, fmt.Errorf("writing the request: %w", err)
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	c.identify(request.Header)
	response, err := c.http.Do(request)
	if err != nil {
		return nil, unreachable(c.base, err)
	}
	if response.StatusCode/100 != 2 {
		defer response.Body.Close()
		return nil, c.refused(problem(response))
	}
	return response, nil
}

func queryOf(query url.Values) string {
	if len(query) == 0 {
		return ""
	}
	return "?" + query.Encode()
}

// Unreachable is a relay that did not answer at all: nothing was taken where
// Dialed is false, nobody knows where it is true.
type Unreachable struct {
	Address string
	Dialed  bool
	Err     error
}

func (u *Unreachable) Error() string { return fmt.Sprintf("no answer from %s: %v", u.Address, u.Err) }
func (u *Unreachable) Unwrap() error { return u.Err }

func unreachable(base *url.URL, err error) error {
	var outer *url.Error
	if errors.As(err, &outer) {
		err = outer.Err
	}
	return &Unreachable{Address: base.String(), Dialed: !failedToDial(err), Err: err}
}

// problem reads a refusal. What does not come from a relay (a proxy's page) is
// told by its status.
func problem(response *http.Response) error {
	text, err := io.ReadAll(io.LimitReader(response.Body, 64<<10))
	var told api.Problem
	if err != nil || json.Unmarshal(text, &told) != nil || told.Code == "" {
		code := wire.Internal
		if response.StatusCode/100 == 5 {
			code = wire.Unavailable
		}
		return &wire.Fault{
			Code: code, Retry: code == wire.Unavailable,
			Message: fmt.Sprintf("%s answered %s", response.Request.URL.Host, response.Status),
			Hint:    "see whether this address is a relay's: " + response.Request.URL.Scheme + "://" + response.Request.URL.Host,
		}
	}
	retry := response.StatusCode == http.StatusServiceUnavailable || response.StatusCode == http.StatusTooManyRequests
	return &wire.Fault{Code: told.Code, Message: told.Detail, Hint: told.Hint, ID: told.ID, Retry: retry}
}
