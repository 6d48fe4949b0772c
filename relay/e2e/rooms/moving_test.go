package rooms

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/e2e/lab"
)

// Twelve sockets go to and fro between two relays in the middle of what is
// said at both, sometimes in the middle of a replay: each gets all of it, in one
// order, each once.
func TestRooms_SocketsMoveAtWill(t *testing.T) {
	const movers, speakers, each = 12, 4, 100
	broker, err := lab.StartBroker(built, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(broker.Kill)
	var bases []string
	for range 2 {
		r, err := lab.StartRelay(built, broker.Addr)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(r.Kill)
		if err := loaded(r.Base); err != nil {
			t.Fatal(err)
		}
		bases = append(bases, r.Base)
	}
	var ready, all sync.WaitGroup
	heard := make([][]string, movers)
	moves := make([]int, movers)
	ready.Add(movers)
	for i := range movers {
		all.Go(func() {
			var err error
			isReady := sync.OnceFunc(ready.Done)
			defer isReady()
			if heard[i], moves[i], err = move(bases, rand.New(rand.NewPCG(1, uint64(i))), speakers*each, isReady); err != nil {
				t.Errorf("socket %d: %v after %d events", i, err, len(heard[i]))
			}
		})
	}
	ready.Wait()
	for i := range speakers {
		all.Go(func() {
			if err := speak(bases[i%2], i, each); err != nil {
				t.Errorf("speaker %d: %v", i, err)
			}
		})
	}
	all.Wait()
	if t.Failed() {
		return
	}
	total := 0
	for i, list := range heard {
		total += moves[i]
		if !slices.Equal(list, heard[0]) {
			t.Fatalf("socket %d heard something else than socket 0:\n%v\n%v", i, list, heard[0])
		}
	}
	unique := slices.Compact(slices.Sorted(slices.Values(heard[0])))
	if len(heard[0]) != speakers*each || len(unique) != speakers*each {
		t.Fatalf("%d events, %d different, of %d", len(heard[0]), len(unique), speakers*each)
	}
	t.Logf("%d sockets, %d moves: %d events each, 0 lost, 0 doubled, one order", movers, total, len(unique))
}

// move hears n events of room lab, and goes to a relay at random after a few.
func move(bases []string, dice *rand.Rand, n int, ready func()) (heard []string, moves int, err error) {
	offset := ""
	for {
		c, err := connect(bases[dice.IntN(len(bases))], "")
		if err != nil {
			return heard, moves, err
		}
		sub, _ := json.Marshal(api.Frame{T: "sub", Room: "lab", O: offset})
		if err := c.send(string(sub)); err != nil {
			return heard, moves, err
		}
		for stay := 1 + dice.IntN(30); stay > 0 && len(heard) < n; {
			c.wait()
			text, err := c.read()
			if err != nil {
				return heard, moves, err
			}
			var f api.Frame
			if err := json.Unmarshal([]byte(text), &f); err != nil {
				return heard, moves, err
			}
			switch {
			case f.T == "res" && offset == "":
				var d api.LabSnapshot
				if err := json.Unmarshal(f.D, &d); err != nil || d.O == "" {
					return heard, moves, fmt.Errorf("a snapshot without its place: %s", text)
				}
				offset = d.O
				ready()
			case f.T == "gap", f.T == "bye":
				return heard, moves, fmt.Errorf("%s", text)
			case f.T == "pub" && f.Ev == "counted":
				heard = append(heard, string(f.D))
				offset = f.O
				stay--
			}
		}
		c.close()
		if len(heard) == n {
			return heard, moves, nil
		}
		moves++
	}
}

// speak says n events, a few at a time.
func speak(base string, who, n int) error {
	c, err := connect(base, "")
	if err != nil {
		return err
	}
	defer c.close()
	for said, answered := 0, 0; answered < n; answered++ {
		for ; said < min(n, answered+8); said++ {
			if err := c.send(fmt.Sprintf(`{"t":"evt","i":%d,"room":"lab","ev":"counted","d":"%d/%d"}`, said, who, said)); err != nil {
				return err
			}
		}
		if _, err := c.hear(`{"t":"res","error":null,"d":{"o":"*"}}`); err != nil {
			return err
		}
	}
	return nil
}
