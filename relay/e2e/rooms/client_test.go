package rooms

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/fasthttp/websocket"

	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/e2e/lab"
)

// patience is how long a script waits for what must come.
const patience = 30 * time.Second

// client is a real socket that a script speaks on.
type client struct {
	ws      *websocket.Conn
	welcome api.Frame
	waiting []string
	moved   func(room, offset string)
}

func connect(base, person string) (*client, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	ws, _, err := websocket.DefaultDialer.DialContext(ctx, "ws"+strings.TrimPrefix(base, "http")+"/ws", nil)
	if err != nil {
		return nil, err
	}
	c := &client{ws: ws, moved: func(string, string) {}}
	hello, _ := json.Marshal(api.Frame{T: "hello", V: 1, Token: lab.Token, Name: person})
	if err := c.send(string(hello)); err != nil {
		return nil, err
	}
	c.wait()
	text, err := c.read()
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal([]byte(text), &c.welcome); err != nil || c.welcome.T != "welcome" || c.welcome.User == nil {
		return nil, fmt.Errorf("hello was answered by %s", text)
	}
	return c, nil
}

// loaded waits until the relay lets people into its rooms: one that has just
// begun says that it is still reading, and to ask again.
func loaded(base string) error {
	c, err := connect(base, "")
	if err != nil {
		return err
	}
	defer c.close()
	for began := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		if err := c.send(`{"t":"sub","i":1,"room":"lab"}`); err != nil {
			return err
		}
		answer, err := c.hear(`{"t":"res","i":1}`)
		if err != nil || answer["error"] == nil {
			return err
		}
		if time.Since(began) > patience {
			return fmt.Errorf("%s still says %v", base, answer["error"])
		}
	}
}

func (c *client) close() { _ = c.ws.Close() }

func (c *client) send(text string) error {
	if !json.Valid([]byte(text)) {
		return fmt.Errorf("this is no message: %s", text)
	}
	return c.ws.WriteMessage(websocket.TextMessage, []byte(text))
}

// wait gives the next command its time: pings do not lengthen it.
func (c *client) wait() { _ = c.ws.SetReadDeadline(time.Now().Add(patience)) }

// read gives the next message but pings.
func (c *client) read() (string, error) {
	for {
		for len(c.waiting) == 0 {
			_, frame, err := c.ws.ReadMessage()
			if err != nil {
				return "", err
			}
			c.waiting = strings.Split(string(frame), "\n")
		}
		text := c.waiting[0]
		c.waiting = c.waiting[1:]
		var f api.Frame
		if err := json.Unmarshal([]byte(text), &f); err != nil {
			return "", fmt.Errorf("%w: %s", err, text)
		}
		if f.T == "ping" {
			answer, _ := json.Marshal(api.Frame{T: "pong", I: f.I})
			_ = c.send(string(answer))
			continue
		}
		if f.T == "pub" && f.O != "" {
			c.moved(f.Room, f.O)
		}
		return text, nil
	}
}

func (c *client) hear(pattern string) (map[string]any, error) {
	c.wait()
	var passed []string
	for {
		text, err := c.read()
		if err != nil {
			return nil, fmt.Errorf("%w\nwaiting for %s\nafter %s", err, pattern, strings.Join(passed, "\n      "))
		}
		if message, err := match(text, pattern); err == nil {
			return message, nil
		}
		passed = append(passed, cutTo(text, 300))
	}
}

func (c *client) next(pattern string) (map[string]any, error) {
	c.wait()
	for {
		text, err := c.read()
		if err != nil {
			return nil, fmt.Errorf("%w\nwaiting for %s", err, pattern)
		}
		// Who comes and goes is told whenever it is known.
		if !strings.HasPrefix(text, `{"t":"join"`) && !strings.HasPrefix(text, `{"t":"leave"`) {
			return match(text, pattern)
		}
	}
}

// closedWith passes over what still comes.
func (c *client) closedWith(code string) error {
	c.wait()
	for {
		_, err := c.read()
		if err == nil {
			continue
		}
		want, _ := strconv.Atoi(code)
		if !websocket.IsCloseError(err, want) {
			return fmt.Errorf("%w, expected a close with %s", err, code)
		}
		return nil
	}
}

// match says what a message lacks of a pattern: its fields may be more, "*"
// stands for anything, null for nothing.
func match(text, pattern string) (map[string]any, error) {
	var got, want map[string]any
	if err := json.Unmarshal([]byte(pattern), &want); err != nil {
		return nil, fmt.Errorf("this is no pattern: %s", pattern)
	}
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		return nil, err
	}
	if !within(want, got) {
		return nil, fmt.Errorf("got %s\nexpected %s", cutTo(text, 600), pattern)
	}
	return got, nil
}

func within(want, got any) bool {
	switch want := want.(type) {
	case map[string]any:
		got, ok := got.(map[string]any)
		if !ok {
			return false
		}
		for key, value := range want {
			if !within(value, got[key]) {
				return false
			}
		}
		return true
	case []any:
		got, ok := got.([]any)
		if !ok || len(got) != len(want) {
			return false
		}
		for i := range want {
			if !within(want[i], got[i]) {
				return false
			}
		}
		return true
	case string:
		return want == "*" && got != nil || want == got
	}
	return want == got
}

func cutTo(s string, n int) string {
	if len(s) > n {
		return s[:n] + "…"
	}
	return s
}
