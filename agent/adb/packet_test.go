package adb

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/farbench/farbench/agent/adb/adbtest"
	"github.com/farbench/farbench/agent/wire"
)

// joined feeds the pieces and joins what comes out, by packet id.
func joined(pieces ...[]byte) (out map[Packet]string, err error) {
	var p packets
	out = map[Packet]string{}
	for _, piece := range pieces {
		if err = p.feed(piece, func(id Packet, data []byte) { out[id] += string(data) }); err != nil {
			return out, err
		}
	}
	return out, nil
}

func TestPackets_feed_cutAtEveryByte(t *testing.T) {
	stream := []byte(adbtest.Packet(1, "hello\n") + adbtest.Packet(2, "oh\n") + adbtest.Packet(1, "") +
		adbtest.Packet(77, "unknown") + adbtest.Packet(0, "ours?") + adbtest.Packet(1, "world\n") + adbtest.Packet(3, "\x07"))
	want := map[Packet]string{Stdout: "hello\nworld\n", Stderr: "oh\n", Exit: "\x07"}
	for i := range stream {
		for j := i; j < len(stream); j++ {
			got, err := joined(stream[:i], stream[i:j], stream[j:])
			if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
				t.Fatalf("cut at %d and %d: %q, %v", i, j, got, err)
			}
		}
	}
}

func TestPackets_feed_exit(t *testing.T) {
	for name, c := range map[string]struct{ stream, want string }{
		"one byte":       {adbtest.Packet(3, "\x89"), "\x89"},
		"several bytes":  {adbtest.Packet(3, "\x01\x02\x03"), "\x01"},
		"several pieces": {adbtest.Packet(3, "\x01") + adbtest.Packet(3, "\x02"), "\x01"},
		"no byte":        {adbtest.Packet(3, ""), ""},
	} {
		for cut := range len(c.stream) + 1 {
			got, err := joined([]byte(c.stream[:cut]), []byte(c.stream[cut:]))
			if err != nil || got[Exit] != c.want {
				t.Errorf("%s, cut at %d: %q, %v", name, cut, got[Exit], err)
			}
		}
	}
}

func TestPackets_feed_refusesLengthsThatLie(t *testing.T) {
	_, err := joined([]byte{1, 0xff, 0xff, 0xff, 0xff, 'x'})
	var e *Error
	if !errors.As(err, &e) || e.Code != wire.StreamLost {
		t.Errorf("a packet of 4 GiB gives %v", err)
	}
	if _, err := joined([]byte(adbtest.Packet(1, strings.Repeat("x", maxPacket)))); err != nil {
		t.Errorf("the longest packet gives %v", err)
	}
}

func TestPackets_feed_allocatesNothing(t *testing.T) {
	stream := bytes.Repeat([]byte(adbtest.Packet(1, strings.Repeat("x", 130))), 400)
	var p packets
	n := 0
	emit := func(_ Packet, data []byte) { n += len(data) }
	if allocs := testing.AllocsPerRun(10, func() { p.feed(stream, emit) }); allocs != 0 {
		t.Errorf("%v allocations", allocs)
	}
}

func FuzzPackets(f *testing.F) {
	f.Add([]byte(adbtest.Packet(1, "hello")+adbtest.Packet(3, "\x00")), 3)
	f.Add([]byte{1, 0xff, 0xff, 0xff, 0xff}, 0)
	f.Fuzz(func(t *testing.T, stream []byte, cut int) {
		whole, wholeErr := joined(stream)
		cut = min(max(cut, 0), len(stream))
		parts, partsErr := joined(stream[:cut], stream[cut:])
		if fmt.Sprint(whole) != fmt.Sprint(parts) || (wholeErr == nil) != (partsErr == nil) {
			t.Errorf("whole %q, %v; cut at %d %q, %v", whole, wholeErr, cut, parts, partsErr)
		}
		if len(whole[Exit]) > 1 {
			t.Errorf("exit %q", whole[Exit])
		}
	})
}
