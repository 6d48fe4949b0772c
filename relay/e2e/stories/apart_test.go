package stories

import (
	"bytes"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/farbench/farbench/relay/e2e/lab"
)

// part is one of the processes of a bench and relay that are apart.
type part struct {
	cmd   *exec.Cmd
	log   bytes.Buffer  // read once done is closed
	ready chan string   // its ready line
	done  chan struct{} // closed when it has ended
}

func startPart(t *testing.T, dir string, env []string, name string, args ...string) *part {
	t.Helper()
	p := &part{cmd: exec.Command(built.Path(name), args...), ready: make(chan string, 1), done: make(chan struct{})}
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.cmd.Dir, p.cmd.Env, p.cmd.Stderr = dir, env, &p.log
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.done)
		var seen []byte
		buffer := make([]byte, 4096)
		for told := false; ; {
			n, err := stdout.Read(buffer)
			seen = append(seen, buffer[:n]...)
			if line, _, whole := strings.Cut(string(seen), "\n"); whole && !told && strings.HasPrefix(line, "ready") {
				told = true
				p.ready <- line
			}
			if err != nil {
				break
			}
		}
		_ = p.cmd.Wait()
	}()
	t.Cleanup(func() {
		_ = p.cmd.Process.Signal(os.Interrupt)
		select {
		case <-p.done:
		case <-time.After(patience):
			_ = p.cmd.Process.Kill()
			<-p.done
			t.Errorf("%s did not stop", name)
		}
		if t.Failed() {
			t.Logf("%s said:\n%s", name, &p.log)
		}
	})
	return p
}

func (p *part) awaitReady(t *testing.T) string {
	t.Helper()
	select {
	case line := <-p.ready:
		return line
	case <-p.done:
		t.Fatalf("it ended: %s", &p.log)
	case <-time.After(patience):
		t.Fatal("it is not ready")
	}
	return ""
}

// The files in deploy/ and nothing else: nats-server, farbench-relay serve and
// farbench-agent run, each in a process of its own, relay and agent started
// before there is a broker.
func TestApart_WithTheFilesInDeploy(t *testing.T) {
	dir := t.TempDir()
	deploy, err := filepath.Abs("../../../deploy")
	if err != nil {
		t.Fatal(err)
	}
	natsAddr, err := lab.FreeAddr()
	if err != nil {
		t.Fatal(err)
	}
	clean := func(extra ...string) []string {
		return append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir}, extra...)
	}

	agent := startPart(t, dir, clean("FARBENCH_BENCH=demo", "FARBENCH_ADB=sim", "FARBENCH_DATA="+filepath.Join(dir, "agent"),
		"FARBENCH_NATS_URL=nats://"+natsAddr, "FARBENCH_NATS_USER=demo", "FARBENCH_NATS_PASSWORD=of-the-bench"), "farbench-agent", "run")
	relay := startPart(t, dir, clean("FARBENCH_LISTEN=127.0.0.1:0", "FARBENCH_TOKEN=a-token-that-is-long-enough",
		"FARBENCH_NATS_URL=nats://"+natsAddr, "FARBENCH_NATS_USER=hub", "FARBENCH_NATS_PASSWORD=of-the-hub"), "farbench-relay", "serve")
	host, port, _ := strings.Cut(natsAddr, ":")
	startPart(t, dir, clean("FARBENCH_HUB_PASSWORD=of-the-hub", "FARBENCH_DEMO_PASSWORD=of-the-bench"),
		"nats-server", "-c", filepath.Join(deploy, "nats", "farbench.conf"), "-a", host, "-p", port)

	if line := agent.awaitReady(t); !strings.Contains(line, "demo") {
		t.Errorf("the agent said %q", line)
	}
	address, _ := strings.CutPrefix(relay.awaitReady(t), "ready ")
	if _, err := url.Parse(address); err != nil {
		t.Errorf("the relay said %q", address)
	}
	d := desk{env: clean("FARBENCH_URL="+address, "FARBENCH_TOKEN=a-token-that-is-long-enough")}
	until := time.Now().Add(patience)
	for {
		out, errs, code := d.exec(t, "demo/sim0001", "echo out; echo err >&2; exit 5")
		if code == 5 {
			if string(out) != "out\n" || string(errs) != "err\n" {
				t.Errorf("%q, %q", out, errs)
			}
			return
		}
		// The relay may not have heard of the bench yet.
		if code != 125 || time.Now().After(until) {
			t.Fatalf("exit code %d, %s", code, errs)
		}
	}
}

// exec is in the middle of a command when its relay is killed, and killed again.
func TestExec_GoesOnWhenTheRelayIsKilled(t *testing.T) {
	broker, err := lab.StartBroker(built, t.TempDir(), "demo")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(broker.Kill)
	relay, err := lab.StartRelay(built, broker.Addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { relay.Kill() })
	agent, err := lab.StartAgent(built, t.TempDir(), "demo", "sim", broker.Addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(agent.Kill)

	d := desk{env: append(os.Environ(), "FARBENCH_URL="+relay.Base, "FARBENCH_TOKEN="+lab.Token)}
	cmd := exec.Command(built.Path("farbench"), "exec", "demo/sim0001", "--", "i=0; while [ $i -lt 60 ]; do i=$((i+1)); echo $i; sleep 0.1; done; exit 9")
	var out progress
	cmd.Env, cmd.Stdout, cmd.Stderr = d.env, &out, os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for _, at := range []int{5, 25} {
		out.await(t, at)
		relay.Kill()
		if err := relay.Start(); err != nil {
			t.Fatal(err)
		}
	}
	_ = cmd.Wait()
	var want strings.Builder
	for i := 1; i <= 60; i++ {
		fmt.Fprintln(&want, i)
	}
	if got := out.String(); got != want.String() || cmd.ProcessState.ExitCode() != 9 {
		t.Errorf("exit code %d after\n%s", cmd.ProcessState.ExitCode(), got)
	}
}
