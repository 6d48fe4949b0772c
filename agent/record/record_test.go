package record

import (
	"bytes"
	"slices"
	"testing"
)

func scan(t *testing.T, p []byte) (payloads []string, good int64) {
	t.Helper()
	good, err := Scan(bytes.NewReader(p), func(at int64, payload []byte) error {
		back, err := ReadAt(bytes.NewReader(p), at, len(payload))
		if err != nil || !bytes.Equal(back, payload) {
			t.Fatalf("record at %d reads back as %q: %v", at, back, err)
		}
		payloads = append(payloads, string(payload))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return payloads, good
}

func TestScan_StopsAtATornRecord(t *testing.T) {
	whole := Append(Append(nil, []byte("one")), []byte("tw"), []byte("o"))
	first := int64(Header + 3)
	for cut := range len(whole) + 1 {
		got, good := scan(t, whole[:cut])
		var want []string
		var wantGood int64
		if cut >= int(first) {
			want, wantGood = append(want, "one"), first
		}
		if cut == len(whole) {
			want, wantGood = append(want, "two"), int64(cut)
		}
		if !slices.Equal(got, want) || good != wantGood {
			t.Fatalf("cut at %d: %q, %d good bytes", cut, got, good)
		}
	}
}

func TestScan_StopsAtADamagedRecord(t *testing.T) {
	whole := Append(Append(nil, []byte("one")), []byte("two"))
	for i := range whole {
		damaged := bytes.Clone(whole)
		damaged[i] ^= 0x40
		got, _ := scan(t, damaged)
		if len(got) > 1 || len(got) == 1 && got[0] != "one" {
			t.Fatalf("byte %d flipped: %q", i, got)
		}
	}
}

func FuzzScan(f *testing.F) {
	f.Add(Append(Append(nil, []byte("one")), []byte("two")))
	f.Fuzz(func(t *testing.T, p []byte) {
		if _, good := scan(t, p); good > int64(len(p)) {
			t.Fatalf("%d good bytes of %d", good, len(p))
		}
	})
}
