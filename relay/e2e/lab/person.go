package lab

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/fasthttp/websocket"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
)

// Person is somebody who is signed in: the session counts at every relay.
type Person struct {
	User    api.User
	session string
}

// SignIn signs in at a relay under a name. A refusal is a *wire.Fault.
func SignIn(ctx context.Context, base, name string) (Person, error) {
	body, err := json.Marshal(map[string]string{"token": Token, "name": name})
	if err != nil {
		return Person{}, err
	}
	res, err := ask(ctx, http.MethodPost, base, "", body)
	if err != nil {
		return Person{}, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		var p api.Problem
		if err := json.NewDecoder(res.Body).Decode(&p); err != nil {
			return Person{}, err
		}
		return Person{}, &wire.Fault{Code: p.Code, Message: p.Detail, Hint: p.Hint}
	}
	var signed api.SignedIn
	if err := json.NewDecoder(res.Body).Decode(&signed); err != nil {
		return Person{}, err
	}
	_, value, _ := strings.Cut(res.Header.Get("Set-Cookie"), "=")
	value, _, _ = strings.Cut(value, ";")
	return Person{User: signed.User, session: value}, nil
}

// SignOut ends the session, asked at any relay; Holds says whether it still does.
func (p Person) SignOut(ctx context.Context, base string) error {
	res, err := ask(ctx, http.MethodDelete, base, p.cookie(base), nil)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusNoContent {
		return fmt.Errorf("signing out: %s", res.Status)
	}
	return nil
}

func (p Person) Holds(ctx context.Context, base string) (bool, error) {
	res, err := ask(ctx, http.MethodGet, base, p.cookie(base), nil)
	if err != nil {
		return false, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK && res.StatusCode != http.StatusUnauthorized {
		return false, fmt.Errorf("asking who one is: %s", res.Status)
	}
	return res.StatusCode == http.StatusOK, nil
}

// Rename asks a relay for another name, and gives the answer's status.
func (p Person) Rename(ctx context.Context, base, name string) (int, error) {
	body, err := json.Marshal(map[string]string{"name": name})
	if err != nil {
		return 0, err
	}
	res, err := ask(ctx, http.MethodPut, base, p.cookie(base), body)
	if err != nil {
		return 0, err
	}
	return res.StatusCode, res.Body.Close()
}

// Dial opens a tab of the person's at a relay.
func (p Person) Dial(ctx context.Context, base string) (*Socket, error) {
	return dialAs(ctx, base, http.Header{"Cookie": {p.cookie(base)}}, api.Frame{T: "hello", V: wire.Version})
}

// DialNamed opens a socket with the token and a name.
func DialNamed(ctx context.Context, base, name string) (*Socket, error) {
	return dialAs(ctx, base, nil, api.Frame{T: "hello", V: wire.Version, Token: Token, Name: name})
}

func (p Person) cookie(base string) string {
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(base, "http://"))
	return "farbench_" + port + "=" + p.session
}

func ask(ctx context.Context, method, base, cookie string, body []byte) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, method, base+"/api/v1/session", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if cookie != "" {
		r.Header.Set("Cookie", cookie)
	}
	return http.DefaultClient.Do(r)
}

func dialAs(ctx context.Context, base string, header http.Header, hello api.Frame) (*Socket, error) {
	dialer := websocket.Dialer{HandshakeTimeout: 10 * time.Second}
	conn, res, err := dialer.DialContext(ctx, "ws"+base[len("http"):]+"/ws", header)
	if err != nil {
		if res != nil {
			err = fmt.Errorf("%w: %s", err, res.Status)
		}
		return nil, err
	}
	s := &Socket{conn: conn}
	err = s.Send(hello)
	if err == nil {
		var f api.Frame
		if f, err = s.Next(); err == nil && f.T != "welcome" {
			err = &Bye{f.Code, f.Reason}
		}
	}
	if err != nil {
		conn.Close()
		return nil, err
	}
	return s, nil
}
