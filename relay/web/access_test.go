package web

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/fasthttp/websocket"

	"github.com/farbench/farbench/agent/wire"
)

// Every route needs a token, but for the named few; the document says the same.
func TestAccess_EveryRouteOfTheDocumentNeedsAToken(t *testing.T) {
	s := openSite(t)
	s.lab.run("x")
	var document struct {
		Paths map[string]map[string]struct {
			Security *[]map[string][]string `json:"security"`
		} `json:"paths"`
	}
	if err := json.Unmarshal([]byte(body(t, s.ask("GET", "/openapi.json", ""))), &document); err != nil {
		t.Fatal(err)
	}
	free := map[string]bool{"get /healthz": true, "get /readyz": true, "get /ws": true, "get /ws/bulk": true, "post /api/v1/session": true, "post /api/v1/link/redeem": true}
	for _, path := range []string{"/api/v1/benches", "/api/v1/runs", "/api/v1/runs/{id}", "/api/v1/runs/{id}/log", "/api/v1/runs/{id}/cancel", "/api/v1/runs/{id}/verdict", "/api/v1/checks", "/api/v1/checks/try", "/api/v1/settings", "/api/v1/history", "/metrics", "/openapi.json", "/ws", "/ws/bulk", "/healthz", "/readyz", "/api/v1/session", "/api/v1/link", "/api/v1/link/redeem"} {
		if document.Paths[path] == nil {
			t.Errorf("%s is not in the document", path)
		}
	}
	for path, methods := range document.Paths {
		for method, op := range methods {
			route := method + " " + path
			said := op.Security != nil && len(*op.Security) == 0
			if said != free[route] {
				t.Errorf("%s: the document says free=%t", route, said)
			}
			for _, credential := range []string{"Authorization: ", "Authorization: Bearer wrong", "Authorization: Basic " + token, "Authorization: Bearer"} {
				content := ""
				if method == "post" || method == "put" {
					content = `{}`
				}
				res := s.ask(strings.ToUpper(method), strings.ReplaceAll(path, "{id}", "x"), content, credential)
				switch {
				case !free[route]:
					s.expect(res, http.StatusUnauthorized, wire.Unauthorized)
				case method == "get" && res.StatusCode == http.StatusUnauthorized:
					t.Errorf("%s: %d", route, res.StatusCode)
				}
			}
		}
	}
	for _, path := range []string{"/api/v1/nothing", "/api", "/api/", "/API/v1/benches/../benches"} {
		if res := s.ask("POST", path, "{}", "Authorization: "); res.StatusCode != http.StatusUnauthorized {
			t.Errorf("POST %s without a token: %d", path, res.StatusCode)
		}
	}
	for _, path := range []string{"/API/v1/benches", "/api/v1/benches/", "//api/v1/benches", "/%61pi/v1/benches", "/api%2fv1/benches"} {
		if got := body(t, s.ask("GET", path, "", "Authorization: ")); strings.Contains(got, `"benches"`) {
			t.Errorf("GET %s without a token: %s", path, got)
		}
	}
}

func TestAccess_OriginsAndHosts(t *testing.T) {
	s := openSite(t)
	own := s.Addr().String()
	_, port, _ := net.SplitHostPort(own)
	origins := map[string]bool{
		"": true, "http://" + own: true, "http://localhost:" + port: true, "http://[::1]:" + port: true,
		"http://127.0.0.1:1": false, "http://127.0.0.1": false, "https://" + own: false, "http://evil.example": false,
		"http://evil.example:" + port: false, "null": false, "http://" + own + ".evil.example": false, "http://" + own + "/": false, own: false,
	}
	hosts := map[string]bool{
		own: true, "localhost:" + port: true, "LOCALHOST:" + port: true, "[::1]:" + port: true,
		"evil.example": false, "evil.example:" + port: false, "localhost.:" + port: false, "127.0.0.1.:" + port: false,
		"10.0.0.1:" + port: false, "127.0.0.1": false, "127.0.0.1:1": false, "127.0.0.1@evil.example": false,
	}
	writing := map[string]string{
		"POST /api/v1/runs": `{"bench":"demo","device":"sim0001","command":"true"}`, "POST /api/v1/runs/x/cancel": "", "POST /api/v1/session": `{"token":"` + token + `"}`,
		"POST /api/v1/link": "", "POST /api/v1/link/redeem": `{"code":"x"}`, "DELETE /api/v1/session": "",
	}
	check := func(t *testing.T, status int, hostOK, originOK bool, before int) {
		t.Helper()
		switch {
		case !hostOK && status != http.StatusMisdirectedRequest:
			t.Errorf("a foreign Host: %d", status)
		case hostOK && !originOK && status != http.StatusForbidden:
			t.Errorf("a foreign Origin: %d", status)
		case hostOK && originOK && (status == http.StatusMisdirectedRequest || status == http.StatusForbidden):
			t.Errorf("ours: %d", status)
		case (!hostOK || !originOK) && s.lab.starts != before:
			t.Error("a run was started")
		}
	}
	for host, hostOK := range hosts {
		for origin, originOK := range origins {
			t.Run(host+" "+origin, func(t *testing.T) {
				for route, content := range writing {
					method, path, _ := strings.Cut(route, " ")
					before := s.lab.starts
					res := s.ask(method, path, content, "Host: "+host, "Origin: "+origin)
					check(t, res.StatusCode, hostOK, originOK, before)
				}
				h := http.Header{"Host": {host}}
				if origin != "" {
					h.Set("Origin", origin)
				}
				ws, res, err := websocket.DefaultDialer.Dial("ws://"+own+"/ws", h)
				if err == nil {
					_ = ws.Close()
				}
				if res == nil {
					t.Fatal(err)
				}
				check(t, res.StatusCode, hostOK, originOK, s.lab.starts)
				if (err == nil) != (hostOK && originOK) {
					t.Errorf("socket: %v", err)
				}
			})
		}
	}
	large := strings.Repeat("x", bodyLimit+1)
	s.expect(s.ask("POST", "/api/v1/runs", large, "Host: evil.example", "Authorization: "), 421, wire.HostRefused)
	s.expect(s.ask("POST", "/api/v1/runs", large, "Origin: http://evil.example", "Authorization: "), 403, wire.OriginRefused)
	s.expect(s.ask("POST", "/api/v1/runs", large, "Authorization: "), 413, wire.TooLarge)
	s.expect(s.ask("POST", "/api/v1/runs", "x", "Authorization: ", "Content-Type: text/plain"), 401, wire.Unauthorized)
	// Probes answer under any name, and pages of other origins are still refused.
	if res := s.ask("GET", "/healthz", "", "Host: 10.1.2.3:80", "Authorization: "); res.StatusCode != 200 {
		t.Errorf("probe: %d", res.StatusCode)
	}
	if res := s.ask("GET", "/readyz", "", "Origin: http://evil.example"); res.StatusCode != http.StatusForbidden {
		t.Errorf("probe by a page: %d", res.StatusCode)
	}
}

func TestAccess_ConfiguredHosts(t *testing.T) {
	s := openSite(t, func(c *Config) {
		c.Listen, c.Hosts, c.Scheme = "127.0.0.1:0", []string{"Relay.Example", "other.example:8443"}, "https"
	})
	for host, want := range map[string]int{"relay.example": 200, "RELAY.example:443": 200, "other.example:8443": 200, "other.example": 421, "relay.example:80": 421, s.Addr().String(): 421} {
		if res := s.ask("GET", "/api/v1/benches", "", "Host: "+host); res.StatusCode != want {
			t.Errorf("%s: %d", host, res.StatusCode)
		}
	}
	for origin, want := range map[string]int{"https://relay.example": 200, "http://relay.example": 403, "https://other.example:8443": 200} {
		if res := s.ask("GET", "/api/v1/benches", "", "Host: relay.example", "Origin: "+origin); res.StatusCode != want {
			t.Errorf("%s: %d", origin, res.StatusCode)
		}
	}
	res := s.ask("POST", "/api/v1/session", `{"token":"`+token+`"}`, "Host: relay.example", "Authorization: ")
	if cookie := res.Header.Get("Set-Cookie"); !strings.HasPrefix(cookie, "farbench_443=") || !strings.Contains(cookie, "Secure") {
		t.Error(cookie)
	}
	if _, err := New(Config{Listen: "0.0.0.0:0", Token: token}); err == nil || !strings.Contains(err.Error(), "FARBENCH_HOSTS") {
		t.Errorf("listening everywhere without names: %v", err)
	}
}

func TestSession_CookieAndLink(t *testing.T) {
	shared := newLabPeople()
	with := func(c *Config) { c.People = shared }
	s, other := openSite(t, with), openSite(t, with)
	_, port, _ := net.SplitHostPort(s.Addr().String())
	res := s.ask("POST", "/api/v1/session", `{"token":"`+token+`"}`, "Authorization: ")
	set := res.Header.Get("Set-Cookie")
	for _, want := range []string{"farbench_" + port + "=", "HttpOnly", "SameSite=Strict", "Path=/", "Expires="} {
		if !strings.Contains(set, want) {
			t.Errorf("%s is not in %s", want, set)
		}
	}
	if strings.Contains(set, token) || strings.Contains(set, "Secure") {
		t.Error(set)
	}
	cookie, _, _ := strings.Cut(set, ";")
	if got := body(t, s.ask("GET", "/api/v1/session", "", "Authorization: ", "Cookie: "+cookie)); !strings.Contains(got, `"user":{"id":"tester"`) || !strings.Contains(got, "expires_at") {
		t.Error(got)
	}
	// Another relay with the same token accepts it, under its own port's name.
	_, otherPort, _ := net.SplitHostPort(other.Addr().String())
	renamed := strings.Replace(cookie, "_"+port, "_"+otherPort, 1)
	if res := other.ask("GET", "/api/v1/session", "", "Authorization: ", "Cookie: "+renamed); res.StatusCode != 200 {
		t.Errorf("another relay: %d", res.StatusCode)
	}
	s.expect(s.ask("GET", "/api/v1/session", "", "Authorization: ", "Cookie: "+cookie[:len(cookie)-2]+"xx"), 401, wire.Unauthorized)
	s.expect(s.ask("POST", "/api/v1/session", `{"token":"wrong"}`, "Authorization: "), 401, wire.Unauthorized)

	// A socket of the session closes when it is signed out.
	p, _, err := s.dial("Cookie: "+cookie, "Origin: http://"+s.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	p.say(`{"t":"hello","v":1}`)
	p.until("welcome")
	if res := s.ask("DELETE", "/api/v1/session", "", "Authorization: ", "Cookie: "+cookie); res.StatusCode != 204 || !strings.Contains(res.Header.Get("Set-Cookie"), "1970") {
		t.Errorf("sign out: %d %s", res.StatusCode, res.Header)
	}
	p.closed(4504)

	var link LinkMade
	if err := json.Unmarshal([]byte(body(t, s.ask("POST", "/api/v1/link", "{}"))), &link); err != nil || !strings.HasPrefix(link.URL, "http://"+s.Addr().String()+"/#code=") {
		t.Fatalf("%+v %v", link, err)
	}
	redeem := fmt.Sprintf(`{"code":%q}`, link.Code)
	if res := s.ask("POST", "/api/v1/link/redeem", redeem, "Authorization: "); res.StatusCode != 200 || res.Header.Get("Set-Cookie") == "" {
		t.Fatalf("redeem: %d", res.StatusCode)
	}
	s.expect(s.ask("POST", "/api/v1/link/redeem", redeem, "Authorization: "), 401, wire.Unauthorized)
}

func TestStatic_FilesAndDeepLinks(t *testing.T) {
	s := openSite(t, func(c *Config) {
		c.Static = fstest.MapFS{"index.html": {Data: []byte("<title>ui")}, "assets/app-1a2b.js": {Data: []byte("js")}, "assets/large.js": {Data: make([]byte, 100_000)}, "icon.svg": {Data: []byte("<svg/>")}, ".gitkeep": {}}
	})
	for path, c := range map[string]struct{ content, kind, cache string }{
		"/":                   {"<title>ui", "text/html; charset=utf-8", "no-cache"},
		"/r/abc":              {"<title>ui", "text/html; charset=utf-8", "no-cache"},
		"/r/abc?x=1":          {"<title>ui", "text/html; charset=utf-8", "no-cache"},
		"/.gitkeep":           {"<title>ui", "text/html; charset=utf-8", "no-cache"},
		"/../../etc/passwd":   {"<title>ui", "text/html; charset=utf-8", "no-cache"},
		"/assets/app-1a2b.js": {"js", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"},
		"/icon.svg":           {"<svg/>", "image/svg+xml", "no-cache"},
	} {
		res := s.ask("GET", path, "", "Authorization: ")
		if got := body(t, res); res.StatusCode != 200 || got != c.content || res.Header.Get("Content-Type") != c.kind || res.Header.Get("Cache-Control") != c.cache {
			t.Errorf("%s: %d %q %s", path, res.StatusCode, got, res.Header)
		}
		if csp := res.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "script-src 'self';") || !strings.Contains(csp, "frame-ancestors 'none'") || res.Header.Get("X-Content-Type-Options") != "nosniff" || res.Header.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s: %s", path, res.Header)
		}
	}
	tag := s.ask("GET", "/icon.svg", "").Header.Get("ETag")
	if res := s.ask("GET", "/icon.svg", "", "If-None-Match: "+tag); tag == "" || res.StatusCode != http.StatusNotModified {
		t.Errorf("ETag %s: %d", tag, res.StatusCode)
	}
	res := s.ask("GET", "/assets/large.js", "", "Accept-Encoding: gzip")
	if zip, err := gzip.NewReader(res.Body); err != nil {
		t.Error(err)
	} else if got, err := io.ReadAll(zip); err != nil || len(got) != 100_000 || res.ContentLength > 1000 {
		t.Errorf("%d bytes of %d, %v", len(got), res.ContentLength, err)
	}
	s.expect(s.ask("GET", "/assets/gone.js", "", "Authorization: "), 404, wire.NotFound)
	empty := openSite(t, func(c *Config) { c.Static = fstest.MapFS{} })
	if got := body(t, empty.ask("GET", "/", "", "Authorization: ")); !strings.Contains(got, "make ui") {
		t.Error(got)
	}
}

func TestMetrics_AreThere(t *testing.T) {
	s := openSite(t)
	p := s.join()
	p.say(`{"t":"sub","i":1,"room":"lab"}`)
	p.until("res")
	eventually(t, "what was read counts as written", func() bool { return s.hub.Stats().QueueBytes == 0 })
	got := body(t, s.ask("GET", "/metrics", ""))
	for _, want := range []string{"farbench_ws_connections 1", "farbench_ws_rooms 1", "farbench_ws_queue_bytes 0", "farbench_ws_lagging 0", "farbench_http_connections"} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is not in\n%s", want, got)
		}
	}
}
