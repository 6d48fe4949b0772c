package client_test

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/client"
)

func relay(t *testing.T, routes map[string]http.HandlerFunc) *client.Client {
	t.Helper()
	mux := http.NewServeMux()
	for route, handler := range routes {
		mux.HandleFunc(route, handler)
	}
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	c, err := client.New(client.Config{URL: server.URL, Token: "secret", Patience: 5 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestClient_RefusalsAreFaults(t *testing.T) {
	c := relay(t, map[string]http.HandlerFunc{"POST /api/v1/runs": func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer secret" || r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("headers %v", r.Header)
		}
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(http.StatusConflict)
		w.Write([]byte(`{"status":409,"code":"bench_offline","detail":"bench demo is offline","hint":"start its agent"}`))
	}})
	_, err := c.StartRun(t.Context(), api.RunRequest{Bench: "demo"})
	var fault *wire.Fault
	if !errors.As(err, &fault) || fault.Code != wire.BenchOffline || fault.Hint != "start its agent" || client.MayHelp(err) {
		t.Errorf("got %#v", err)
	}
}

func TestClient_PageOfAProxyIsNoRelay(t *testing.T) {
	c := relay(t, map[string]http.HandlerFunc{"GET /api/v1/benches": func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "<h1>Bad gateway</h1>", http.StatusBadGateway)
	}})
	_, err := c.Benches(t.Context())
	var fault *wire.Fault
	if !errors.As(err, &fault) || fault.Code != wire.Unavailable || !client.MayHelp(err) {
		t.Errorf("got %#v", err)
	}
}

func TestClient_TokenIsNotCarriedElsewhere(t *testing.T) {
	c := relay(t, map[string]http.HandlerFunc{
		"GET /api/v1/benches": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/other", http.StatusFound) },
		"GET /other":          func(http.ResponseWriter, *http.Request) { t.Error("the redirect was followed") },
	})
	if _, err := c.Benches(t.Context()); err == nil {
		t.Error("a redirect was taken for an answer")
	}
}

func TestClient_NobodyListens(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	c, err := client.New(client.Config{URL: "http://" + l.Addr().String(), Token: "t"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Benches(t.Context())
	var away *client.Unreachable
	if !errors.As(err, &away) || away.Dialed || !client.MayHelp(err) {
		t.Errorf("got %#v", err)
	}
}

func TestLog_GoesOnWhereTheAnswerWasCut(t *testing.T) {
	// Each answer begins where it was asked to, or before, and is cut: within a
	// line, between lines, before the first, with a refusal.
	answers := []string{
		"1 2 3 half", "503", "", "2 3 4 5", "6 gap7-9 10", "gapopen 20 cut", "gapopen 20 21 end",
	}
	var asked []string
	c := relay(t, map[string]http.HandlerFunc{"GET /api/v1/runs/r1/log": func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.Query().Get("from"))
		answer := answers[min(len(asked), len(answers))-1]
		if answer == "503" {
			w.WriteHeader(http.StatusServiceUnavailable)
			w.Write([]byte(`{"code":"unavailable","detail":"starting"}`))
			return
		}
		for word := range strings.FieldsSeq(answer) {
			w.Write([]byte(entry(word) + "\n"))
		}
	}})
	var got []string
	err := c.Log(t.Context(), "r1", client.LogOptions{Follow: true}, func(_ []byte, line *api.LogLine) error {
		got = append(got, word(line))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.Fields("1 2 3 4 5 6 gap7-9 10 gapopen 20 21 end"); !slices.Equal(got, want) {
		t.Errorf("lines %v", got)
	}
	if want := strings.Fields("1 4 4 4 6 11 21"); !slices.Equal(asked, want) {
		t.Errorf("asked from %v", asked)
	}
}

func entry(word string) string {
	switch word {
	case "half":
		return `{"n":4,"te`
	case "cut":
		return `{`
	case "gap7-9":
		return `{"gap":{"from":7,"to":9,"reason":"spool full"}}`
	case "gapopen":
		return `{"gap":{"from":11,"to":null,"reason":"unknown"}}`
	case "end":
		return `{"end":{"outcome":"exited","exit_code":7}}`
	}
	return `{"n":` + word + `,"stream":"out","text":"x"}`
}

func word(line *api.LogLine) string {
	switch {
	case line.End != nil:
		return "end"
	case line.Gap != nil && line.Gap.To == nil:
		return "gapopen"
	case line.Gap != nil:
		return "gap7-9"
	}
	n, _ := json.Marshal(line.N)
	return string(n)
}

func TestLog_StopsWithTheTaker(t *testing.T) {
	c := relay(t, map[string]http.HandlerFunc{"GET /api/v1/runs/r1/log": func(w http.ResponseWriter, _ *http.Request) {
		w.Write([]byte(entry("1") + "\n" + entry("2") + "\n"))
	}})
	full := errors.New("disk full")
	err := c.Log(t.Context(), "r1", client.LogOptions{Follow: true}, func([]byte, *api.LogLine) error { return full })
	if !errors.Is(err, full) {
		t.Errorf("got %v", err)
	}
}

func TestLog_UnknownRunIsNotAskedAgain(t *testing.T) {
	asked := 0
	c := relay(t, map[string]http.HandlerFunc{"GET /api/v1/runs/r1/log": func(w http.ResponseWriter, _ *http.Request) {
		asked++
		w.WriteHeader(http.StatusNotFound)
		w.Write([]byte(`{"code":"not_found","detail":"no run r1"}`))
	}})
	err := c.Log(t.Context(), "r1", client.LogOptions{Follow: true}, func([]byte, *api.LogLine) error { return nil })
	var fault *wire.Fault
	if !errors.As(err, &fault) || fault.Code != wire.NotFound || asked != 1 {
		t.Errorf("asked %d times, got %v", asked, err)
	}
}

func TestLog_PatienceEnds(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	var waited []error
	c, err := client.New(client.Config{URL: server.URL, Token: "t", Patience: 300 * time.Millisecond, Waiting: func(err error) { waited = append(waited, err) }})
	if err != nil {
		t.Fatal(err)
	}
	err = c.Log(t.Context(), "r1", client.LogOptions{Follow: true}, func([]byte, *api.LogLine) error { return nil })
	if err == nil || errors.Is(err, context.Canceled) || len(waited) == 0 {
		t.Errorf("got %v after %d waits", err, len(waited))
	}
}

func TestFind(t *testing.T) {
	state := t.TempDir()
	t.Setenv("XDG_STATE_HOME", state)
	var fault *wire.Fault
	if _, err := client.Find("", "", ""); !errors.As(err, &fault) || fault.Hint == "" {
		t.Errorf("without a local mode: %v", err)
	}
	if _, err := client.Find("http://relay.example", "", ""); !errors.As(err, &fault) || fault.Code != wire.Unauthorized {
		t.Errorf("without a token: %v", err)
	}

	first, second := client.Local{URL: "http://127.0.0.1:1", TokenFile: state + "/token", PID: 1}, client.Local{URL: "http://127.0.0.1:2", TokenFile: state + "/token", PID: 2}
	write(t, first.TokenFile, "local secret\n")
	for _, local := range []client.Local{first, second} {
		if err := client.Announce(local); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := client.Find("", "", ""); err != nil || got.URL != second.URL || got.Token != "local secret" {
		t.Errorf("with a local mode: %+v %v", got, err)
	}
	if got, err := client.Find("http://relay.example", "other", ""); err != nil || got.Token != "other" {
		t.Errorf("with a relay named: %+v %v", got, err)
	}
	if err := client.Withdraw(first); err != nil {
		t.Fatal(err)
	}
	if got, err := client.Find("", "", ""); err != nil || got.URL != second.URL {
		t.Errorf("after the first was withdrawn: %+v %v", got, err)
	}
	if err := client.Withdraw(second); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Find("", "", ""); err == nil {
		t.Error("found a local mode that was withdrawn")
	}
}
