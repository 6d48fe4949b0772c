package machine

import "github.com/farbench/farbench/agent/adbsim/logd"

// shellUID is the user of what a shell starts.
const shellUID = 2000

// Log writes a line to the device's log in the process's name; priority is one
// of V D I W E F. What another process of the device says, the car's service
// for one, goes to Machine.Log itself, under that process's id.
func (p *Proc) Log(buffer logd.Buffer, priority byte, tag, message string) {
	p.Machine.Log.Write(logd.Entry{
		Buffer: buffer, Priority: priority, PID: p.PID, TID: p.PID, UID: shellUID, Tag: tag, Message: message,
	})
}
