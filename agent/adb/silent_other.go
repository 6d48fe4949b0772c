//go:build !unix

package adb

import "net"

// Without a look that does not wait, a spare could not be trusted.
const canKeepSpares = false

func silent(net.Conn) bool { return false }
