package stories

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/farbench/farbench/agent/adb"
	"github.com/farbench/farbench/agent/adb/adbtest"
	"github.com/farbench/farbench/relay/e2e/lab"
)

// desk is a local mode with one device and the environment that finds it.
type desk struct {
	*local
	env []string
}

func sitDown(t *testing.T, args ...string) desk {
	t.Helper()
	dir := t.TempDir()
	env := append(os.Environ(), "XDG_STATE_HOME="+dir, "FARBENCH_URL=", "FARBENCH_TOKEN=")
	var log bytes.Buffer
	l, err := runLocal(env, &log, append([]string{"--listen=127.0.0.1:0", "--data=" + dir + "/data"}, args...)...)
	if err != nil {
		t.Fatalf("%v\n%s", err, &log)
	}
	t.Cleanup(func() {
		if err := l.stop(); err != nil {
			t.Errorf("%v\n%s", err, &log)
		}
	})
	return desk{local: l, env: env}
}

// exec runs farbench exec on a device and returns what it wrote.
func (d desk) exec(t *testing.T, target, command string) (stdout, stderr []byte, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(t.Context(), built.Path("farbench"), "exec", target, "--", command)
	cmd.Env, cmd.Stdout, cmd.Stderr = d.env, &out, &errs
	if err := cmd.Run(); cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return out.Bytes(), errs.Bytes(), cmd.ProcessState.ExitCode()
}

// benches are the two ways to a simulated device: straight, and with the real
// adb server between.
func benches(t *testing.T, story func(t *testing.T, d desk, target string)) {
	t.Run("simulation", func(t *testing.T) { story(t, sitDown(t, "--adb=sim"), "demo/sim0001") })
	t.Run("real adb", func(t *testing.T) {
		server := adbtest.StartReal(t)
		sim, err := lab.StartSim(built, 1)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(sim.Kill)
		if err := adb.New(server.Addr()).Connect(t.Context(), sim.ADBD[0]); err != nil {
			t.Fatal(err)
		}
		story(t, sitDown(t, "--adb=tcp:"+server.Addr()), "demo")
	})
}

func TestExec_ExitCodeAndStreams(t *testing.T) {
	benches(t, func(t *testing.T, d desk, target string) {
		out, errs, code := d.exec(t, target, "echo one; echo two >&2; printf three; exit 7")
		if string(out) != "one\nthree" || string(errs) != "two\n" || code != 7 {
			t.Errorf("%q, %q, exit code %d", out, errs, code)
		}
	})
}

func TestExec_TenRandomMebibytesOnEachStream(t *testing.T) {
	benches(t, func(t *testing.T, d desk, target string) {
		sums, errs, code := d.exec(t, target, "cd /data/local/tmp; for f in a b; do head -c 10485760 /dev/urandom > $f; done; sha256sum a b")
		if code != 0 {
			t.Fatalf("making them: exit code %d, %s", code, errs)
		}
		out, errs, code := d.exec(t, target, "cd /data/local/tmp; cat a & cat b >&2; wait")
		fields := strings.Fields(string(sums))
		if sum := sha256.Sum256(out); code != 0 || len(out) != 10<<20 || hex.EncodeToString(sum[:]) != fields[0] {
			t.Errorf("stdout: %d bytes, another sum; exit code %d", len(out), code)
		}
		if sum := sha256.Sum256(errs); len(errs) != 10<<20 || hex.EncodeToString(sum[:]) != fields[2] {
			t.Errorf("stderr: %d bytes, another sum", len(errs))
		}
	})
}
