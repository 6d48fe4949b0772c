package client_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/client"
)

// Where the relay goes before it has answered, a request is asked again; what was
// said has no id, and would be said twice.
func TestSay_WithoutAnAnswerIsNotSaidAgain(t *testing.T) {
	c := relay(t, map[string]http.HandlerFunc{"GET /ws": func(w http.ResponseWriter, r *http.Request) {
		conn, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		var f api.Frame
		if err := conn.ReadJSON(&f); err != nil || f.T != "hello" {
			t.Errorf("%+v, %v", f, err)
		}
		if err := conn.WriteJSON(api.Frame{T: "welcome", V: wire.Version, Conn: "c1", User: &api.User{ID: "p1", Name: "Pia"}}); err != nil {
			t.Error(err)
		}
		if err := conn.ReadJSON(&f); err != nil {
			t.Error(err)
		}
	}})
	_, err := c.Say(t.Context(), "lab", "hello")
	var fault *wire.Fault
	if !errors.As(err, &fault) || fault.Code != wire.LinkLost || client.MayHelp(err) || !strings.Contains(fault.Hint, "may have been said") {
		t.Errorf("what was said: %#v", err)
	}
	_, err = c.Notes(t.Context(), "demo")
	if !errors.As(err, &fault) || fault.Code != wire.LinkLost || !client.MayHelp(err) {
		t.Errorf("what was asked: %#v", err)
	}
}
