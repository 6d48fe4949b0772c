package stories

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
)

func (d desk) token(t *testing.T) string {
	t.Helper()
	for _, kv := range d.env {
		if dir, ok := strings.CutPrefix(kv, "XDG_STATE_HOME="); ok {
			if text, err := os.ReadFile(filepath.Join(dir, "data", "token")); err == nil {
				return strings.TrimSpace(string(text))
			}
		}
	}
	t.Fatal("no token")
	return ""
}

// post sends a body to POST /api/v1/runs.
func (d desk) post(t *testing.T, body []byte, kind string) (status int, told api.Problem, run api.Run) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, d.url+"/api/v1/runs", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", kind)
	request.Header.Set("Authorization", "Bearer "+d.token(t))
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var text bytes.Buffer
	if _, err := text.ReadFrom(response.Body); err != nil {
		t.Fatal(err)
	}
	if response.StatusCode >= 400 {
		if kind := response.Header.Get("Content-Type"); !strings.HasPrefix(kind, "application/problem+json") {
			t.Errorf("refused with %s: %.200s", kind, &text)
		}
		_ = json.Unmarshal(text.Bytes(), &told)
	} else if err := json.Unmarshal(text.Bytes(), &run); err != nil {
		t.Errorf("answered %.200s: %v", &text, err)
	}
	return response.StatusCode, told, run
}

func TestBadInput(t *testing.T) {
	d := sitDown(t, "--adb=sim")
	type body map[string]any
	good := func(change body) []byte {
		whole := body{"bench": "demo", "device": "sim0001", "command": "true"}
		for key, value := range change {
			whole[key] = value
		}
		text, err := json.Marshal(whole)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	if status, told, _ := d.post(t, good(body{"id": "taken"}), "application/json"); status != 202 {
		t.Fatalf("a good one: %d %+v", status, told)
	}
	for name, c := range map[string]struct {
		body   []byte
		status int
		code   wire.Code
		names  string // stands in the detail or the hint
	}{
		"unknown bench":             {good(body{"bench": "nowhere"}), 404, wire.BenchUnknown, "nowhere"},
		"unknown device":            {good(body{"device": "none"}), 404, wire.DeviceUnknown, "none"},
		"bench id with a wildcard":  {good(body{"bench": "*"}), 0, "", ""},
		"no command":                {good(body{"command": ""}), 422, wire.Invalid, "command"},
		"command with NUL":          {good(body{"command": "a\x00b"}), 422, wire.Invalid, "NUL"},
		"command of 256 KiB":        {good(body{"command": "#" + strings.Repeat("x", wire.MaxCommand-1)}), 202, "", ""},
		"command above 256 KiB":     {good(body{"command": strings.Repeat("x", wire.MaxCommand+1)}), 413, wire.TooLarge, ""},
		"command of 1 MiB":          {good(body{"command": strings.Repeat("x", 1<<20)}), 413, wire.TooLarge, ""},
		"timeout of 0":              {good(body{"timeout_s": 0}), 422, wire.Invalid, "timeout_s"},
		"timeout of a year":         {good(body{"timeout_s": 365 * 86400}), 422, wire.Invalid, "timeout_s"},
		"negative timeout":          {good(body{"timeout_s": -1}), 422, wire.Invalid, "timeout_s"},
		"ttl of 0":                  {good(body{"ttl_ms": 0}), 422, wire.Invalid, "ttl_ms"},
		"ttl of an hour":            {good(body{"ttl_ms": 3600_000}), 422, wire.Invalid, "ttl_ms"},
		"id with capitals":          {good(body{"id": "ABC"}), 422, wire.Invalid, "id"},
		"id that is too long":       {good(body{"id": strings.Repeat("a", 33)}), 422, wire.Invalid, "id"},
		"same id again":             {good(body{"id": "taken"}), 200, "", ""},
		"same id, other command":    {good(body{"id": "taken", "command": "false"}), 409, wire.IDConflict, "taken"},
		"same id, other device":     {good(body{"id": "taken", "device": "sim0002-5555"}), 409, wire.IDConflict, "taken"},
		"every mistake at once":     {good(body{"timeout_s": 0, "ttl_ms": 0, "command": ""}), 422, wire.Invalid, "ttl_ms"},
		"no JSON":                   {[]byte("{"), 0, "", ""},
		"wrong types":               {good(body{"command": 7}), 422, wire.Invalid, ""},
		"no body":                   {nil, 0, "", ""},
		"not UTF-8 in the command":  {[]byte("{\"bench\":\"demo\",\"device\":\"sim0001\",\"command\":\"\xff\"}"), 0, "", ""},
		"a field that is not known": {good(body{"later": true}), 202, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			status, told, run := d.post(t, c.body, "application/json")
			switch {
			case c.status == 0 && (status < 400 || status >= 500):
				// Which 4xx is left open; a command with broken text may also be mended.
				if name != "not UTF-8 in the command" || status != 202 {
					t.Errorf("answered %d %+v", status, told)
				}
			case c.status != 0 && (status != c.status || told.Code != c.code):
				t.Errorf("answered %d %s %q, want %d %s", status, told.Code, told.Detail, c.status, c.code)
			case c.status >= 400 && told.Detail == "":
				t.Error("nothing is said")
			case !strings.Contains(told.Detail+told.Hint, c.names):
				t.Errorf("%q does not name %q", told.Detail, c.names)
			case status == 202 && run.ID == "":
				t.Error("no run")
			}
		})
	}
	if status, _, _ := d.post(t, good(nil), "text/plain"); status != 415 {
		t.Errorf("text/plain was answered %d", status)
	}
	// After all this it still works.
	if out, _, code := d.exec(t, "demo/sim0001", "echo fine"); string(out) != "fine\n" || code != 0 {
		t.Errorf("%q, exit code %d", out, code)
	}
}
