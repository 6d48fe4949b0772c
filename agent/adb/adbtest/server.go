// Package adbtest is an adb server for tests of what a real one hardly ever
// does: answers cut at every byte, lengths that lie, devices with equal
// serials, a server that goes away and comes back at the same address. What a
// working bench does is tested on the simulation and on the real adb.
package adbtest

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// Handler answers a request on its connection, which is closed when it
// returns. Behind a transport request it is called with the next one.
type Handler func(conn net.Conn, request string)

// Server is an adb host server under a test's control.
type Server struct {
	tb   testing.TB
	addr string

	mu       sync.Mutex // guards what follows
	listener net.Listener
	conns    map[net.Conn]bool
	list     []string
	changed  chan struct{} // closed when list changes
	handlers map[string]Handler
	serving  sync.WaitGroup
}

// Start runs a server on a port of its own until the test ends.
func Start(tb testing.TB) *Server {
	s := &Server{tb: tb, addr: "127.0.0.1:0", conns: map[net.Conn]bool{}, changed: make(chan struct{}), handlers: map[string]Handler{}}
	s.Resume()
	tb.Cleanup(s.Stop)
	return s
}

// Addr is the server's address.
func (s *Server) Addr() string { return s.addr }

// Resume listens again, at the same address, after Stop.
func (s *Server) Resume() {
	listener, err := net.Listen("tcp", s.addr)
	if err != nil {
		s.tb.Fatal(err)
	}
	s.mu.Lock()
	s.addr, s.listener = listener.Addr().String(), listener
	s.mu.Unlock()
	s.serving.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			s.mu.Lock()
			s.conns[conn] = true
			s.mu.Unlock()
			s.serving.Go(func() { s.serve(conn) })
		}
	})
}

// Stop kills the server: nobody listens, every connection is closed.
func (s *Server) Stop() {
	s.mu.Lock()
	s.listener.Close()
	for conn := range s.conns {
		conn.Close()
	}
	close(s.changed)
	s.changed = make(chan struct{})
	s.mu.Unlock()
	s.serving.Wait()
}

// Set makes the list of devices, one line each as in the long list, and tells
// the trackers.
func (s *Server) Set(lines ...string) {
	s.mu.Lock()
	s.list = slices.Clone(lines)
	close(s.changed)
	s.changed = make(chan struct{})
	s.mu.Unlock()
}

// SetQuietly is Set without a word to the trackers.
func (s *Server) SetQuietly(lines ...string) {
	s.mu.Lock()
	s.list = slices.Clone(lines)
	s.mu.Unlock()
}

// Handle answers requests that begin with prefix; the longest prefix holds.
func (s *Server) Handle(prefix string, h Handler) {
	s.mu.Lock()
	s.handlers[prefix] = h
	s.mu.Unlock()
}

// Line is a device's line in the long list.
func Line(serial, state, devpath string, transport int) string {
	if devpath != "" {
		devpath = " " + devpath
	}
	return fmt.Sprintf("%-22s %s%s product:fb model:Farbench_HU device:fb transport_id:%d", serial, state, devpath, transport)
}

func (s *Server) serve(conn net.Conn) {
	defer func() {
		conn.Close()
		s.mu.Lock()
		delete(s.conns, conn)
		s.mu.Unlock()
	}()
	for {
		request, err := Request(conn)
		if err != nil {
			return
		}
		if h := s.handler(request); h != nil {
			h(conn, request)
			return
		}
		s.mu.Lock()
		list, changed := strings.Join(append(slices.Clone(s.list), ""), "\n"), s.changed
		s.mu.Unlock()
		switch {
		case request == "host:version":
			io.WriteString(conn, "OKAY"+Block("0029"))
			return
		case request == "host:devices-l":
			io.WriteString(conn, "OKAY"+Block(list))
			return
		case request == "host:track-devices":
			io.WriteString(conn, "OKAY"+Block(""))
			s.track(conn, changed)
			return
		case strings.HasPrefix(request, "host:transport-id:"):
			if !strings.Contains(list, " transport_id:"+strings.TrimPrefix(request, "host:transport-id:")+"\n") {
				io.WriteString(conn, "FAIL"+Block("no device with transport id '"+strings.TrimPrefix(request, "host:transport-id:")+"'"))
				return
			}
			io.WriteString(conn, "OKAY")
		case strings.HasPrefix(request, "shell,v2,raw:getprop"):
			io.WriteString(conn, "OKAY"+Packet(1, "[ro.build.version.release]: [14]\n[ro.product.model]: [Farbench HU]\n")+Packet(3, "\x00"))
			return
		default:
			io.WriteString(conn, "FAIL"+Block("unknown host service"))
			return
		}
	}
}

func (s *Server) track(conn net.Conn, changed chan struct{}) {
	for {
		<-changed
		s.mu.Lock()
		changed = s.changed
		s.mu.Unlock()
		if _, err := io.WriteString(conn, Block("x\tdevice\n")); err != nil {
			return
		}
	}
}

func (s *Server) handler(request string) (h Handler) {
	s.mu.Lock()
	defer s.mu.Unlock()
	longest := -1
	for prefix, candidate := range s.handlers {
		if strings.HasPrefix(request, prefix) && len(prefix) > longest {
			h, longest = candidate, len(prefix)
		}
	}
	return h
}

// Request reads a request.
func Request(r io.Reader) (string, error) {
	var digits [4]byte
	if _, err := io.ReadFull(r, digits[:]); err != nil {
		return "", err
	}
	n, err := strconv.ParseUint(string(digits[:]), 16, 16)
	if err != nil {
		return "", err
	}
	text := make([]byte, n)
	_, err = io.ReadFull(r, text)
	return string(text), err
}

// Block is a text behind its length, as the server sends it.
func Block(text string) string { return fmt.Sprintf("%04x%s", len(text), text) }

// Packet is a shell v2 packet.
func Packet(id byte, data string) string {
	return string(binary.LittleEndian.AppendUint32([]byte{id}, uint32(len(data)))) + data
}
