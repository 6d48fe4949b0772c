package wire

import (
	"bytes"
	"testing"
)

func TestParseFrame_RefusesWhatIsNone(t *testing.T) {
	for name, b := range map[string][]byte{
		"nothing":                 {},
		"type 0":                  {0, 1, 0},
		"a later type":            {9, 1, 0},
		"no stream":               {1},
		"a stream without an end": {1, 0x80},
		"a number of 11 bytes":    {1, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1, 0, 'x'},
		"a number with a zero":    {1, 0x81, 0x00, 0, 'x'},
		"a huge stream":           {2, 0xff, 0xff, 0xff, 0xff, 0x1f, 0},
		"an offset beyond 2^62":   {2, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
		"data without bytes":      {1, 1, 0},
		"data up to beyond 2^62":  {1, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x3f, 'x'},
		"credit with bytes":       {2, 1, 0, 'x'},
		"too long":                AppendFrame(nil, Frame{FrameData, 1, 0, make([]byte, MaxFrame)}),
	} {
		if f, err := ParseFrame(b); err == nil {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

func TestFrame_LargestFits(t *testing.T) {
	f := Frame{FrameData, maxStream, maxOffset - MaxFramePayload, make([]byte, MaxFramePayload)}
	got, err := ParseFrame(AppendFrame(nil, f))
	if err != nil || got.Offset != f.Offset || len(got.Payload) != MaxFramePayload {
		t.Fatalf("%v, %d bytes at %d", err, len(got.Payload), got.Offset)
	}
}

func FuzzParseFrame(f *testing.F) {
	f.Add(AppendFrame(nil, Frame{FrameData, 1, 300, []byte("bytes")}))
	f.Add(AppendFrame(nil, Frame{FrameCredit, 1 << 20, 1 << 40, nil}))
	f.Add(AppendFrame(nil, Frame{FrameClose, 7, 0, []byte(`{"fault":{}}`)}))
	f.Add([]byte{1, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		frame, err := ParseFrame(b)
		if err != nil {
			return
		}
		if again := AppendFrame(nil, frame); !bytes.Equal(again, b) {
			t.Fatalf("%x is also %x", b, again)
		}
	})
}
