//go:build unix

package adb

import (
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

const canKeepSpares = true

// silent says, without waiting and without taking anything, whether the other
// side has neither sent nor closed.
func silent(conn net.Conn) bool {
	sock, ok := conn.(syscall.Conn)
	if !ok {
		return false
	}
	raw, err := sock.SyscallConn()
	if err != nil {
		return false
	}
	quiet := false
	err = raw.Control(func(fd uintptr) {
		var one [1]byte
		_, _, err := unix.Recvfrom(int(fd), one[:], unix.MSG_PEEK|unix.MSG_DONTWAIT)
		quiet = err == unix.EAGAIN
	})
	return err == nil && quiet
}
