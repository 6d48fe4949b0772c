package broker_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/farbench/farbench/relay/broker"
)

const deployed = "../../deploy/nats/farbench.conf"

func TestDeploy_IsTheSameText(t *testing.T) {
	want, err := broker.Config(broker.Deploy())
	if err != nil {
		t.Fatal(err)
	}
	if os.Getenv("FARBENCH_GEN") != "" {
		if err := os.WriteFile(deployed, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(deployed); err != nil || string(got) != want {
		t.Fatalf("%s is stale (%v): run make gen", deployed, err)
	}
}

func TestDeploy_ServerAcceptsTheFiles(t *testing.T) {
	server := filepath.Join(t.TempDir(), "nats-server")
	if out, err := exec.Command("go", "build", "-o", server, "github.com/nats-io/nats-server/v2").CombinedOutput(); err != nil {
		t.Fatalf("building nats-server: %v\n%s", err, out)
	}
	check := exec.Command(server, "-t", "-c", deployed)
	check.Env = append(os.Environ(), "FARBENCH_HUB_PASSWORD=h-1", "FARBENCH_DEMO_PASSWORD=d-1")
	if out, err := check.CombinedOutput(); err != nil {
		t.Errorf("%s: %v\n%s", deployed, err, out)
	}
}
