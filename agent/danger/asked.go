package danger

import (
	"fmt"
	"path"

	"github.com/farbench/farbench/agent/wire"
)

// OfRun is what a run would do: its command, or its act, by the words that people
// read of it.
func OfRun(command string, act *wire.Act) *Danger {
	if act != nil {
		command = act.Command()
	}
	return Of(command)
}

// OfSession is what a session of files would do: a push is asked about unless it
// goes where testers keep what they brought along.
func OfSession(spec wire.SessionSpec) *Danger {
	switch spec.Kind {
	case wire.SessionInstall:
		return &Danger{Does: "Install it", Text: "The app is installed, or replaced where the device has it."}
	case wire.SessionPush:
		// A path may be the folder that it goes into.
		if !isScratch(spec.Path) && !isScratch(spec.Path+"/"+spec.Name) && path.Clean(spec.Path) != "/data/local/tmp" {
			return &Danger{Does: "Push it", Text: "What is at " + spec.Path + " may be overwritten."}
		}
	}
	return nil
}

// Ask refuses what nobody has confirmed, while somebody is at the bench.
func (d *Danger) Ask(bench string, up *wire.Flag) *wire.Fault {
	message := "somebody is at bench " + bench
	if up.Note != "" {
		message += fmt.Sprintf(" (%s)", up.Note)
	}
	return &wire.Fault{
		Code: wire.ConfirmNeeded, Message: message + ". " + d.Text,
		Hint: "make sure that nobody is in its way, then confirm it",
	}
}
