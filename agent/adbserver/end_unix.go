//go:build unix

package adbserver

import (
	"os"
	"syscall"
)

func end(process *os.Process) error { return process.Signal(syscall.SIGTERM) }
