package link

import (
	"strings"
	"testing"

	"github.com/nats-io/nats.go"
)

func TestServer_Check(t *testing.T) {
	for url, want := range map[string]string{
		"":                                       "no NATS URL",
		"nats://127.0.0.1:4222":                  "",
		"127.0.0.1:4222":                         "",
		"ws://[::1]:80, nats://localhost:1":      "",
		"tls://broker.example:4222":              "",
		"wss://broker.example":                   "",
		"nats://broker.example:4222":             "needs TLS",
		"tls://a.example:1,ws://b.example:2":     "needs TLS",
		"http://127.0.0.1:1":                     "scheme",
		"nats://u:secret@broker.example:4222":    "needs TLS",
		"nats://127.0.0.1:1,,nats://127.0.0.1:2": "no NATS URL",
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

func TestAcknowledgement(t *testing.T) {
	for data, want := range map[string]struct {
		seq uint64
		err string
	}{
		`{"stream":"RUNS","seq":17}`: {17, ""},
		``:                           {0, "no stream"},
		`{"stream":"RUNS","seq":0,"error":{"code":429,"description":"too many"}}`:           {0, "429"},
		`{"error":{"code":503,"err_code":10077,"description":"maximum messages exceeded"}}`: {0, "503"},
		`{}`:   {0, "without a sequence"},
		`nope`: {0, "reading"},
	} {
		seq, err := acknowledgement(&nats.Msg{Data: []byte(data)})
		if seq != want.seq || (err == nil) != (want.err == "") || err != nil && !strings.Contains(err.Error(), want.err) {
			t.Errorf("%s: %d, %v", data, seq, err)
		}
	}
}

func FuzzAcknowledgement(f *testing.F) {
	f.Add([]byte(`{"stream":"RUNS","seq":17}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if seq, err := acknowledgement(&nats.Msg{Data: data}); (seq == 0) != (err != nil) {
			t.Fatal(seq, err)
		}
	})
}
