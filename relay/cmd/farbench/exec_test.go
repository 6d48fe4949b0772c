package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
)

// TestMain lets the test binary be farbench itself, in a process of its own.
func TestMain(m *testing.M) {
	if os.Getenv("FARBENCH_TEST_AS_CLI") != "" {
		os.Exit(run())
	}
	os.Exit(m.Run())
}

func farbench(t *testing.T, relay string, args ...string) *exec.Cmd {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, os.Args[0], args...)
	cmd.Env = append(os.Environ(), "FARBENCH_TEST_AS_CLI=1", "FARBENCH_URL="+relay, "FARBENCH_TOKEN=secret", "XDG_STATE_HOME="+t.TempDir())
	return cmd
}

// finish runs it and returns what it wrote and its exit code.
func finish(t *testing.T, cmd *exec.Cmd) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		t.Fatal(err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// script is a relay that plays one run: the answers to each request of its log.
type script struct {
	refuse  *api.Problem // of the start
	answers []string     // of the log; the last one is repeated
	held    bool         // the log's last answer waits for a cancel

	mu        sync.Mutex // guards what follows
	requests  []api.RunRequest
	asked     []string
	cancelled chan struct{}
}

func (s *script) serve(t *testing.T) string {
	t.Helper()
	s.cancelled = make(chan struct{})
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v1/benches", func(w http.ResponseWriter, _ *http.Request) {
		json.NewEncoder(w).Encode(api.Benches{Benches: []api.Bench{
			{ID: "demo", State: api.Online, Devices: []wire.Device{{ID: "sim0001", Serial: "SIM0001", State: "device"}, {ID: "sim0002", Serial: "SIM0002", State: "device"}, {ID: "a", Serial: "0000"}, {ID: "b", Serial: "0000"}}},
			{ID: "single", State: api.Online, Devices: []wire.Device{{ID: "only", Serial: "10.0.0.7:5555"}}},
		}})
	})
	mux.HandleFunc("POST /api/v1/runs", func(w http.ResponseWriter, r *http.Request) {
		var request api.RunRequest
		if err := json.NewDecoder(r.Body).Decode(&request); err != nil {
			t.Error(err)
		}
		s.mu.Lock()
		s.requests = append(s.requests, request)
		s.mu.Unlock()
		if s.refuse != nil {
			w.WriteHeader(s.refuse.Status)
			json.NewEncoder(w).Encode(s.refuse)
			return
		}
		w.WriteHeader(http.StatusAccepted)
		json.NewEncoder(w).Encode(api.Run{ID: request.ID, State: wire.Accepted})
	})
	mux.HandleFunc("GET /api/v1/runs/{id}", func(w http.ResponseWriter, r *http.Request) {
		json.NewEncoder(w).Encode(api.Run{ID: r.PathValue("id"), State: wire.Running})
	})
	mux.HandleFunc("GET /api/v1/runs/{id}/log", s.log)
	mux.HandleFunc("POST /api/v1/runs/{id}/cancel", func(w http.ResponseWriter, _ *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		select {
		case <-s.cancelled:
		default:
			close(s.cancelled)
		}
		w.WriteHeader(http.StatusAccepted)
		w.Write([]byte("{}"))
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

func (s *script) log(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.asked = append(s.asked, r.URL.Query().Get("from"))
	n := len(s.asked)
	s.mu.Unlock()
	w.Write([]byte(s.answers[min(n, len(s.answers))-1]))
	w.(http.Flusher).Flush()
	if s.held {
		select {
		case <-s.cancelled:
			w.Write([]byte(`{"end":{"outcome":"cancelled"}}` + "\n"))
		case <-r.Context().Done():
		}
	}
}

func line(n int, stream, text string, cont bool) string {
	l := api.LogLine{N: int64(n), Stream: stream, Level: "warn", Cont: cont}
	if strings.ContainsRune(text, 0xfffd) || !json.Valid([]byte(`"`+strings.ToValidUTF8(text, "?")+`"`)) {
		b := base64.StdEncoding.EncodeToString([]byte(text))
		l.B64 = &b
	} else {
		l.Text = &text
	}
	raw, _ := json.Marshal(l)
	return string(raw) + "\n"
}

func end(outcome string) string { return `{"end":` + outcome + "}\n" }

func TestExec_BytesAndExitCode(t *testing.T) {
	odd := "\xff\x00\r\xfe"
	s := &script{answers: []string{
		line(1, "out", "one", false) + line(2, "err", "two\r", false) + "\n" + line(3, "sys", "a remark", false) + line(4, "out", odd, false) + line(5, "out", "", false) + line(6, "err", "x", true) + line(7, "out", "no end", true) + end(`{"outcome":"exited","exit_code":7}`),
	}}
	out, errs, code := finish(t, farbench(t, s.serve(t), "exec", "demo/SIM0001", "--timeout=20s", "--", "ls", "-l  $X", "--", "|", "wc"))
	if want := "one\n" + odd + "\n\nno end"; out != want {
		t.Errorf("stdout %q, want %q", out, want)
	}
	if want := "two\r\nx"; errs != want {
		t.Errorf("stderr %q, want %q", errs, want)
	}
	request := s.requests[0]
	if code != 7 || request.Command != "ls -l  $X -- | wc" || request.Device != "sim0001" || *request.TimeoutS != 20 || *request.TTLMS != 5000 || !wire.ValidID(request.ID) {
		t.Errorf("exit code %d of %+v", code, request)
	}
}

func TestExec_JSONIsTheLogUnchanged(t *testing.T) {
	log := line(1, "out", "one", false) + `{"gap":{"from":2,"to":3,"reason":"spool full"},"later":"field"}` + "\n" + end(`{"outcome":"timed_out"}`)
	s := &script{answers: []string{log}}
	out, errs, code := finish(t, farbench(t, s.serve(t), "exec", "--json", "demo/sim0001", "--", "x"))
	if out != log || errs != "" || code != 124 {
		t.Errorf("%d, %q, %q", code, out, errs)
	}
}

func TestExec_ExitCodes(t *testing.T) {
	for outcome, want := range map[string]int{
		`{"outcome":"exited","exit_code":0}`: 0, `{"outcome":"exited","exit_code":255}`: 255, `{"outcome":"exited","exit_code":256}`: 126, `{"outcome":"exited","exit_code":-1}`: 126, `{"outcome":"timed_out"}`: 124,
		`{"outcome":"refused","fault":{"code":"too_late","message":"m"}}`: 125, `{"outcome":"lost"}`: 126, `{"outcome":"unknown"}`: 126, `{"outcome":"cancelled"}`: 130,
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			s := &script{answers: []string{end(outcome)}}
			if _, _, code := finish(t, farbench(t, s.serve(t), "exec", "single", "--", "x")); code != want {
				t.Errorf("exit code %d, want %d", code, want)
			}
		})
	}
}

func TestExec_GoesOnWhenTheRelayWasAway(t *testing.T) {
	s := &script{answers: []string{line(1, "out", "1", false), "", line(2, "out", "2", false) + `{"n":3,"stre`, line(3, "out", "3", false) + end(`{"outcome":"exited","exit_code":0}`)}}
	out, _, code := finish(t, farbench(t, s.serve(t), "exec", "single", "--", "x"))
	if out != "1\n2\n3\n" || code != 0 || fmt.Sprint(s.asked) != "[1 2 2 3]" {
		t.Errorf("%q, %d, asked %v", out, code, s.asked)
	}
}

func TestExec_RefusalSaysWhatToDo(t *testing.T) {
	s := &script{refuse: &api.Problem{Status: 409, Code: wire.BenchOffline, Detail: "bench demo\x1b[2J\u202e is offline", Hint: "start its \x1b]0;x\aagent"}}
	url := s.serve(t)
	out, errs, code := finish(t, farbench(t, url, "exec", "demo/sim0001", "--", "x"))
	if out != "" || code != 125 || !strings.Contains(errs, "bench demo [2J  is offline\n  start its  ]0;x agent") {
		t.Errorf("%d, %q, %q", code, out, errs)
	}
	out, _, code = finish(t, farbench(t, url, "exec", "--json", "demo/sim0001", "--", "x"))
	var event api.LogLine
	if err := json.Unmarshal([]byte(out), &event); err != nil || code != 125 || event.End == nil || event.End.Fault.Code != wire.BenchOffline {
		t.Errorf("%d, %q: %v", code, out, err)
	}
}

func TestExec_UncertainStartIsAskedAgainWithTheSameID(t *testing.T) {
	s := &script{answers: []string{end(`{"outcome":"exited","exit_code":3}`)}}
	url := s.serve(t)
	posted := 0 // by one client, one after the other
	front := before(t, url, func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodPost {
			return false
		}
		switch posted++; posted {
		case 1:
			// The relay dies with the request in its hands.
			panic(http.ErrAbortHandler)
		case 2:
			w.WriteHeader(http.StatusServiceUnavailable)
			w.Write([]byte(`{"code":"unavailable","detail":"starting"}`))
			return true
		}
		return false
	})
	if _, errs, code := finish(t, farbench(t, front, "exec", "--id=mine", "single", "--", "x")); code != 3 || posted != 3 || s.requests[0].ID != "mine" {
		t.Errorf("exit code %d after %d posts: %s", code, posted, errs)
	}
}

// before stands in front of a relay; what takes returns true for is answered.
func before(t *testing.T, relay string, takes func(http.ResponseWriter, *http.Request) bool) string {
	t.Helper()
	target, err := url.Parse(relay)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.FlushInterval = -1
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !takes(w, r) {
			proxy.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestExec_WrongUse(t *testing.T) {
	s := &script{answers: []string{end(`{"outcome":"exited","exit_code":0}`)}}
	url := s.serve(t)
	for args, want := range map[string]int{
		"exec": 2, "exec demo": 2, "exec demo/sim0001 --timeout=0s -- x": 2, "exec demo/sim0001 --timeout=9000h -- x": 2, "exec demo/sim0001 --id=A/B -- x": 2,
		"nonsense": 2, "exec demo -- x": 125, "exec demo/none -- x": 125, "exec nowhere -- x": 125, "exec demo/0000 -- x": 125,
		"exec demo/a -- x": 0, "exec single/10.0.0.7:5555 -- x": 0, "version": 0,
	} {
		t.Run(args, func(t *testing.T) {
			t.Parallel()
			if _, errs, code := finish(t, farbench(t, url, strings.Fields(args)...)); code != want || code != 0 && errs == "" {
				t.Errorf("exit code %d, want %d; said %q", code, want, errs)
			}
		})
	}
}

func TestExec_InterruptCancelsOnTheDevice(t *testing.T) {
	s := &script{answers: []string{line(1, "out", "going", false)}, held: true}
	cmd := farbench(t, s.serve(t), "exec", "single", "--", "sleep 600")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if n, err := out.Read(make([]byte, 64)); n == 0 || err != nil {
		t.Fatalf("the first line did not arrive while the run went on: %v", err)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	cmd.Wait()
	select {
	case <-s.cancelled:
	default:
		t.Error("nobody cancelled")
	}
	if code := cmd.ProcessState.ExitCode(); code != 130 {
		t.Errorf("exit code %d", code)
	}
}

func TestExec_SecondInterruptLeaves(t *testing.T) {
	s := &script{answers: []string{line(1, "out", "going", false)}, held: true}
	asked := make(chan struct{}, 8)
	front := before(t, s.serve(t), func(_ http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, "/cancel") {
			return false
		}
		io.Copy(io.Discard, r.Body) // else the server does not see that the client left
		asked <- struct{}{}
		<-r.Context().Done()
		return true
	})
	cmd := farbench(t, front, "exec", "single", "--", "sleep 600")
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := out.Read(make([]byte, 64)); err != nil {
		t.Fatal(err)
	}
	cmd.Process.Signal(os.Interrupt)
	<-asked
	cmd.Process.Signal(os.Interrupt)
	cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != 130 || !strings.Contains(errs.String(), "farbench cancel") {
		t.Errorf("exit code %d, said %q", code, errs.String())
	}
}

func TestExec_ReaderThatLeftCancelsOnTheDevice(t *testing.T) {
	s := &script{answers: []string{line(1, "out", "first", false)}, held: true}
	for n := 2; n < 4000; n++ {
		s.answers[0] += line(n, "out", strings.Repeat("x", 100), false)
	}
	cmd := farbench(t, s.serve(t), "exec", "single", "--", "yes")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := out.Read(make([]byte, 6)); err != nil {
		t.Fatal(err)
	}
	out.Close()
	cmd.Wait()
	select {
	case <-s.cancelled:
	default:
		t.Error("nobody cancelled")
	}
	if status := cmd.ProcessState.Sys().(syscall.WaitStatus); status.Signaled() || status.ExitStatus() != 130 {
		t.Errorf("ended with %v", status)
	}
}

// Somebody is at the bench: where nobody can be asked, --yes is the answer.
func TestExec_WhereItMustBeConfirmed(t *testing.T) {
	s := &script{refuse: &api.Problem{Status: 409, Code: wire.ConfirmNeeded, Detail: "somebody is at bench demo (Grace)", Hint: "confirm it"}}
	relay := s.serve(t)
	requests := func() []api.RunRequest {
		s.mu.Lock()
		defer s.mu.Unlock()
		return slices.Clone(s.requests)
	}
	_, stderr, code := finish(t, farbench(t, relay, "exec", "demo/sim0001", "--", "reboot"))
	if code != exitRefused || !strings.Contains(stderr, "Grace") || !strings.Contains(stderr, "--yes") || len(requests()) != 1 || requests()[0].Confirmed {
		t.Errorf("exit code %d, %q, %+v", code, stderr, requests())
	}
	_, _, _ = finish(t, farbench(t, relay, "exec", "--yes", "demo/sim0001", "--", "reboot"))
	if len(requests()) != 2 || !requests()[1].Confirmed {
		t.Errorf("%+v", requests())
	}
}
