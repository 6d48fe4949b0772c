package main

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

func parse(t *testing.T, args ...string) (*runCommand, error) {
	t.Helper()
	var line commandLine
	parser, err := kong.New(&line, kong.Configuration(environmentFile), kong.Exit(func(int) { t.Error("exits") }))
	if err != nil {
		t.Fatal(err)
	}
	_, err = parser.Parse(append([]string{"run"}, args...))
	return &line.Run, err
}

func TestRun_ListsEveryMistakeAtOnce(t *testing.T) {
	c, err := parse(t, "--adb", "usb", "--nats-ca", "/nonexistent/ca.pem")
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.config()
	for _, want := range []string{"FARBENCH_BENCH", "FARBENCH_NATS_URL", `adb "usb"`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not name %s", err, want)
		}
	}
	c, err = parse(t, "--bench", "Bad.Id", "--sim-devices=-1", "--adb", "tcp:nowhere", "--labels", "hil,No!, hil", "--nats-url", "nats://broker.example:4222")
	if err != nil {
		t.Fatal(err)
	}
	config, err := c.config()
	if err == nil {
		err = config.CheckGiven()
	}
	for _, want := range []string{"Bad.Id", "tcp:nowhere", "needs TLS", `label "No!"`, "-1 simulated devices"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not name %s", err, want)
		}
	}
}

func TestRun_ReadsAnEnvironmentFile(t *testing.T) {
	path := t.TempDir() + "/agent.env"
	write(t, path, "# a bench\nFARBENCH_BENCH=\"b1\"\nFARBENCH_NATS_URL = nats://127.0.0.1:1\nFARBENCH_ADB=sim\nOTHER=x\n")
	t.Setenv("FARBENCH_ADB", "auto")
	c, err := parse(t, "--config", path)
	if err != nil {
		t.Fatal(err)
	}
	if c.Bench != "b1" || c.NATSURL != "nats://127.0.0.1:1" || c.ADB != "auto" {
		t.Fatalf("%+v", c)
	}
	write(t, path, "nonsense\n")
	if _, err := parse(t, "--config", path); err == nil || !strings.Contains(err.Error(), "agent.env:1 is not") {
		t.Fatalf("got %v", err)
	}
}

// An agent on a bench PC carries neither a broker nor a web server.
func TestAgent_LinksNoServer(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for pkg := range strings.SplitSeq(string(out), "\n") {
		if strings.Contains(pkg, "nats-server") || strings.Contains(pkg, "gofiber") || strings.Contains(pkg, "farbench/relay") {
			t.Errorf("links %s", pkg)
		}
	}
}
