package daemon

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"testing"

	"github.com/farbench/farbench/agent/dial"
)

// TestMain lets the test's binary be an agent that can be killed.
func TestMain(m *testing.M) {
	if url := os.Getenv("FARBENCH_TEST_AGENT"); url != "" {
		os.Exit(agentProcess(url, os.Getenv("FARBENCH_TEST_DATA"), os.Getenv("FARBENCH_TEST_ADB")))
	}
	os.Exit(m.Run())
}

func startProcess(t *testing.T, h *hub, data, adb string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "FARBENCH_TEST_AGENT="+h.url(), "FARBENCH_TEST_DATA="+data, "FARBENCH_TEST_ADB="+adb)
	cmd.Stderr = os.Stderr
	out := must(cmd.StdoutPipe())
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	if _, err := out.Read(make([]byte, 64)); err != nil {
		t.Fatalf("the agent did not get ready: %v", err)
	}
	return cmd
}

// agentProcess is an agent that can be killed or stopped.
func agentProcess(url, data, adb string) int {
	d, err := New(Config{Bench: "b1", Data: data, ADB: adb, NATS: dial.Server{URL: url}, Ready: func() { fmt.Println("ready") }})
	if err == nil {
		err = d.Run(context.Background())
	}
	fmt.Fprintln(os.Stderr, err)
	return 1
}
