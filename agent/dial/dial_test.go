package dial

import (
	"strings"
	"testing"
	"time"
)

func TestServer_Check(t *testing.T) {
	for url, want := range map[string]string{
		"":                                       "FARBENCH_NATS_URL is missing",
		"nats://127.0.0.1:4222":                  "",
		"127.0.0.1:4222":                         "",
		"broker.example:4222":                    "needs TLS",
		"ws://[::1]:80, nats://localhost:1":      "",
		"tls://broker.example:4222":              "",
		"wss://broker.example":                   "",
		"nats://broker.example:4222":             "needs TLS",
		"tls://a.example:1,ws://b.example:2":     "needs TLS",
		"http://127.0.0.1:1":                     "is not nats://",
		"nats://u:secret@broker.example:4222":    "needs TLS",
		"nats://u:secret@[::1:4222":              "(unreadable) is not nats://",
		"nats://127.0.0.1:1,,nats://127.0.0.1:2": "is not nats://",
	} {
		err := Server{URL: url}.Check()
		switch {
		case want == "" && err != nil:
			t.Errorf("%s: %v", url, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%s: %v, want %q", url, err, want)
		case err != nil && strings.Contains(err.Error(), "secret"):
			t.Errorf("%s: the error shows the password: %v", url, err)
		}
	}
}

func TestServer_CheckNamesEverySetting(t *testing.T) {
	err := Server{Creds: "/nowhere/creds", CA: "/nowhere/ca.pem", User: "hub"}.Check()
	for _, want := range []string{"FARBENCH_NATS_URL", "FARBENCH_NATS_CREDS: ", "FARBENCH_NATS_CA: ", "FARBENCH_NATS_PASSWORD", "choose one"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not name %s", err, want)
		}
	}
}

func TestServer_StringHidesPasswords(t *testing.T) {
	s := Server{URL: "nats://u:secret@127.0.0.1:1, nats://127.0.0.1:2"}
	if got := s.String(); got != "nats://u:xxxxx@127.0.0.1:1,nats://127.0.0.1:2" {
		t.Fatal(got)
	}
}

func TestFullJitter_IsBounded(t *testing.T) {
	for _, round := range []int{-1, 0, 1, 6, 7, 1 << 30} {
		if d := fullJitter(round); d < 10*time.Millisecond || d > 4100*time.Millisecond {
			t.Errorf("round %d: %v", round, d)
		}
	}
}
