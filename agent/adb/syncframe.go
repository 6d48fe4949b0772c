package adb

import (
	"encoding/binary"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"time"

	"github.com/farbench/farbench/agent/wire"
)

// FileInfo is what a device says of a file.
type FileInfo struct {
	Name     string // the last element of its path
	Mode     fs.FileMode
	Size     int64     // from devices without stat_v2 modulo 4 GiB
	Modified time.Time // zero where it makes no sense
	dev, ino uint64    // with stat_v2 the same for the same file, else 0
}

// The bounds of the sync protocol: adb's own, so that nothing that a real
// client takes is refused.
const (
	maxSyncPath = 1024
	maxSyncName = 255
	maxSyncData = 64 << 10
	maxSyncFail = 64 << 10
	syncHead    = 8
)

// badReply is a reply that no adbd gives.
func badReply(format string, args ...any) error {
	return &Error{Op: "reading from the device", Code: wire.BadReply, Message: "what the device sent is not the sync protocol: " + fmt.Sprintf(format, args...)}
}

// readHead reads an id and its number.
func readHead(r io.Reader) (id string, n uint32, err error) {
	var head [syncHead]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return "", 0, err
	}
	return string(head[:4]), binary.LittleEndian.Uint32(head[4:]), nil
}

// readReply reads OKAY, or FAIL with its reason.
func readReply(r io.Reader) error {
	id, n, err := readHead(r)
	switch {
	case err != nil:
		return err
	case id == "OKAY":
		return nil
	case id == "FAIL":
		return readFail(r, n)
	}
	return badReply("%q in place of an answer", id)
}

// readFail reads why the device says no.
func readFail(r io.Reader, n uint32) error {
	if n > maxSyncFail {
		return badReply("a reason of %d bytes", n)
	}
	words := make([]byte, n)
	if _, err := io.ReadFull(r, words); err != nil {
		return unexpected(err)
	}
	return deviceRefused(string(words))
}

// unexpected is an end inside of something.
func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// deviceRefusals are in the words of a device's kernel.
var deviceRefusals = []meaning{
	{"No space left on device", wire.StorageFull, "the device's storage is full", "Make room on it: df -h, then remove what is not needed"},
	{"Quota exceeded", wire.StorageFull, "the device's quota is used up", "Make room on it: df -h, then remove what is not needed"},
	{"No such file or directory", wire.NotFound, "no such file or folder on the device", "Look at the path"},
	{"Read-only file system", wire.Forbidden, "that part of the device is read-only", "Try adb root and adb remount first"},
	{"Permission denied", wire.Forbidden, "the device does not permit it", "Choose a place such as /data/local/tmp or /sdcard, or try adb root first"},
	{"Operation not permitted", wire.Forbidden, "the device does not permit it", "Choose a place such as /data/local/tmp or /sdcard, or try adb root first"},
	{"Is a directory", wire.Invalid, "there is a folder of that name on the device", "Choose another name"},
	{"Not a directory", wire.Invalid, "a part of the path is a file", "Look at the path"},
	{"Too many symbolic links", wire.Invalid, "a link leads back to itself", "Look at the path"},
	{"File name too long", wire.Invalid, "the name is too long for the device", "Choose a shorter one"},
	{"File too large", wire.TooLarge, "the file is too large for the device's file system", "FAT takes files below 4 GiB only"},
}

// deviceRefused is a device's refusal in its own words.
func deviceRefused(words string) error {
	e := &Error{Op: "transferring", Code: wire.OpenFailed, refusal: true}
	shown := cut(strings.ToValidUTF8(strings.TrimSpace(words), "\uFFFD"), 512)
	if shown == "" {
		shown = "without a reason"
	}
	e.Message = "the device refused: " + shown
	if m, ok := meant(deviceRefusals, words); ok {
		e.Code, e.Message, e.Hint = m.code, m.message+": "+shown, m.hint
	}
	return e
}

// errnoWords are the kernel's words for what stat_v2 says in numbers.
var errnoWords = map[uint32]string{
	1: "Operation not permitted", 2: "No such file or directory", 13: "Permission denied", 20: "Not a directory",
	36: "File name too long", 40: "Too many symbolic links encountered",
}

func errnoRefused(errno uint32) error {
	if words, ok := errnoWords[errno]; ok {
		return deviceRefused(words)
	}
	return deviceRefused(fmt.Sprintf("error %d", errno))
}

// statSize is the length of a stat behind its id.
func statSize(v2 bool) int {
	if v2 {
		return 68
	}
	return 12
}

// parseStat reads a stat behind its id. fault is what the device could not do;
// err a reply that makes no sense.
func parseStat(b []byte, v2 bool) (info FileInfo, fault, err error) {
	u32 := func(at int) uint32 { return binary.LittleEndian.Uint32(b[at:]) }
	if !v2 {
		if u32(0) == 0 && u32(4) == 0 && u32(8) == 0 {
			return info, errnoRefused(2), nil // the first version knows but one error
		}
		return FileInfo{Mode: fileMode(u32(0)), Size: int64(u32(4)), Modified: moment(int64(u32(8)))}, nil, nil
	}
	if errno := u32(0); errno != 0 {
		return info, errnoRefused(errno), nil
	}
	u64 := func(at int) uint64 { return binary.LittleEndian.Uint64(b[at:]) }
	if u64(36) > 1<<63-1 {
		return info, nil, badReply("a file of %d bytes", u64(36))
	}
	return FileInfo{Mode: fileMode(u32(20)), Size: int64(u64(36)), Modified: moment(int64(u64(52))), dev: u64(4), ino: u64(12)}, nil, nil
}

// moment is a device's time, unless it lies outside of what can be written.
func moment(unix int64) time.Time {
	if unix < 0 || unix >= 253402300800 { // the year 10000
		return time.Time{}
	}
	return time.Unix(unix, 0)
}

// readStat reads the answer to a stat.
func readStat(r io.Reader, id string, v2 bool) (info FileInfo, fault, err error) {
	b := make([]byte, 4+statSize(v2))
	if _, err := io.ReadFull(r, b[:syncHead]); err != nil {
		return info, nil, err
	}
	if got := string(b[:4]); got == "FAIL" {
		return info, nil, readFail(r, binary.LittleEndian.Uint32(b[4:]))
	} else if got != id {
		return info, nil, badReply("%q in place of %s", got, id)
	}
	if _, err := io.ReadFull(r, b[syncHead:]); err != nil {
		return info, nil, unexpected(err)
	}
	return parseStat(b[4:], v2)
}

// readEntry reads an entry of a list; io.EOF is the list's own end, which is
// as long as an entry. An entry that the device could not look at is of no
// kind.
func readEntry(r io.Reader, v2 bool) (info FileInfo, err error) {
	want, size := "DENT", statSize(v2)
	if v2 {
		want = "DNT2"
	}
	b := make([]byte, 4+size+4)
	if _, err := io.ReadFull(r, b[:syncHead]); err != nil {
		return info, unexpected(err)
	}
	id := string(b[:4])
	switch id {
	case "FAIL":
		return info, readFail(r, binary.LittleEndian.Uint32(b[4:]))
	case want, "DONE":
	default:
		return info, badReply("%q in a list", id)
	}
	if _, err := io.ReadFull(r, b[syncHead:]); err != nil {
		return info, unexpected(err)
	}
	if id == "DONE" {
		return info, io.EOF
	}
	n := binary.LittleEndian.Uint32(b[4+size:])
	if n == 0 || n > maxSyncName {
		return info, badReply("a name of %d bytes", n)
	}
	name := make([]byte, n)
	if _, err := io.ReadFull(r, name); err != nil {
		return info, unexpected(err)
	}
	if i := strings.IndexAny(string(name), "/\x00"); i >= 0 {
		return info, badReply("the name %q", name)
	}
	info, fault, err := parseStat(b[4:], v2)
	if fault != nil {
		info = FileInfo{Mode: fs.ModeIrregular}
	}
	info.Name = string(name)
	return info, err
}

// checkPath says whether the protocol and a device can take a path.
func checkPath(op, p string) error {
	bad := ""
	switch {
	case !path.IsAbs(p):
		bad = "is not absolute"
	case strings.Contains(p, "\x00"):
		bad = "holds a NUL"
	case len(p) > maxSyncPath-len(",4294967295"):
		bad = fmt.Sprintf("has %d bytes, adb takes %d", len(p), maxSyncPath-len(",4294967295"))
	default:
		return nil
	}
	return &Error{Op: op, Code: wire.Invalid, Message: fmt.Sprintf("the path %s %s", cut(strings.ToValidUTF8(p, "\uFFFD"), 100), bad), Hint: "Give a path such as /data/local/tmp/file"}
}

// The kinds of file in a Unix mode.
const (
	unixKind    = 0o170000
	unixRegular = 0o100000
	unixLink    = 0o120000
)

var fileKinds = map[uint32]fs.FileMode{
	unixRegular: 0, unixLink: fs.ModeSymlink, 0o040000: fs.ModeDir, 0o020000: fs.ModeDevice | fs.ModeCharDevice,
	0o060000: fs.ModeDevice, 0o010000: fs.ModeNamedPipe, 0o140000: fs.ModeSocket,
}

// fileMode reads a Unix mode whole: kinds are numbers, not bits of their own.
func fileMode(unix uint32) fs.FileMode {
	kind, known := fileKinds[unix&unixKind]
	if !known {
		kind = fs.ModeIrregular
	}
	mode := kind | fs.FileMode(unix&0o777)
	for bit, to := range map[uint32]fs.FileMode{0o4000: fs.ModeSetuid, 0o2000: fs.ModeSetgid, 0o1000: fs.ModeSticky} {
		if unix&bit != 0 {
			mode |= to
		}
	}
	return mode
}
