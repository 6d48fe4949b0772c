package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/farbench/farbench/relay/api"
)

// searching is a relay on which a search lasts until it is cancelled.
type searching struct {
	loses int // answers to job.start that are lost

	mu     sync.Mutex // guards what follows
	begun  []string   // ids of job.start
	job    api.Job
	looked chan struct{} // closed when somebody asked how far it is
}

func (s *searching) serve(t *testing.T) string {
	t.Helper()
	s.looked = make(chan struct{})
	looked := sync.OnceFunc(func() { close(s.looked) })
	mux := http.NewServeMux()
	mux.HandleFunc("/ws", func(w http.ResponseWriter, r *http.Request) {
		up := websocket.Upgrader{}
		conn, err := up.Upgrade(w, r, nil)
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		for {
			var f api.Frame
			if conn.ReadJSON(&f) != nil {
				return
			}
			answer := api.Frame{T: "welcome"}
			if f.T == "req" {
				var ok bool
				if answer, ok = s.answer(f); !ok {
					return
				}
			}
			text, _ := json.Marshal(answer)
			if conn.WriteMessage(websocket.TextMessage, text) != nil {
				return
			}
		}
	})
	mux.HandleFunc("GET /api/v1/jobs/{id}", func(w http.ResponseWriter, _ *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		json.NewEncoder(w).Encode(s.job)
		looked()
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

func (s *searching) answer(f api.Frame) (api.Frame, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch f.M {
	case "job.start":
		var q api.JobRequest
		_ = json.Unmarshal(f.D, &q)
		s.begun = append(s.begun, q.ID)
		if len(s.begun) <= s.loses {
			return f, false
		}
		s.job = api.Job{ID: q.ID, Kind: q.Kind, State: api.JobRunning, Done: 1, Of: 9}
	case "job.cancel":
		s.job.State, s.job.EndedBy = api.JobCancelled, &api.User{ID: "p1", Name: "Ada"}
	}
	d, _ := json.Marshal(s.job)
	return api.Frame{T: "res", I: f.I, D: d}, true
}

// A search whose answer was lost is begun once, and Ctrl-C cancels it.
func TestSearch_BegunOnceAndCancelledByCtrlC(t *testing.T) {
	s := &searching{loses: 1}
	cmd := farbench(t, s.serve(t), "search", "--json", "needle")
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-s.looked:
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Error(err)
		}
	case <-time.After(20 * time.Second): // the process is ended then
	}
	_ = cmd.Wait()
	code := cmd.ProcessState.ExitCode()
	var job api.Job
	if err := json.Unmarshal(out.Bytes(), &job); err != nil || code != exitCancelled {
		t.Fatalf("exit code %d, %v; it said:\n%s%s", code, err, &out, &errs)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.begun) != 2 || s.begun[0] == "" || s.begun[0] != s.begun[1] {
		t.Errorf("it was begun as %q", s.begun)
	}
	if job.ID != s.begun[0] || s.job.State != api.JobCancelled {
		t.Errorf("what was cancelled is %+v", s.job)
	}
}

// Who else cancels it is told to who waits for it.
func TestSearch_TellsWhoCancelledIt(t *testing.T) {
	s := &searching{}
	cmd := farbench(t, s.serve(t), "search", "needle")
	go func() {
		<-s.looked
		s.mu.Lock()
		defer s.mu.Unlock()
		s.job.State, s.job.EndedBy = api.JobCancelled, &api.User{ID: "p2", Name: "Bob\x1b[2J"}
	}()
	_, errs, code := finish(t, cmd)
	if want := "farbench: searching: it was cancelled by Bob [2J\n  start it again\n"; errs != want || code != 1 {
		t.Errorf("exit code %d; it said:\n%s", code, errs)
	}
}
