package auth

import (
	"strings"
	"testing"
	"time"
)

func keys(t testing.TB, token string) *Keys {
	t.Helper()
	k, err := New(token)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestToken(t *testing.T) {
	k := keys(t, "right")
	for given, want := range map[string]bool{"right": true, "": false, "righ": false, "right ": false, "Right": false, "rightright": false} {
		if k.Token(given) != want {
			t.Errorf("%q: %t", given, !want)
		}
	}
	if _, err := New(""); err == nil {
		t.Error("an empty token was accepted")
	}
}

func TestBearer(t *testing.T) {
	for header, want := range map[string]string{"Bearer abc": "abc", "bearer  abc ": "abc", "Basic abc": "-", "Bearer": "-", "": "-"} {
		token, ok := Bearer(header)
		if !ok {
			token = "-"
		}
		if token != want {
			t.Errorf("%q: %q", header, token)
		}
	}
}

func TestSession_HoldsOnlyAsSigned(t *testing.T) {
	k, now := keys(t, "token"), time.Unix(1_800_000_000, 0)
	cookie := k.Sign(Session{ID: "s", Expires: now.Add(time.Hour)})
	if s, err := keys(t, "token").Session(cookie, now); err != nil || s.ID != "s" {
		t.Fatalf("another relay with the token: %+v %v", s, err)
	}
	if _, err := keys(t, "other").Session(cookie, now); err == nil {
		t.Error("a relay with another token accepted it")
	}
	if _, err := k.Session(cookie, now.Add(time.Hour)); err == nil {
		t.Error("an expired session was accepted")
	}
	for i := range len(cookie) {
		forged := []byte(cookie)
		forged[i] ^= 1
		if _, err := k.Session(string(forged), now); err == nil {
			t.Errorf("a forged cookie was accepted: byte %d", i)
		}
	}
}

func TestHosts(t *testing.T) {
	own, err := NewHosts(nil, "", 7070)
	if err != nil {
		t.Fatal(err)
	}
	public, err := NewHosts([]string{"Relay.example", "other.example:8443", "[2001:DB8::1]"}, "https", 8080)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		hosts *Hosts
		host  string
		want  bool
	}{
		{own, "127.0.0.1:7070", true},
		{own, "LocalHost:7070", true},
		{own, "[::1]:7070", true},
		{own, "[0:0:0:0:0:0:0:1]:7070", true},
		{own, "localhost", false},
		{own, "localhost.:7070", false},
		{own, "127.0.0.1.:7070", false},
		{own, "127.0.0.1:07070", false},
		{own, "10.0.0.1:7070", false},
		{own, "evil.example:7070", false},
		{own, "", false},
		{own, ":7070", false},
		{own, "127.0.0.1:7070:7070", false},
		{own, "127.0.0.1:7070 ", false},
		{own, "x@127.0.0.1:7070", false},
		{own, "127.0.0.1:7070/x", false},
		{own, "[::1]7070", false},
		{own, "[::1%25lo]:7070", false},
		{public, "relay.example", true},
		{public, "relay.example:443", true},
		{public, "relay.example:8080", true},
		{public, "relay.example:80", false},
		{public, "other.example:8443", true},
		{public, "other.example", false},
		{public, "[2001:db8:0::1]", true},
		{public, "127.0.0.1:8080", false},
	} {
		if got := c.hosts.Host(c.host); got != c.want {
			t.Errorf("Host %q: %t", c.host, got)
		}
	}
	for origin, want := range map[string]bool{
		"https://relay.example": true, "HTTPS://Relay.Example": true, "http://relay.example": false, "https://relay.example:80": false,
		"null": false, "": false, "https://": false, "https://relay.example/": false, "https://evil@relay.example": false,
	} {
		if got := public.Origin(origin); got != want {
			t.Errorf("Origin %q: %t", origin, got)
		}
	}
	if public.Port("relay.example") != 443 || own.Port("127.0.0.1:7070") != 7070 {
		t.Error("the port that the cookie's name carries")
	}
	_, err = NewHosts([]string{"a b", "ok.example", "dot."}, "http", 1)
	if err == nil || !strings.Contains(err.Error(), "a b") || !strings.Contains(err.Error(), "dot.") {
		t.Errorf("every mistake at once: %v", err)
	}
}

func TestLoopback(t *testing.T) {
	for listen, want := range map[string]bool{"127.0.0.1:1": true, "[::1]:1": true, "localhost:1": true, "127.9.9.9:1": true, ":1": false, "0.0.0.0:1": false, "[::]:1": false, "relay.example:1": false, "127.0.0.1": false} {
		if Loopback(listen) != want {
			t.Errorf("%s: %t", listen, !want)
		}
	}
}

func FuzzHosts(f *testing.F) {
	for _, seed := range []string{"127.0.0.1:7070", "[::1]:7070", "localhost.", "a:b:c", "[", "]:1", "http://x", "x:65536"} {
		f.Add(seed)
	}
	h, err := NewHosts(nil, "http", 7070)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !h.Host(s) {
			return
		}
		switch low := strings.ToLower(s); {
		case low == "127.0.0.1:7070", low == "localhost:7070":
		case strings.HasPrefix(low, "[") && strings.HasSuffix(low, "]:7070"): // a spelling of ::1
		default:
			t.Fatalf("%q is allowed", s)
		}
	})
}

func FuzzSession(f *testing.F) {
	k, err := New("token")
	if err != nil {
		f.Fatal(err)
	}
	now := time.Unix(1_800_000_000, 0)
	real := k.Sign(Session{ID: "s", Expires: now.Add(time.Hour)})
	f.Add(real)
	f.Add(".")
	f.Add("e30.e30")
	f.Fuzz(func(t *testing.T, cookie string) {
		if _, err := k.Session(cookie, now); err == nil && cookie != real {
			t.Fatalf("accepted %q", cookie)
		}
	})
}
