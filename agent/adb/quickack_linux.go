package adb

import (
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// The adb server's sockets have Nagle's algorithm on: a small packet behind an
// unacknowledged one waits for our acknowledgement, which the kernel likes to
// delay by 40 ms. TCP_QUICKACK does not stick, so it is set again after reads.

func acknowledgeAtOnce(conn net.Conn) {
	if again := quickAck(conn); again != nil {
		again()
	}
}

// quickAck returns a function that sets TCP_QUICKACK without allocating, nil
// where the connection has none.
func quickAck(conn net.Conn) func() {
	sock, ok := conn.(syscall.Conn)
	if !ok {
		return nil
	}
	raw, err := sock.SyscallConn()
	if err != nil {
		return nil
	}
	set := func(fd uintptr) { _ = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_QUICKACK, 1) }
	return func() { _ = raw.Control(set) }
}
