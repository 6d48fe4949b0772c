package reader

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
)

func lines(first, count int64) *Block {
	columns := &wire.Block{Run: "r"}
	for n := first; n < first+count; n++ {
		columns.Add(wire.Line{N: n, UnixMS: n, Stream: wire.Out, Level: wire.Plain, Bytes: []byte("x")})
	}
	b, _ := blockOf(columns)
	return b
}

func TestPosition_Offer(t *testing.T) {
	gap := func(first, last int64) *Block { return gapBlock("r", first, last, "spool full") }
	for name, test := range map[string]struct {
		at          position
		b           *Block
		v           verdict
		after       position
		first, last int64
	}{
		"the next":                           {position{5, false}, lines(5, 3), take, position{8, false}, 5, 7},
		"one that it has":                    {position{5, false}, lines(1, 4), have, position{5, false}, 0, 0},
		"one ahead":                          {position{5, false}, lines(6, 1), ahead, position{5, false}, 0, 0},
		"one that began earlier":             {position{5, false}, lines(3, 4), take, position{7, false}, 5, 6},
		"a gap":                              {position{5, false}, gap(5, 9), take, position{10, false}, 5, 9},
		"a gap that began earlier":           {position{5, false}, gap(2, 9), take, position{10, false}, 5, 9},
		"a gap ahead":                        {position{5, false}, gap(6, 9), ahead, position{5, false}, 0, 0},
		"a gap that it has":                  {position{5, false}, gap(1, 4), have, position{5, false}, 0, 0},
		"a gap of unknown length":            {position{5, false}, gap(5, -1), take, position{5, true}, 5, -1},
		"the same again":                     {position{5, true}, gap(5, -1), have, position{5, true}, 0, 0},
		"an old one":                         {position{5, false}, gap(4, -1), have, position{5, false}, 0, 0},
		"one of unknown length ahead":        {position{5, false}, gap(6, -1), ahead, position{5, false}, 0, 0},
		"anything later behind it":           {position{5, true}, lines(50, 2), take, position{52, false}, 50, 51},
		"a later one of its kind behind it":  {position{5, true}, gap(50, -1), take, position{50, true}, 50, -1},
		"the very next behind it":            {position{5, true}, lines(5, 2), take, position{7, false}, 5, 6},
		"an old one behind it":               {position{5, true}, lines(1, 4), have, position{5, true}, 0, 0},
		"one over the beginning, behind it":  {position{5, true}, lines(1, 9), take, position{10, false}, 5, 9},
		"a counted gap, ahead, is no hurry":  {position{1, false}, gap(3, 4), ahead, position{1, false}, 0, 0},
		"the first of all":                   {position{1, false}, lines(1, 1), take, position{2, false}, 1, 1},
		"a counted gap behind an open one":   {position{5, true}, gap(7, 8), take, position{9, false}, 7, 8},
		"a block whose text cannot be split": {position{5, false}, &Block{Run: "r", First: 3, Last: 9, Data: []byte("{}")}, have, position{5, false}, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			at := test.at
			v, b := at.offer(test.b)
			if v != test.v || at != test.after || (b != nil) != (v == take) {
				t.Fatalf("verdict %d, position %+v, block %v", v, at, b)
			}
			if b != nil && (b.First != test.first || b.Last != test.last) {
				t.Errorf("the block is %d to %d", b.First, b.Last)
			}
		})
	}
}

func TestOffset_BeginsBehindItsBlock(t *testing.T) {
	going := api.Run{ID: "r", State: wire.Running}
	for _, b := range []*Block{lines(1, 7), gapBlock("r", 8, 99, "x"), gapBlock("r", 8, -1, "x")} {
		want := position{next: 1}
		want.next = b.First
		want.offer(b)
		if got := begin(From{Offset: b.Offset}, going); got != want {
			t.Errorf("%d to %d: %+v, expected %+v", b.First, b.Last, got, want)
		}
	}
	b := lines(1, 7)
	for name, test := range map[string]struct {
		offset string
		run    api.Run
		next   int64
	}{
		"of another run":                  {b.Offset, api.Run{ID: "q"}, 1},
		"from the future of an ended one": {b.Offset, api.Run{ID: "r", State: wire.Ended, Lines: 6}, 1},
		"of a run that goes on":           {b.Offset, api.Run{ID: "r", State: wire.Running, Lines: 0}, 8},
		"garbage":                         {"☃", going, 1},
	} {
		if got := begin(From{Offset: test.offset}, test.run); got.next != test.next {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(lines(3, 2).Data)
	f.Add(gapBlock("r", 3, -1, "x").Data)
	f.Add(gapBlock("r", 3, 9, "x").Data)
	f.Add([]byte(`{"run":"r","first":1,"count":1,"text":["a\"b\\"],"t":[[1,1]],"s":"o","l":"p"}`))
	f.Add([]byte(`{"run":"r","first":1,"count":1,"text":["a"]},{"t":"pub"}`))
	f.Add([]byte("{\"run\":\"r\",\"first\":1,\"count\":1,\"text\":[\"a\"]\n}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := parse("r", data)
		if err != nil {
			return
		}
		if b.First < 1 || b.Last >= 0 && b.Last < b.First || bytes.IndexByte(b.Data, '\n') >= 0 {
			t.Errorf("%d to %d of %q", b.First, b.Last, b.Data)
		}
		// Inside a frame it is either its own value, or the frame is no JSON.
		frame := append(append([]byte(`{"t":"pub","d":`), b.Data...), `,"last":1}`...)
		var members map[string]json.RawMessage
		if json.Unmarshal(frame, &members) == nil && (len(members) != 3 || string(members["d"]) != string(b.Data)) {
			t.Errorf("the frame became %s", frame)
		}
	})
}
