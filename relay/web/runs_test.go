package web

import (
	"bufio"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
)

func TestRuns_FirstPostIsAccepted_SecondFindsTheRun(t *testing.T) {
	s := openSite(t)
	const ask = `{"id":"abc","bench":"demo","device":"sim0001","command":"getprop"}`
	if res := s.ask("POST", "/api/v1/runs", ask); res.StatusCode != http.StatusAccepted {
		t.Fatalf("%d %s", res.StatusCode, body(t, res))
	}
	res := s.ask("POST", "/api/v1/runs", ask)
	var run api.Run
	if err := json.Unmarshal([]byte(body(t, res)), &run); err != nil || res.StatusCode != http.StatusOK || run.ID != "abc" || run.By != "tester" {
		t.Fatalf("%d %+v %v", res.StatusCode, run, err)
	}
	if s.lab.starts != 1 {
		t.Fatalf("started %d times", s.lab.starts)
	}
	if got := body(t, s.ask("GET", "/api/v1/runs/abc", "")); !strings.Contains(got, `"id":"abc"`) || strings.Contains(got, "$schema") {
		t.Fatal(got)
	}
	if got := body(t, s.ask("GET", "/api/v1/runs?bench=demo", "")); !strings.Contains(got, `"runs":[{"id":"abc"`) || !strings.Contains(got, `"next":""`) {
		t.Fatal(got)
	}
	if res := s.ask("POST", "/api/v1/runs/abc/cancel", ""); res.StatusCode != http.StatusAccepted {
		t.Fatalf("cancel: %d", res.StatusCode)
	}
}

func TestBenches_AreListed(t *testing.T) {
	s := openSite(t)
	if got := body(t, s.ask("GET", "/api/v1/benches", "")); !strings.HasPrefix(got, `{"benches":[{"id":"demo","name":"demo","state":"online"`) {
		t.Fatal(got)
	}
	s.lab.mu.Lock()
	s.lab.loading = true
	s.lab.mu.Unlock()
	res := s.ask("GET", "/api/v1/benches", "")
	if res.Header.Get("Retry-After") == "" {
		t.Error("503 without Retry-After")
	}
	s.expect(res, 503, wire.Unavailable)
}

func TestErrors_AreProblems(t *testing.T) {
	s := openSite(t)
	s.lab.run("r1")
	for name, c := range map[string]struct {
		method, path, body string
		headers            []string
		status             int
		code               wire.Code
	}{
		"unknown path":        {"GET", "/api/v1/nothing", "", nil, 404, wire.NotFound},
		"unknown path posted": {"POST", "/nothing", "{}", nil, 404, wire.NotFound},
		"method":              {"PUT", "/api/v1/runs", "{}", nil, 405, wire.MethodNotAllowed},
		"method of a log":     {"POST", "/api/v1/runs/r1/log", "{}", nil, 405, wire.MethodNotAllowed},
		"media type":          {"POST", "/api/v1/runs", "a=b", []string{"Content-Type: text/plain"}, 415, wire.MediaType},
		"no media type":       {"POST", "/api/v1/runs", "{}", []string{"Content-Type: "}, 415, wire.MediaType},
		"not JSON":            {"POST", "/api/v1/runs", "{", nil, 422, wire.Invalid},
		"no body":             {"POST", "/api/v1/runs", "", nil, 422, wire.Invalid},
		"not UTF-8":           {"POST", "/api/v1/runs", `{"bench":"demo","device":"sim0001","command":"echo ` + "\xff" + `"}`, nil, 422, wire.Invalid},
		"a list":              {"POST", "/api/v1/runs", "[]", nil, 422, wire.Invalid},
		"a wrong type":        {"POST", "/api/v1/runs", `{"bench":"demo","device":"sim0001","command":7,"timeout_s":"x"}`, nil, 422, wire.Invalid},
		"nothing given":       {"POST", "/api/v1/runs", `{}`, nil, 422, wire.Invalid},
		"a wrong limit":       {"GET", "/api/v1/runs?limit=x", "", nil, 422, wire.Invalid},
		"a limit too high":    {"GET", "/api/v1/runs?limit=501", "", nil, 422, wire.Invalid},
		"a wrong since":       {"GET", "/api/v1/runs?since=yesterday", "", nil, 422, wire.Invalid},
		"a wrong from":        {"GET", "/api/v1/runs/r1/log?from=0", "", nil, 422, wire.Invalid},
		"a wrong follow":      {"GET", "/api/v1/runs/r1/log?follow=maybe", "", nil, 422, wire.Invalid},
		"no run":              {"GET", "/api/v1/runs/none", "", nil, 404, wire.NotFound},
		"an id with wildcard": {"GET", "/api/v1/runs/*", "", nil, 404, wire.NotFound},
		"a log of no run":     {"GET", "/api/v1/runs/none/log", "", nil, 404, wire.NotFound},
		"cancel no run":       {"POST", "/api/v1/runs/none/cancel", "", nil, 404, wire.NotFound},
		"bench offline":       {"POST", "/api/v1/runs", `{"bench":"away","device":"d","command":"true"}`, nil, 409, wire.BenchOffline},
		"a long command":      {"POST", "/api/v1/runs", `{"bench":"demo","device":"d","command":"` + strings.Repeat("x", 300<<10) + `"}`, nil, 413, wire.TooLarge},
		"a body of 1 MiB":     {"POST", "/api/v1/runs", `{"bench":"demo","device":"d","command":"` + strings.Repeat("x", 1<<20) + `"}`, nil, 413, wire.TooLarge},
		"no upgrade":          {"GET", "/ws", "", nil, 426, wire.Invalid},
	} {
		t.Run(name, func(t *testing.T) {
			p := problemIn(t, s.ask(c.method, c.path, c.body, c.headers...))
			if p.Status != c.status || p.Code != c.code {
				t.Fatalf("got %d %s (%s), want %d %s", p.Status, p.Code, p.Detail, c.status, c.code)
			}
		})
	}
	p := problemIn(t, s.ask("POST", "/api/v1/runs", `{"command":7,"timeout_s":"x"}`))
	if !strings.Contains(p.Detail, "command") || !strings.Contains(p.Detail, "timeout_s") {
		t.Errorf("mistakes are not listed at once: %s", p.Detail)
	}
}

// A command at its limit works, also where JSON makes it longer.
func TestRuns_CommandOf256KiBWorks(t *testing.T) {
	s := openSite(t)
	for _, command := range []string{strings.Repeat("x", wire.MaxCommand), strings.Repeat("\n\"", wire.MaxCommand/2), strings.Repeat("é", wire.MaxCommand/2)} {
		ask, _ := json.Marshal(api.RunRequest{Bench: "demo", Device: "sim0001", Command: command})
		if res := s.ask("POST", "/api/v1/runs", string(ask)); res.StatusCode != http.StatusAccepted {
			t.Fatalf("%d %s", res.StatusCode, body(t, res))
		}
	}
}

func TestLog_FirstLineArrivesWhileTheRunGoesOn(t *testing.T) {
	s := openSite(t)
	s.lab.run("r1")
	res := s.ask("GET", "/api/v1/runs/r1/log?follow=1", "")
	if kind := res.Header.Get("Content-Type"); kind != "application/x-ndjson" {
		t.Fatal(kind)
	}
	lines := bufio.NewScanner(res.Body)
	s.lab.print("r1", "one", "tw\"o")
	want := []string{
		`{"n":1,"t":"2026-11-21T08:14:48.586Z","stream":"out","level":"plain","text":"one"}`,
		`{"n":2,"t":"2026-11-21T08:14:48.586Z","stream":"out","level":"plain","text":"tw\"o"}`,
	}
	for _, w := range want {
		if !lines.Scan() {
			t.Fatal(lines.Err())
		}
		var got, wanted api.LogLine
		if json.Unmarshal(lines.Bytes(), &got) != nil || json.Unmarshal([]byte(w), &wanted) != nil || got.N != wanted.N || *got.Text != *wanted.Text || got.Level != "plain" || got.Stream != "out" {
			t.Fatalf("got %s", lines.Text())
		}
	}
	s.lab.end("r1", wire.Exited)
	if !lines.Scan() || lines.Text() != `{"end":{"outcome":"exited"}}` || lines.Scan() {
		t.Fatalf("the end: %q", lines.Text())
	}
}

func TestLog_Formats(t *testing.T) {
	s := openSite(t)
	s.lab.run("r1")
	var block wire.Block
	block.Run = "r1"
	for i, l := range []wire.Line{
		{Stream: wire.Out, Level: wire.Error, Bytes: []byte("a\xff\r")},
		{Stream: wire.Sys, Level: wire.System, Bytes: []byte("remark")},
		{Stream: wire.Err, Level: wire.OK, Bytes: []byte("é\x00\u2028"), Cont: true},
	} {
		l.N = int64(i + 1)
		block.Add(l)
	}
	s.lab.mu.Lock()
	s.lab.add("r1", &block)
	s.lab.add("r1", wire.GapBlock("r1", 4, 5, "spool full"))
	s.lab.mu.Unlock()
	s.lab.print("r1", "last")
	if got := body(t, s.ask("GET", "/api/v1/runs/r1/log?format=text", "")); got != "a\xff\r\né\x00\u2028last\n" {
		t.Errorf("text: %q", got)
	}
	got := strings.Split(body(t, s.ask("GET", "/api/v1/runs/r1/log", "")), "\n")
	for i, want := range []string{`"level":"error","b64":"Yf8N"}`, `"stream":"sys","level":"system","text":"remark"}`, `"stream":"err","level":"ok","text":"é\u0000\u2028","cont":true}`, `{"gap":{"from":4,"to":8,"reason":"spool full"}}`, `"n":9`, ``} {
		if i >= len(got) || !strings.Contains(got[i], want) {
			t.Errorf("line %d: want %s in %q", i, want, got)
		}
	}
	if got := body(t, s.ask("GET", "/api/v1/runs/r1/log?from=6", "")); !strings.HasPrefix(got, `{"gap":{"from":6,"to":8,`) {
		t.Errorf("from within a gap: %s", got)
	}
	s.lab.end("r1", wire.Lost)
	if got := body(t, s.ask("GET", "/api/v1/runs/r1/log?from=10", "")); got != `{"end":{"outcome":"lost"}}`+"\n" {
		t.Errorf("after the end: %q", got)
	}
}

// A follower who left is noticed in both formats, also while nothing is written.
func TestLog_FollowerWhoLeftIsNoticed(t *testing.T) {
	for _, format := range []string{"ndjson", "text"} {
		t.Run(format, func(t *testing.T) {
			s := openSite(t)
			s.lab.run("r1")
			res := s.ask("GET", "/api/v1/runs/r1/log?follow=1&format="+format, "")
			eventually(t, "the stream is counted", func() bool { return s.streams.taken.Load() == 1 })
			_ = res.Body.Close()
			eventually(t, "the stream ends", func() bool { return s.streams.taken.Load() == 0 && s.listener.count() == 0 })
		})
	}
}
