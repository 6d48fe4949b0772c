package web

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
)

func TestChecks_SavedOverTheRevisionThatWasRead(t *testing.T) {
	s := openSite(t)
	const one = `{"revision":0,"checks":[{"id":"a","label":"A","command":"id","pattern":"","expect":{}}],"commands":[]}`
	if res := s.ask("PUT", "/api/v1/checks", one); res.StatusCode != http.StatusOK || !strings.Contains(body(t, res), `"revision":1`) {
		t.Fatalf("%d", res.StatusCode)
	}
	p := problemIn(t, s.ask("PUT", "/api/v1/checks", one))
	current, _ := json.Marshal(p.Current)
	if p.Status != http.StatusConflict || p.Code != wire.Conflict || !strings.Contains(string(current), `"id":"a"`) || !strings.Contains(string(current), `"revision":1`) {
		t.Errorf("%+v %s", p, current)
	}
	p = problemIn(t, s.ask("PUT", "/api/v1/checks", `{}`))
	if p.Code != wire.Invalid || len(p.Mistakes) != 2 || p.Mistakes[0] != (api.Mistake{Place: "checks", Message: "is empty"}) || !strings.Contains(p.Detail, "checks: is empty; commands: too") {
		t.Errorf("%+v", p)
	}
	// A condition that is misspelt must not become no condition.
	p = problemIn(t, s.ask("PUT", "/api/v1/checks", strings.Replace(one, `"expect":{}`, `"expect":{"at_least":3}`, 1)))
	if p.Code != wire.Invalid || !strings.Contains(p.Detail, "checks[0].expect") {
		t.Errorf("%+v", p)
	}
	if got := body(t, s.ask("GET", "/api/v1/checks", "")); !strings.Contains(got, `"revision":1`) {
		t.Error(got)
	}
}

func TestSettings_AreThePersonsOwn(t *testing.T) {
	s := openSite(t)
	if got := body(t, s.ask("GET", "/api/v1/settings", "")); got != `{"revision":0,"settings":{"of":"tester"}}`+"\n" {
		t.Errorf("%q", got)
	}
	if got := body(t, s.ask("PUT", "/api/v1/settings", `{"revision":3,"settings":{"theme":"dark"}}`)); !strings.Contains(got, `{"revision":4,"settings":{"theme":"dark"}}`) {
		t.Error(got)
	}
}

func TestHistory_AndFilters(t *testing.T) {
	s := openSite(t)
	got := body(t, s.ask("GET", "/api/v1/history?text=get&bench=demo&device=sim0001&limit=7", ""))
	if !strings.Contains(got, "by tester") || s.lab.past.Text != "get" || s.lab.past.Bench != "demo" || s.lab.past.Device != "sim0001" || s.lab.past.Limit != 7 {
		t.Errorf("%s %+v", got, s.lab.past)
	}
	s.expect(s.ask("GET", "/api/v1/history?limit=501", ""), 422, wire.Invalid)
	s.expect(s.ask("GET", "/api/v1/runs?until=later", ""), 422, wire.Invalid)
	body(t, s.ask("GET", "/api/v1/runs?text=a+b&by=Eve&check=version&until=2026-11-21T08:00:00Z", ""))
	if q := s.lab.query; q.Text != "a b" || q.By != "Eve" || q.Check != "version" || !q.Until.Equal(time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)) {
		t.Errorf("%+v", q)
	}
}

func TestVerdict_OfTheRunsLines(t *testing.T) {
	s := openSite(t)
	s.lab.run("plain")
	s.expect(s.ask("GET", "/api/v1/runs/plain/verdict", ""), 404, wire.NotFound)
	s.expect(s.ask("GET", "/api/v1/runs/none/verdict", ""), 404, wire.NotFound)

	s.lab.run("checked")
	want, zero := "24.46.3", 0
	s.lab.mu.Lock()
	run := s.lab.runs["checked"]
	run.Check = &wire.RunCheck{ID: "version", Label: "Version", Pattern: `versionName=(?<version>\S+)`, Expect: wire.Expect{Is: &want}}
	s.lab.runs["checked"] = run
	s.lab.mu.Unlock()
	verdict := func() (v api.Verdict) {
		t.Helper()
		if err := json.Unmarshal([]byte(body(t, s.ask("GET", "/api/v1/runs/checked/verdict", ""))), &v); err != nil {
			t.Fatal(err)
		}
		return v
	}
	if v := verdict(); v.Verdict != api.Pending || v.Expected != want {
		t.Errorf("%+v", v)
	}
	s.lab.print("checked", "Packages:", "    versionName=24.46.3", "    versionName=1")
	s.lab.mu.Lock()
	run.State, run.Outcome, run.ExitCode, run.Lines = wire.Ended, wire.Exited, &zero, 3
	s.lab.runs["checked"] = run
	s.lab.mu.Unlock()
	if v := verdict(); v.Verdict != api.Pass || v.Found != want || v.Line != 2 || v.Matched != "versionName=24.46.3" || v.From != 12 || v.To != 19 {
		t.Errorf("%+v", v)
	}
}

func TestChecksTry_JudgesATextAsARun(t *testing.T) {
	s := openSite(t)
	for trial, want := range map[string]api.Verdict{
		`{"pattern":"v=(?<v>\\S+)","expect":{"is":"2"},"text":"x\nv=2 y"}`: {Verdict: api.Pass, Found: "2", Expected: "2", Line: 2, Matched: "v=2", From: 2, To: 3, Reason: "as expected"},
		`{"pattern":"v=(?<v>\\S+)","expect":{"below":2},"text":"v=2\r\n"}`: {Verdict: api.Fail, Found: "2", Expected: "below 2", Line: 1, Matched: "v=2", From: 2, To: 3, Reason: "found 2, expected below 2"},
		`{"pattern":"v=(?<v>\\S+)","expect":{},"text":""}`:                 {Verdict: api.NoMatch, Expected: "anything", Reason: `no line matches v=(?<v>\S+)`},
		`{"pattern":"v=","expect":{},"text":"v=2"}`:                        {Verdict: api.NotRun, Expected: "anything", Reason: `the pattern has no named group that says which part is the value; write it like versionName=(?<version>\S+)`},
		`{"pattern":"","expect":{},"text":"v=2"}`:                          {Verdict: api.Pass, Found: "exit code 0", Expected: "exit code 0", Reason: "as expected"},
	} {
		var got api.Verdict
		if err := json.Unmarshal([]byte(body(t, s.ask("POST", "/api/v1/checks/try", trial))), &got); err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Errorf("%s\ngot  %+v\nwant %+v", trial, got, want)
		}
	}
}

func TestLog_EndsBehindTo(t *testing.T) {
	s := openSite(t)
	s.lab.run("r1")
	s.lab.print("r1", "one", "two", "three")
	s.lab.print("r1", "four")
	for query, want := range map[string]string{
		"to=2": "1,2", "from=2&to=3": "2,3", "from=2&to=2&follow=1": "2", "from=3&to=4&follow=1": "3,4", "to=9": "1,2,3,4",
	} {
		var numbers []string
		for _, line := range strings.Split(strings.TrimSpace(body(t, s.ask("GET", "/api/v1/runs/r1/log?"+query, ""))), "\n") {
			if n, _, ok := strings.Cut(strings.TrimPrefix(line, `{"n":`), ","); ok {
				numbers = append(numbers, n)
			}
		}
		if got := strings.Join(numbers, ","); got != want {
			t.Errorf("%s gives lines %s, want %s", query, got, want)
		}
	}
	s.expect(s.ask("GET", "/api/v1/runs/r1/log?from=3&to=2", ""), 422, wire.Invalid)
}

// A number that is none is answered without one: 0 is somebody else's.
func TestSocket_AnswersWithoutANumberThatIsNone(t *testing.T) {
	s := openSite(t)
	p := s.join()
	for _, i := range []string{`"x"`, "1.5", "{}"} {
		p.say(`{"t":"req","i":` + i + `,"m":"runs.get","d":{"id":"a"}}`)
		if f := p.next(); f.I != nil || f.Error == nil || f.Error.Code != wire.Invalid {
			t.Errorf("i %s: %+v", i, f)
		}
	}
	p.say(`{"t":"req","i":4,"m":7}`)
	if f := p.next(); f.I == nil || *f.I != 4 || f.Error.Code != wire.Invalid {
		t.Errorf("%+v", f)
	}
}
