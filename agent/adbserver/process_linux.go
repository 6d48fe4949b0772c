package adbserver

import (
	"os/exec"
	"runtime"
	"syscall"
)

// dieWithParent lets the server end with the agent, also when that is killed.
func dieWithParent(server *exec.Cmd) {
	server.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
}

// startLocked starts the server from a thread that lives for as long as it
// does: the kernel takes the death of that thread for its parent's.
func startLocked(server *exec.Cmd) (unlock func(), err error) {
	runtime.LockOSThread()
	if err := server.Start(); err != nil {
		runtime.UnlockOSThread()
		return nil, err
	}
	return runtime.UnlockOSThread, nil
}
