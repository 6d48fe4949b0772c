package adb_test

import (
	"bytes"
	"image/png"
	"net"
	"testing"

	"github.com/farbench/farbench/agent/adb"
	"github.com/farbench/farbench/agent/adb/adbtest"
	"github.com/farbench/farbench/agent/adbsim"
	"github.com/farbench/farbench/agent/wire"
)

func TestBench_Screencap_aPictureOfEachDisplay(t *testing.T) {
	onEveryServer(t, func(t *testing.T, b *bench) {
		displays, err := b.Displays(t.Context(), b.transport(t))
		if err != nil || len(displays) == 0 || displays[0].Logical != 0 {
			t.Fatalf("%+v, %v", displays, err)
		}
		if b.device != nil && (len(displays) != 2 || displays[1].Logical != 2 || displays[0].Width != 1920 || displays[0].Height != 1080) {
			t.Fatalf("%+v", displays)
		}
		of := displays[0]
		of.Physical = 0 // the device's choice
		for _, d := range append(displays, of) {
			if d.Virtual || d.Physical == 0 && d.Logical != 0 {
				continue // no panel's picture can be taken of it
			}
			picture, err := b.Screencap(t.Context(), b.transport(t), d.Physical)
			if err != nil {
				t.Fatalf("%+v: %v", d, err)
			}
			img, err := png.Decode(bytes.NewReader(picture))
			if err != nil {
				t.Fatalf("%+v: %v", d, err)
			}
			// One that stands upright may be drawn lying, until somebody turns it.
			if w, h := img.Bounds().Dx(), img.Bounds().Dy(); d.Width == 0 || min(w, h) != min(d.Width, d.Height) || max(w, h) != max(d.Width, d.Height) {
				t.Errorf("%+v: a picture of %d by %d", d, w, h)
			}
		}
		if _, err := b.Screencap(t.Context(), b.transport(t), 7); code(err) != wire.ActFailed {
			t.Errorf("a display that is not there: %v", err)
		}
	})
}

// Before Android 7 stdout and stderr are one: the warning stands before the
// picture.
func TestScreencap_withoutShellV2(t *testing.T) {
	b := onSimulated(t, adbsim.Config{}, "cmd")
	picture, err := b.Screencap(t.Context(), b.transport(t), 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := png.Decode(bytes.NewReader(picture)); err != nil {
		t.Error(err)
	}
}

func TestScreencap_whatIsNoPicture(t *testing.T) {
	const head, tail = "\x89PNG\r\n\x1a\n", "IEND\xaeB`\x82"
	for answer, want := range map[string]wire.Code{
		adbtest.Packet(1, head+tail) + adbtest.Packet(3, "\x00"):                         "",
		adbtest.Packet(1, "[Warning] …\n"+head+tail) + adbtest.Packet(3, "\x00"):         "",
		adbtest.Packet(1, head+"half of it") + adbtest.Packet(3, "\x00"):                 wire.StreamLost,
		adbtest.Packet(1, head+tail) + adbtest.Packet(3, "\x01"):                         wire.ActFailed,
		adbtest.Packet(1, head+tail):                                                     wire.StreamLost,
		adbtest.Packet(2, "Capturing failed.\n") + adbtest.Packet(3, "\x01"):             wire.ActFailed,
		adbtest.Packet(1, "sh: screencap: not found\r\n") + adbtest.Packet(3, "\x00"):    wire.ActFailed,
		adbtest.Packet(1, string(make([]byte, 8<<10))+head) + adbtest.Packet(3, "\x00"):  wire.ActFailed,
		adbtest.Packet(1, head+"x"+tail+"\r\nmore than one") + adbtest.Packet(3, "\x00"): wire.StreamLost,
	} {
		server := adbtest.Start(t)
		server.Set(adbtest.Line("X", "device", "", 1))
		server.Handle("shell,v2,raw:screencap", func(conn net.Conn, _ string) { in(conn, "OKAY"+answer) })
		picture, err := adb.New(server.Addr()).Screencap(t.Context(), 1, 0)
		if code(err) != want || err == nil && !bytes.HasPrefix(picture, []byte(head)) {
			t.Errorf("%.60q gives %v and %.20q", answer, err, picture)
		}
	}
}
