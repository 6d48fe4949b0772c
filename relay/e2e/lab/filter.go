package lab

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
)

// Filter passes a relay's connections on to the broker, and can keep back what
// the broker says on some subjects: a relay that is behind in one thing and well
// in all others.
type Filter struct {
	listener net.Listener
	target   string
	held     atomic.Pointer[string] // prefix of the subjects that are kept back

	mu    sync.Mutex // guards conns
	conns map[net.Conn]struct{}
	wait  sync.WaitGroup
}

// NewFilter listens on loopback before the broker at target.
func NewFilter(target string) (*Filter, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	f := &Filter{listener: l, target: target, conns: map[net.Conn]struct{}{}}
	f.wait.Go(f.accept)
	return f, nil
}

// Addr is where it listens.
func (f *Filter) Addr() string { return f.listener.Addr().String() }

// Hold keeps back from now on what comes on subjects with the prefix; "" ends
// that, and the connections, so that what was kept back is read anew.
func (f *Filter) Hold(prefix string) {
	if prefix == "" {
		f.held.Store(nil)
		f.drop()
		return
	}
	f.held.Store(&prefix)
}

// Close ends it.
func (f *Filter) Close() {
	f.listener.Close()
	f.drop()
	f.wait.Wait()
}

func (f *Filter) drop() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for c := range f.conns {
		c.Close()
	}
}

func (f *Filter) accept() {
	for {
		in, err := f.listener.Accept()
		if err != nil {
			return
		}
		f.wait.Go(func() { f.pass(in) })
	}
}

func (f *Filter) pass(in net.Conn) {
	defer in.Close()
	out, err := net.Dial("tcp", f.target)
	if err != nil {
		return
	}
	defer out.Close()
	f.mu.Lock()
	f.conns[in], f.conns[out] = struct{}{}, struct{}{}
	f.mu.Unlock()
	defer func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		delete(f.conns, in)
		delete(f.conns, out)
	}()
	var up sync.WaitGroup
	up.Go(func() {
		_, _ = io.Copy(out, in)
		out.Close()
	})
	_ = f.down(bufio.NewWriter(in), bufio.NewReaderSize(out, 64<<10))
	in.Close()
	out.Close()
	up.Wait()
}

// down reads the broker's protocol: a line, and behind MSG and HMSG so many
// bytes as the line's last word says. A stored message that was asked for has its
// subject in a header.
func (f *Filter) down(to *bufio.Writer, from *bufio.Reader) error {
	for {
		line, err := from.ReadSlice('\n')
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
		message := bytes.Clone(line)
		if words := strings.Fields(string(line)); len(words) > 3 && (words[0] == "MSG" || words[0] == "HMSG") {
			size, err := strconv.Atoi(words[len(words)-1])
			if err != nil {
				return fmt.Errorf("reading %q: %w", line, err)
			}
			at := len(message)
			message = append(message, make([]byte, size+2)...)
			if _, err := io.ReadFull(from, message[at:]); err != nil {
				return err
			}
			prefix := f.held.Load()
			if prefix != nil && (strings.HasPrefix(words[1], *prefix) || bytes.Contains(message[at:], []byte("Nats-Subject: "+*prefix))) {
				continue
			}
		}
		if _, err := to.Write(message); err != nil {
			return err
		}
		if from.Buffered() == 0 {
			if err := to.Flush(); err != nil {
				return err
			}
		}
	}
}
