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

func TestScreencap_aPictureOfEachDisplay(t *testing.T) {
	onBothServers(t, func(t *testing.T, b *bench) {
		displays, err := b.Displays(t.Context(), b.transport(t))
		if err != nil || len(displays) != 2 || displays[0].Logical != 0 || displays[1].Logical != 2 {
			t.Fatalf("%+v, %v", displays, err)
		}
		for _, d := range append(displays, adb.Display{Width: 1920, Height: 1080}) {
			picture, err := b.Screencap(t.Context(), b.transport(t), d.Physical)
			if err != nil {
				t.Fatalf("%+v: %v", d, err)
			}
			img, err := png.Decode(bytes.NewReader(picture))
			if err != nil || img.Bounds().Dx() != d.Width || img.Bounds().Dy() != d.Height || d.Width == 0 {
				t.Errorf("%+v: a picture of %v, %v", d, img, err)
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
