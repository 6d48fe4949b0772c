package adbsim

import (
	"context"
	"io"
	"strings"
	"sync"

	"github.com/farbench/farbench/agent/adbsim/machine"
	"github.com/farbench/farbench/agent/adbsim/shell"
)

// shellMode is how a shell was asked for.
type shellMode struct {
	command string   // "" for an interactive one
	args    []string // a program to be run in place of a shell, unless nil
	packets bool     // shell protocol v2; otherwise plain bytes, both outputs together
	pty     bool
	// Without packets even a command that wants no terminal gets one, because
	// only a terminal's end is a hangup: one that carries bytes as they are.
	raw  bool
	term string
}

// shell gives the service that runs a shell on the device.
func (d *Device) shell(mode shellMode) opened {
	lost, _ := d.connected()
	return func(ctx context.Context, s io.ReadWriteCloser) {
		session := &session{device: d, lost: lost, mode: mode, stream: s}
		session.run(ctx)
	}
}

// session is one shell service: adbd's part between a process and a stream.
type session struct {
	device *Device
	lost   context.Context // ends when the device is lost: before its processes are killed
	mode   shellMode
	stream io.ReadWriteCloser
	leader *machine.Proc
	tty    *machine.TTY

	mu sync.Mutex // guards writing to the stream: a packet is never torn
}

// run starts the process, carries its bytes and answers with its exit code. A
// client that leaves is a hangup for the process's group.
func (s *session) run(ctx context.Context) {
	var files machine.Files
	var stdin, stdout, stderr *machine.Shared // our ends
	if s.mode.pty {
		modes := machine.Cooked
		if s.mode.raw {
			modes = machine.Raw
		}
		s.tty = machine.NewTTY(modes)
		files[0], files[1], files[2] = s.tty.Slave(), s.tty.Slave(), s.tty.Slave()
		stdout = s.tty.Output()
	} else {
		files[0], stdin = machine.NewPipe()
		stdout, files[1] = machine.NewPipe()
		if s.mode.packets {
			stderr, files[2] = machine.NewPipe()
		} else {
			files[2] = files[1].Dup()
		}
	}
	args := []string{"/system/bin/sh", "-c", s.mode.command}
	if s.mode.command == "" {
		args = []string{"/system/bin/sh"}
		if s.mode.pty && !s.mode.raw {
			args = append(args, "-i")
		}
	}
	name := args[0]
	if len(args) == 3 {
		name += " -c " + s.mode.command
	}
	program := func(p *machine.Proc) int {
		return shell.Main(p, append([]string{"/system/bin/sh"}, args[1:]...))
	}
	if s.mode.args != nil {
		name = strings.Join(s.mode.args, " ")
		program = func(p *machine.Proc) int { return p.Exec(s.mode.args...) }
	}
	leader, err := s.device.machine.Start(name[:min(len(name), 4096)], files, s.environment(), "/", program)
	if err != nil {
		_ = stdin.Close()
		_ = stdout.Close()
		_ = stderr.Close()
		return
	}
	s.leader = leader
	if s.tty != nil {
		s.tty.Attach(leader)
	}

	// pumping ends when both outputs have ended: when the last process that
	// holds them has closed them. hangup ends it early.
	pumping, hangup := context.WithCancel(ctx)
	defer hangup()
	var reading sync.WaitGroup
	reading.Go(func() {
		s.input(pumping, stdin)
		_ = stdin.Close()
		hangup()
	})
	var pumps sync.WaitGroup
	pumps.Go(func() { s.pump(pumping, packetStdout, stdout) })
	if stderr != nil {
		pumps.Go(func() { s.pump(pumping, packetStderr, stderr) })
	}
	pumps.Wait()
	if pumping.Err() == nil {
		select {
		case <-leader.Done():
			s.exit(pumping, leader.Status())
			s.linger(hangup, &reading)
			return
		case <-pumping.Done():
		}
	}
	if s.tty != nil {
		s.tty.Hangup()
	}
	s.device.machine.Kill(-leader.PID, machine.HUP)
	_ = s.stream.Close()
	reading.Wait()
}

// linger ends the stream so that its last bytes arrive.
func (s *session) linger(hangup func(), reading *sync.WaitGroup) {
	hangup() // input that no process will read is thrown away from now on
	halfClose(s.stream, reading.Wait)
}

func (s *session) environment() []string {
	env := []string{
		"ANDROID_DATA=/data", "ANDROID_ROOT=/system", "EXTERNAL_STORAGE=/sdcard", "HOME=/", "HOSTNAME=" + s.device.model.device,
		"LOGNAME=shell", "PATH=/system/bin:/vendor/bin", "SHELL=/system/bin/sh", "TMPDIR=/data/local/tmp", "USER=shell",
	}
	if s.mode.term != "" {
		env = append(env, "TERM="+s.mode.term)
	}
	return env
}

// chunk is the most data in one packet.
const chunk = 64 << 10

// pump carries one output of the process to the stream, as it comes. It closes
// its end: who still writes meets SIGPIPE.
func (s *session) pump(ctx context.Context, id byte, from *machine.Shared) {
	defer from.Close()
	buf := make([]byte, packetHead+chunk)
	if id == packetStdout && !s.murmur() {
		return
	}
	for {
		n, err := from.Read(ctx, buf[packetHead:])
		if err != nil {
			return
		}
		if s.device.thawed(ctx) != nil {
			return
		}
		putHead(buf, id, n)
		out := buf[:packetHead+n]
		if !s.mode.packets {
			out = out[packetHead:]
		}
		s.mu.Lock()
		_, err = s.stream.Write(out)
		s.mu.Unlock()
		if err != nil {
			return
		}
	}
}

func (s *session) exit(ctx context.Context, status int) {
	if !s.mode.packets || s.lost.Err() != nil || s.device.omitsExit() || s.device.thawed(ctx) != nil {
		return
	}
	var packet [packetHead + 1]byte
	putHead(packet[:], packetExit, 1)
	packet[packetHead] = byte(status)
	s.mu.Lock()
	defer s.mu.Unlock()
	_, _ = s.stream.Write(packet[:])
}

// input carries the client's bytes to the process until the client leaves.
func (s *session) input(ctx context.Context, stdin *machine.Shared) {
	write := func(b []byte) {
		if s.tty != nil {
			_ = s.tty.Input(ctx, b)
		} else if stdin != nil {
			_, _ = stdin.Write(ctx, b) // a process that has closed its input reads nothing more
		}
	}
	buf := make([]byte, 16<<10)
	if !s.mode.packets {
		for {
			n, err := s.stream.Read(buf)
			if n > 0 {
				write(buf[:n])
			}
			if err != nil {
				return
			}
		}
	}
	packets := packetReader{r: s.stream}
	for {
		id, length, err := packets.next()
		if err != nil {
			return
		}
		if id == packetWindowSize && s.tty != nil && length <= maxWindowSize {
			if _, err := io.ReadFull(s.stream, buf[:length]); err != nil {
				return
			}
			if rows, cols, ok := parseWindowSize(buf[:length]); ok {
				s.tty.Resize(rows, cols)
			}
			continue
		}
		for length > 0 {
			n, err := s.stream.Read(buf[:min(length, len(buf))])
			if err != nil {
				return
			}
			length -= n
			if id == packetStdin {
				write(buf[:n])
			}
		}
		if id == packetCloseStdin && s.tty == nil {
			_ = stdin.Close()
			stdin = nil
		}
	}
}
