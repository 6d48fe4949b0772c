//go:build !linux

package adb

import "net"

func acknowledgeAtOnce(net.Conn) {}
func quickAck(net.Conn) func()   { return nil }
