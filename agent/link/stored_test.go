package link

import (
	"strings"
	"testing"

	"github.com/nats-io/nats.go"
)

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
