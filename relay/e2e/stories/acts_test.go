package stories

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// run runs farbench to its end and wants this exit code.
func (d desk) run(t *testing.T, want int, args ...string) (stdout string) {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(t.Context(), built.Path("farbench"), args...)
	cmd.Env, cmd.Stdout, cmd.Stderr = d.env, &out, &errs
	if err := cmd.Run(); cmd.ProcessState == nil {
		t.Fatal(err)
	}
	if code := cmd.ProcessState.ExitCode(); code != want {
		t.Fatalf("farbench %s: exit code %d, want %d; it said:\n%s%s", strings.Join(args, " "), code, want, &out, &errs)
	}
	return out.String()
}

// A tester follows the log while the device reboots, and ends it with Ctrl-C.
func TestLogcat_OverAReboot(t *testing.T) {
	benches(t, func(t *testing.T, d desk, target string) {
		var log progress
		cmd := exec.Command(built.Path("farbench"), "logcat", "--id", "log", target, "Acts:I", "*:S")
		cmd.Env, cmd.Stdout, cmd.Stderr = d.env, &log, &log
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if cmd.ProcessState == nil {
				_ = cmd.Process.Kill()
				_ = cmd.Wait()
			}
		})
		d.run(t, 0, "exec", target, "--", "log -t Acts first; log -t Acts second")
		log.await(t, 3) // and the beginning of main
		before := d.run(t, 0, "exec", target, "--", "cat /proc/sys/kernel/random/boot_id")
		d.run(t, 0, "reboot", "--wait", target)
		if after := d.run(t, 0, "exec", target, "--", "cat /proc/sys/kernel/random/boot_id"); after == before {
			t.Error("the device has not rebooted")
		}
		d.run(t, 0, "exec", target, "--", "log -t Acts third")
		for want := 4; strings.Count(log.String(), "third") == 0; want++ {
			log.await(t, want)
		}
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait()
		if code := cmd.ProcessState.ExitCode(); code != 130 {
			t.Errorf("exit code %d, want 130", code)
		}
		for _, text := range []string{"first", "second", "third"} {
			if n := strings.Count(log.String(), text); n != 1 {
				t.Errorf("%q stands %d times in\n%s", text, n, log.String())
			}
		}
		if strings.Contains(log.String(), "\x1b") {
			t.Error("what is no terminal gets colours")
		}
		events := d.run(t, 0, "logs", "--json", "log")
		for _, said := range []string{"the log broke off", "the log goes on", `"outcome":"cancelled"`} {
			if !strings.Contains(events, said) {
				t.Errorf("%q is missing in\n%s", said, events)
			}
		}
	})
}
