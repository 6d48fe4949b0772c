// Package machine is the kernel of a simulated device: processes with ids,
// groups and signals, pipes, open files and a filesystem in memory. Programs
// are Go functions; nothing of the host is ever run, opened or listed. It
// knows neither adb nor the shell's language.
package machine

import (
	"errors"
	"fmt"
	"sort"
	"sync"
	"time"

	"github.com/farbench/farbench/agent/adbsim/logd"
	"github.com/farbench/farbench/agent/adbsim/memfs"
	"github.com/farbench/farbench/agent/adbsim/packages"
)

// A Program is what a command runs: args[0] is its name, the answer its exit
// code. It must end soon after its process was killed: reads and writes of the
// process then answer an error.
type Program func(p *Proc, args []string) int

// Machine is one device's kernel. The exported fields are set before the
// first process starts and not changed after.
type Machine struct {
	FS       *memfs.FS
	Props    *Props
	Programs map[string]Program
	Log      *logd.Log
	// Shown gives the processes that are only for show and come and go, the
	// apps'; nil for none.
	Shown    func() []Shown
	Packages *packages.Manager
	Now      func() time.Time
	// Random fills p with bytes of /dev/urandom.
	Random func(p []byte)
	// Panicked is told of a program's fault, unless nil; the process ends as
	// if aborted and the machine goes on.
	Panicked func(name string, fault any, stack []byte)

	// Ports are what listens inside the device.
	Ports Ports

	running sync.WaitGroup // one for each process

	mu      sync.Mutex // guards what is below
	procs   map[int]*Proc
	nextPID int
	stopped bool
	booted  time.Time
	bootID  string
}

// Shown is a process that stands in ps and takes no signal.
type Shown struct {
	User      string
	PID, PPID int
	Name      string
}

// maxProcs bounds the processes of one device: a fork bomb meets EAGAIN.
const maxProcs = 512

// ErrTooManyProcesses is what a process meets that starts one too many.
var ErrTooManyProcesses = errors.New("can't fork - try again")

// FirstPID is the id of the first process that a shell starts: below it are
// the system's own, which are only for show.
const FirstPID = 4000

// Start runs main as a new process that leads its own session and group. It
// takes over the files.
func (m *Machine) Start(name string, files Files, env []string, dir string, main func(*Proc) int) (*Proc, error) {
	p := newProc(m, nil, name)
	p.files, p.Env, p.Dir = files, env, dir
	if err := m.launch(p, main); err != nil {
		files.close()
		return nil, err
	}
	return p, nil
}

func (m *Machine) launch(p *Proc, main func(*Proc) int) error {
	m.mu.Lock()
	if m.stopped || len(m.procs) >= maxProcs || p.parent != nil && p.parent.Killed() {
		m.mu.Unlock()
		p.cancel(nil)
		return ErrTooManyProcesses
	}
	if m.procs == nil {
		m.procs = make(map[int]*Proc)
		m.nextPID = FirstPID
	}
	for m.procs[m.nextPID] != nil || m.nextPID > 32767 {
		if m.nextPID++; m.nextPID > 32767 {
			m.nextPID = FirstPID
		}
	}
	p.PID = m.nextPID
	m.nextPID++
	if p.PGID == 0 {
		p.PGID = p.PID
	}
	m.procs[p.PID] = p
	m.running.Add(1)
	m.mu.Unlock()
	go func() {
		defer m.running.Done()
		p.run(main)
	}()
	return nil
}

func (m *Machine) gone(p *Proc) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.procs, p.PID)
}

// Processes lists the running processes by id.
func (m *Machine) Processes() []*Proc {
	m.mu.Lock()
	defer m.mu.Unlock()
	list := make([]*Proc, 0, len(m.procs))
	for _, p := range m.procs {
		list = append(list, p)
	}
	sort.Slice(list, func(a, b int) bool { return list[a].PID < list[b].PID })
	return list
}

// Kill sends sig to the process pid, or to the group -pid. It reports whether
// there was one. Signal 0 only asks. No child of the group can slip through while it
// starts: it is there and gets the signal, or its parent is killed first.
func (m *Machine) Kill(pid int, sig Signal) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	found := false
	for _, p := range m.procs {
		if p.PID == pid || pid < 0 && p.PGID == -pid {
			found = true
			p.Signal(sig)
		}
	}
	return found
}

// Halt kills every process and lets none start; Resume allows them again. It
// waits until all have ended.
func (m *Machine) Halt() {
	m.mu.Lock()
	m.stopped = true
	m.mu.Unlock()
	for _, p := range m.Processes() {
		p.Signal(KILL)
	}
	m.running.Wait()
}

// Resume lets processes start again after a Halt.
func (m *Machine) Resume() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.stopped = false
}

// Boot says since when the device has been up, and gives this boot a new id.
func (m *Machine) Boot(at time.Time) {
	var b [16]byte
	m.Random(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	m.Log.Boot(at)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.booted = at
	m.bootID = fmt.Sprintf("%x-%x-%x-%x-%x", b[0:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// Booted tells since when the device has been up.
func (m *Machine) Booted() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.booted
}

// BootID is random, and new at each boot.
func (m *Machine) BootID() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.bootID
}
