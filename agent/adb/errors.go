package adb

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"

	"github.com/farbench/farbench/agent/wire"
)

// Error is what went wrong between us, the adb server and a device. Use it with
// errors.As; Fault is what crosses a process.
type Error struct {
	Op      string // what was being done: "opening shell"
	Code    wire.Code
	Message string // for people
	Hint    string // what to do about it
	Err     error  // the cause, nil where the server itself said no
	// refusal is the device's word on one file: others may fare better.
	refusal bool
	// closed says that adbd took no such service, or went.
	closed bool
}

func (e *Error) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("%s: %s: %v", e.Op, e.Message, e.Err)
	}
	return e.Op + ": " + e.Message
}

func (e *Error) Unwrap() error { return e.Err }

// Fault is the error as it crosses a process.
func (e *Error) Fault() *wire.Fault {
	return &wire.Fault{Code: e.Code, Message: e.Message, Hint: e.Hint, Retry: e.Code == wire.Unavailable}
}

// refused is a FAIL of the server, with its reason.
type refused string

func (r refused) Error() string { return string(r) }

// malformed is an answer that no adb server gives.
type malformed string

func (m malformed) Error() string { return "not an adb answer: " + string(m) }

// meaning is what words in a refusal say to a person.
type meaning struct {
	words   string
	code    wire.Code
	message string
	hint    string
}

// meant finds the first meaning whose words a refusal holds.
func meant(meanings []meaning, refusal string) (meaning, bool) {
	for _, m := range meanings {
		if strings.Contains(refusal, m.words) {
			return m, true
		}
	}
	return meaning{}, false
}

// refusals are the server's.
var refusals = []meaning{
	{"device offline", wire.DeviceOffline, "the device is offline", "Check its cable and power, or wait until it has booted"},
	{"device unauthorized", wire.DeviceUnauthorized, "the device has not authorised this PC", "Accept the key prompt on the head unit"},
	{"device still authorizing", wire.DeviceUnauthorized, "the device is still checking this PC's key", "Accept the key prompt on the head unit"},
	{"device still connecting", wire.DeviceOffline, "the device is still connecting", "Try again in a moment"},
	{"no device with transport id", wire.DeviceOffline, "the device is no longer connected", "It may be rebooting: wait until it is listed again"},
	{"no devices/emulators found", wire.DeviceUnknown, "no device is connected", "Connect one, or check its cable and power"},
	{"more than one device", wire.DeviceUnknown, "several devices answer to this name", "Choose one by its id"},
	{"unknown host service", wire.Unavailable, "this adb server is too old for the request", "Update the platform tools on the bench PC"},
	{"insufficient permissions", wire.DeviceOffline, "the adb server may not open the device", "Add the server's user to the group plugdev and replug the device"},
	{"cannot rebind existing socket", wire.Conflict, "the port is in use", "Choose another one, or tcp:0 for any"},
	{"cannot bind", wire.Conflict, "the port is in use", "Choose another one, or tcp:0 for any"},
	{"no such device", wire.DeviceUnknown, "the adb server does not know the device", "Connect it first"},
	{"not found", wire.DeviceUnknown, "the adb server does not know the device", "Check its cable and power"},
	{"closed", wire.OpenFailed, "the device closed the stream", "It may be rebooting; devices before Android 7 cannot run commands this way"},
}

// explain makes an *Error of whatever a request ran into.
func (c *Client) explain(op string, err error) error {
	var known *Error
	if errors.As(err, &known) {
		return err
	}
	var no refused
	if errors.As(err, &no) {
		if m, ok := meant(refusals, string(no)); ok {
			return &Error{Op: op, Code: m.code, Message: m.message, Hint: m.hint, closed: m.words == "closed"}
		}
		words := strings.ToValidUTF8(strings.TrimSpace(string(no)), "\uFFFD")
		if words == "" {
			words = "without a reason"
		}
		return &Error{Op: op, Code: wire.OpenFailed, Message: "the adb server refused: " + cut(words, 512)}
	}
	var bad malformed
	if errors.As(err, &bad) {
		return &Error{
			Op: op, Code: wire.Unavailable, Message: "what listens at " + c.addr + " is no adb server",
			Hint: "Check the address of the adb server", Err: err,
		}
	}
	var dial *net.OpError
	if errors.As(err, &dial) && dial.Op == "dial" {
		return &Error{
			Op: op, Code: wire.Unavailable, Message: "no adb server answers at " + c.addr,
			Hint: "Start it on the bench PC with: adb start-server", Err: err,
		}
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return &Error{
			Op: op, Code: wire.OpenFailed, Message: fmt.Sprintf("no answer within %v", c.OpenTimeout),
			Hint: "The device may be frozen: reboot it", Err: err,
		}
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return &Error{Op: op, Code: wire.Unavailable, Message: "the adb server hung up", Hint: "It may be restarting: try again", Err: err}
	}
	return &Error{Op: op, Code: wire.Unavailable, Message: "the connection to the adb server broke", Hint: "It may be restarting: try again", Err: err}
}

// cut shortens s to at most n bytes without splitting a character.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "")
}
