//go:build !unix

package adbserver

import "os"

func end(process *os.Process) error { return process.Kill() }
