package console

import (
	"os"

	"golang.org/x/sys/windows"
)

// understandsColours asks a Windows console to act on ANSI sequences; it prints
// them as rubbish unless asked.
func understandsColours(file *os.File) bool {
	console := windows.Handle(file.Fd())
	var mode uint32
	if err := windows.GetConsoleMode(console, &mode); err != nil {
		return false
	}
	return windows.SetConsoleMode(console, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
}
