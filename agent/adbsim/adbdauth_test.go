package adbsim

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/farbench/farbench/agent/adbkey"
)

func TestADBD_realServerHasToBeAuthorized(t *testing.T) {
	b := New(Config{})
	addrs, err := b.ListenADBD("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	runBench(t, b)
	a := startADBServer(t)
	d, serial := b.Device("SIM0003"), addrs[2].String()
	is := func(state string) func() bool {
		return func() bool { return strings.Contains(a.run("", "devices").out, serial+"\t"+state+"\n") }
	}
	a.run("", "connect", serial)
	eventually(t, "an unauthorized device", is("unauthorized"))
	if r := a.run("", "-s", serial, "shell", "true"); r.exit == 0 || !strings.Contains(r.err, "device unauthorized") {
		t.Errorf("a shell on it: %+v", r)
	}
	eventually(t, "the server's key at the prompt", func() bool { return d.Offered() != nil })
	d.Authorize()
	eventually(t, "the device", is("device"))
	if r := a.run("", "-s", serial, "shell", "echo in"); r.out != "in\n" {
		t.Errorf("a shell on it: %+v", r)
	}

	// What was trusted once needs no prompt, and what is not trusted does.
	d.Secure(true)
	a.run("", "disconnect", serial)
	a.run("", "connect", serial)
	eventually(t, "the device without a prompt", is("device"))
	b.Device("SIM0001").Secure(true)
	a.run("", "connect", addrs[0].String())
	eventually(t, "another that asks", func() bool {
		return strings.Contains(a.run("", "devices").out, addrs[0].String()+"\tunauthorized\n")
	})
	if r := a.run("", "-s", serial, "shell", "echo in"); r.out != "in\n" {
		t.Errorf("a shell on the first: %+v", r)
	}
}

// A server with the agent's key in ADB_VENDOR_KEYS offers it.
func TestADBD_vendorKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "adbkey")
	key, err := adbkey.Ensure(path, "farbench-b1@pc")
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("ADB_VENDOR_KEYS", path)
	b := New(Config{})
	addrs, err := b.ListenADBD("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d := b.Device("SIM0001")
	d.Secure(true)
	d.trust.keys = append(d.trust.keys, &key.PublicKey)
	runBench(t, b)
	a := startADBServer(t)
	a.run("", "connect", addrs[0].String())
	eventually(t, "the device, by the agent's key", func() bool {
		return strings.Contains(a.run("", "devices").out, addrs[0].String()+"\tdevice\n")
	})
}

func TestADBD_opensNothingBeforeItLetsIn(t *testing.T) {
	b := New(Config{})
	addrs, err := b.ListenADBD("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	runBench(t, b)
	for name, packets := range map[string][]wirePacket{
		"no word":             {},
		"only CNXN":           {{command: cmdCNXN, arg0: protocolVersion, arg1: maxPayload, data: []byte("host::\x00")}},
		"a signature of rats": {{command: cmdCNXN, arg1: maxPayload}, {command: cmdAUTH, arg0: authSignature, data: make([]byte, 256)}},
		"a key of rats":       {{command: cmdCNXN, arg1: maxPayload}, {command: cmdAUTH, arg0: authPublicKey, data: []byte("QUJD rats\x00")}},
	} {
		t.Run(name, func(t *testing.T) {
			c := dial(t, addrs[2].String())
			for _, p := range append(packets, wirePacket{command: cmdOPEN, arg0: 1, data: []byte("shell:echo in\x00")}) {
				if _, err := c.Write(append(p.appendHead(nil), p.data...)); err != nil {
					return // hung up already
				}
			}
			for {
				p, err := readWirePacket(c, nil)
				if err != nil {
					return
				}
				if p.command != cmdAUTH {
					t.Fatalf("it answers %#x", p.command)
				}
			}
		})
	}
}
