package main

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"net"
	"regexp"
	"strings"
	"testing"
)

func TestSim_Ready(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	r, w := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		command := simCommand{Host: "127.0.0.1:0", ADBD: "127.0.0.1:0", Devices: 3}
		ended <- command.serve(ctx, w, slog.New(slog.DiscardHandler))
	}()
	line, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`^ready host=(127\.0\.0\.1:\d+) adbd=((?:127\.0\.0\.1:\d+,?){3})\n$`).FindStringSubmatch(line)
	if m == nil {
		t.Fatalf("got %q", line)
	}
	for _, addr := range append(strings.Split(m[2], ","), m[1]) {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			t.Errorf("%s is announced, but: %v", addr, err)
			continue
		}
		_ = conn.Close()
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestSim_PortInUse(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	command := simCommand{Host: l.Addr().String(), Devices: 1}
	if err := command.serve(t.Context(), io.Discard, slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), "listening as an adb host server") {
		t.Errorf("got %v", err)
	}
}
