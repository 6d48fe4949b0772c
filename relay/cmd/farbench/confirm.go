package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/farbench/farbench/agent/wire"
)

// needsConfirming says whether a start was refused because somebody is at the
// bench and the command looks destructive.
func needsConfirming(err error) bool {
	var fault *wire.Fault
	return errors.As(err, &fault) && fault.Code == wire.ConfirmNeeded
}

// confirm asks a person whether to go on. Where none is at the terminal, or
// they do not say yes, refused comes back, with what to do.
func (e *execution) confirm(ctx context.Context, refused error) (yes bool, _ error) {
	e.mu.Lock()
	e.asking = true
	e.mu.Unlock()
	defer func() {
		e.mu.Lock()
		e.asking = false
		e.mu.Unlock()
	}()
	return confirm(ctx, e.around, refused)
}

func confirm(ctx context.Context, around *surroundings, refused error) (yes bool, _ error) {
	var fault *wire.Fault
	if !errors.As(refused, &fault) {
		return false, refused
	}
	if !around.err.interactive || !term.IsTerminal(int(os.Stdin.Fd())) {
		without := *fault
		without.Hint = "make sure that nobody is in its way, then give --yes"
		return false, &without
	}
	fmt.Fprintf(around.err, "farbench: %s\nGo on? [y/N] ", clean(fault.Message))
	// Nothing ends a read of a terminal: who leaves at the question lets the
	// process's end do so.
	said := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(os.Stdin).ReadString('\n')
		said <- line
	}()
	select {
	case line := <-said:
		switch strings.ToLower(strings.TrimSpace(line)) {
		case "y", "yes":
			return true, nil
		}
		return false, refused
	case <-ctx.Done():
		fmt.Fprintln(around.err)
		return false, refused
	}
}
