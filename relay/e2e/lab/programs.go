package lab

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/farbench/farbench/relay/broker"
)

// Token is the bearer token of every relay in a lab.
const Token = "a-token-of-the-lab-that-is-long-enough"

// Relay is a farbench-relay process.
type Relay struct {
	API
	*Process
	programs Programs
	addr     string
	nats     string
	settings []string
}

// StartRelay runs a relay on the broker at addr (of the broker itself or of a
// proxy before it), with more settings (NAME=value) if wanted.
func StartRelay(p Programs, natsAddr string, settings ...string) (*Relay, error) {
	for again := 4; ; again-- {
		addr, err := FreeAddr()
		if err != nil {
			return nil, err
		}
		r := &Relay{programs: p, addr: addr, nats: natsAddr, settings: settings, API: API{Base: "http://" + addr, Token: Token}}
		// The port was free a moment ago; beside other tests it may be another's now.
		if err = r.Start(); err == nil || again == 0 || !strings.Contains(err.Error(), "address already in use") {
			return r, err
		}
	}
}

// Start runs it again after Kill, on the same address.
func (r *Relay) Start() error {
	process, err := start("farbench-relay", r.programs.Path("farbench-relay"), []string{"serve"}, append(relayEnv(r.addr, r.nats), r.settings...), "ready")
	if err != nil {
		return err
	}
	r.Process = process
	return nil
}

func relayEnv(listen, natsAddr string) []string {
	return environ([]string{
		"FARBENCH_LISTEN=" + listen, "FARBENCH_TOKEN=" + Token,
		"FARBENCH_NATS_URL=nats://" + natsAddr, "FARBENCH_NATS_USER=" + broker.HubUser, "FARBENCH_NATS_PASSWORD=" + secret(broker.HubUser),
	})
}

// Agent is a farbench-agent run process.
type Agent struct {
	*Process
	programs                   Programs
	bench, data, adb, natsAddr string
}

// StartAgent runs an agent of a bench with its data below dir; adb is "sim" or
// "tcp:HOST:PORT".
func StartAgent(p Programs, dir, bench, adb, natsAddr string) (*Agent, error) {
	a := &Agent{programs: p, bench: bench, data: filepath.Join(dir, bench), adb: adb, natsAddr: natsAddr}
	if err := os.MkdirAll(a.data, 0o700); err != nil {
		return nil, err
	}
	return a, a.Start()
}

// Data is the directory that it keeps everything in.
func (a *Agent) Data() string { return a.data }

// Start runs it again after Kill, on the same data.
func (a *Agent) Start() error {
	process, err := start("farbench-agent", a.programs.Path("farbench-agent"), []string{"run"}, environ([]string{
		"FARBENCH_BENCH=" + a.bench, "FARBENCH_DATA=" + a.data, "FARBENCH_ADB=" + a.adb,
		"FARBENCH_NATS_URL=nats://" + a.natsAddr, "FARBENCH_NATS_USER=" + a.bench, "FARBENCH_NATS_PASSWORD=" + secret(a.bench),
	}), "ready")
	if err != nil {
		return err
	}
	a.Process = process
	return nil
}

// Sim is a farbench-agent sim process.
type Sim struct {
	*Process
	Host string   // address of the adb host server
	ADBD []string // addresses of the devices' adbd, one a device
}

// StartSim runs a simulated bench.
func StartSim(p Programs, devices int) (*Sim, error) {
	process, err := start("farbench-agent sim", p.Path("farbench-agent"),
		[]string{"sim", "--host", "127.0.0.1:0", "--adbd", "127.0.0.1:0", "--devices", fmt.Sprint(devices)}, environ(nil), "ready")
	if err != nil {
		return nil, err
	}
	s := &Sim{Process: process}
	for _, word := range strings.Fields(process.Ready) {
		if v, ok := strings.CutPrefix(word, "host="); ok {
			s.Host = v
		}
		if v, ok := strings.CutPrefix(word, "adbd="); ok {
			s.ADBD = strings.Split(v, ",")
		}
	}
	if s.Host == "" {
		process.Kill()
		return nil, fmt.Errorf("no host= in %q", process.Ready)
	}
	return s, nil
}
