package toolbox

import (
	"io"

	"github.com/farbench/farbench/agent/adbsim/machine"
)

// nc connects to a port of the device itself: there is no other machine.
func nc(p *machine.Proc, args []string) int {
	if len(args) != 3 {
		p.Errorf("usage: nc HOST PORT\n")
		return 1
	}
	if host := args[1]; host != "localhost" && host != "127.0.0.1" && host != "::1" {
		p.Errorf("nc: %s: Network is unreachable\n", host)
		return 1
	}
	conn, err := p.Dial("tcp:" + args[2])
	if err != nil {
		p.Errorf("nc: connect: %s\n", machine.Reason(err))
		return 1
	}
	sending, err := p.Spawn("nc", func(child *machine.Proc) int {
		_, _ = io.Copy(conn, child.Stdin())
		_ = conn.CloseWrite()
		return 0
	})
	if err != nil {
		_ = conn.Close()
		p.Errorf("nc: %v\n", err)
		return 1
	}
	_, err = io.Copy(p.Stdout(), conn)
	_ = conn.Close()
	sending.Signal(machine.KILL)
	<-sending.Done()
	return failed(err)
}
