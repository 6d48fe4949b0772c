package lab

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Process is one running program.
type Process struct {
	Name  string
	Ready string // its ready line

	cmd  *exec.Cmd
	done chan struct{} // closed once it was waited for
	err  error         // set before done is closed
	log  *tail
}

// start runs a program and waits for a line on stdout that begins with ready
// ("" does not wait).
func start(name, path string, args, env []string, ready string) (*Process, error) {
	p := &Process{Name: name, done: make(chan struct{}), log: &tail{}}
	p.cmd = exec.Command(path, args...)
	p.cmd.Env = env
	p.cmd.Stderr = p.log
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", name, err)
	}
	lines := make(chan string, 1) // the ready line; sent at most once
	go func() {
		sent := false
		r := bufio.NewReader(stdout)
		for {
			line, err := r.ReadString('\n')
			if ready != "" && !sent && strings.HasPrefix(line, ready) {
				lines <- strings.TrimSpace(line)
				sent = true
			}
			io.WriteString(p.log, line)
			if err != nil {
				break
			}
		}
		p.err = p.cmd.Wait()
		close(p.done)
	}()
	if ready == "" {
		return p, nil
	}
	select {
	case p.Ready = <-lines:
		return p, nil
	case <-p.done:
		return nil, fmt.Errorf("%s ended before it was ready: %w\n%s", name, p.err, p.Log())
	case <-time.After(30 * time.Second):
		p.Kill()
		return nil, fmt.Errorf("%s was not ready in 30 s\n%s", name, p.Log())
	}
}

// PID of the process.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Signal sends one.
func (p *Process) Signal(sig syscall.Signal) error { return p.cmd.Process.Signal(sig) }

// Freeze sends SIGSTOP and waits until every thread stands still: on a busy
// machine the others go on until the one that the signal fell to has run.
func (p *Process) Freeze() error {
	if err := p.Signal(syscall.SIGSTOP); err != nil {
		return err
	}
	tasks := fmt.Sprintf("/proc/%d/task", p.PID())
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if allStopped(tasks) {
			return nil
		}
	}
	return fmt.Errorf("%s had not stopped 30 s after SIGSTOP", p.Name)
}

// allStopped reads each thread's state, the letter behind the name in brackets.
func allStopped(tasks string) bool {
	threads, err := os.ReadDir(tasks)
	if err != nil {
		return false
	}
	for _, thread := range threads {
		stat, err := os.ReadFile(filepath.Join(tasks, thread.Name(), "stat"))
		if err != nil {
			return false
		}
		at := bytes.LastIndexByte(stat, ')')
		if at < 0 || at+2 >= len(stat) || stat[at+2] != 'T' {
			return false
		}
	}
	return len(threads) > 0
}

// Kill ends it with SIGKILL and waits.
func (p *Process) Kill() {
	_ = p.cmd.Process.Signal(syscall.SIGCONT)
	_ = p.cmd.Process.Kill()
	<-p.done
}

// Stop ends it with SIGTERM and says how long that took; after the limit it is
// killed, and an error says so.
func (p *Process) Stop(limit time.Duration) (time.Duration, error) {
	began := time.Now()
	_ = p.Signal(syscall.SIGTERM)
	select {
	case <-p.done:
		return time.Since(began), nil
	case <-time.After(limit):
		p.Kill()
		return time.Since(began), fmt.Errorf("%s had not ended %s after SIGTERM\n%s", p.Name, limit, p.Log())
	}
}

// Ended is closed once the process is gone.
func (p *Process) Ended() <-chan struct{} { return p.done }

// Log is the end of what it printed on stdout and stderr.
func (p *Process) Log() string { return p.log.String() }

// tail keeps the last 64 KiB written to it.
type tail struct {
	mu  sync.Mutex // guards buf
	buf []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, p...)
	if over := len(t.buf) - 64<<10; over > 32<<10 {
		t.buf = bytes.Clone(t.buf[over:])
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.buf)
}
