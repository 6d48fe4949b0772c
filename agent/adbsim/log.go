package adbsim

import "github.com/farbench/farbench/agent/adbsim/logd"

// Log writes a line to the device's log as the system does; priority is one of
// V D I W E F. What a command logs goes through its process: machine.Proc.Log.
func (d *Device) Log(buffer logd.Buffer, priority byte, tag, message string) {
	d.machine.Log.Write(logd.Entry{Buffer: buffer, Priority: priority, PID: 1104, TID: 1104, UID: 1000, Tag: tag, Message: message})
}

// FloodLog makes a program on the device write so many lines a second to its
// log, logd.FloodRate as a broken one does; 0 ends it.
func (d *Device) FloodLog(linesPerSecond int) { d.machine.Log.Flood(linesPerSecond) }
