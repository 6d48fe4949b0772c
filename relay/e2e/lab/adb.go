package lab

import (
	"context"
	"fmt"
	"net"
	"os/exec"
	"time"

	"github.com/farbench/farbench/agent/adb"
)

// ADB is a real adb server: on another port than the usual one, with another
// home, so that it meets neither the user's server nor their key.
type ADB struct {
	*Process
	Addr string
}

// StartADB runs the machine's adb server and connects it to devices over TCP.
func StartADB(ctx context.Context, home string, devices ...string) (*ADB, error) {
	path, err := exec.LookPath("adb")
	if err != nil {
		return nil, err
	}
	addr, err := FreeAddr()
	if err != nil {
		return nil, err
	}
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	process, err := start("adb server", path, []string{"-P", port, "nodaemon", "server"}, environ([]string{"HOME=" + home}), "")
	if err != nil {
		return nil, err
	}
	a := &ADB{Process: process, Addr: addr}
	client := adb.New(addr)
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if _, err = client.Version(ctx); err == nil {
			break
		}
		if time.Now().After(deadline) {
			a.Kill()
			return nil, fmt.Errorf("the adb server does not answer: %w\n%s", err, a.Log())
		}
	}
	for _, device := range devices {
		if err := client.Connect(ctx, device); err != nil {
			a.Kill()
			return nil, err
		}
	}
	return a, nil
}
