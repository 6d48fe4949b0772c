package machine

import (
	"errors"
	"path"
	"strings"
	"syscall"
	"unicode"
	"unicode/utf8"

	"github.com/farbench/farbench/agent/adbsim/memfs"
)

// BinDir is where the simulated programs lie.
const BinDir = "/system/bin"

// ErrNotFound is the answer for a command that is nowhere: exit code 127.
var ErrNotFound = errors.New("inaccessible or not found")

// Find resolves a command as exec would: a bare name by the directories of
// search (the value of PATH), any other as a path. A file of the simulated
// filesystem that may be executed is a script for sh.
func (p *Proc) Find(name, search string) (run Program, where string, err error) {
	if strings.Contains(name, "/") {
		return p.executable(p.Abs(name))
	}
	for dir := range strings.SplitSeq(search, ":") {
		if run, where, err := p.executable(path.Join(p.Abs(dir), name)); err == nil {
			return run, where, nil
		}
	}
	return nil, "", ErrNotFound
}

func (p *Proc) executable(file string) (Program, string, error) {
	info, err := p.Machine.FS.Stat(file)
	switch {
	case err != nil:
		return nil, "", ErrNotFound
	case info.Kind != memfs.Regular || info.Perm&0o111 == 0:
		return nil, "", syscall.EACCES
	}
	if path.Dir(file) == BinDir {
		if run := p.Machine.Programs[path.Base(file)]; run != nil {
			return run, file, nil
		}
	}
	sh := p.Machine.Programs["sh"]
	return func(p *Proc, args []string) int {
		return sh(p, append([]string{"sh", file}, args[1:]...))
	}, file, nil
}

// Exec runs a command in place of the program that asks, as exec does: same
// process, same files. It answers the exit code, 127 for an unknown command.
func (p *Proc) Exec(args ...string) int {
	run, _, err := p.Find(args[0], p.Getenv("PATH"))
	if err != nil {
		p.Errorf("%s: %s\n", args[0], Reason(err))
		if errors.Is(err, ErrNotFound) {
			return 127
		}
		return 126
	}
	p.SetName(args...)
	return run(p, args)
}

// Reason is an error in the words that Android's tools print.
func Reason(err error) string {
	if errno, ok := errors.AsType[syscall.Errno](err); ok {
		if text := reasons[errno]; text != "" {
			return text
		}
	}
	text := err.Error()
	if errors.Is(err, ErrNotFound) {
		return text
	}
	r, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(r)) + text[size:]
}

// reasons are written out because each host words its own.
var reasons = map[syscall.Errno]string{
	syscall.ENOENT:       "No such file or directory",
	syscall.EACCES:       "Permission denied",
	syscall.EPERM:        "Operation not permitted",
	syscall.EROFS:        "Read-only file system",
	syscall.ENOSPC:       "No space left on device",
	syscall.EISDIR:       "Is a directory",
	syscall.ENOTDIR:      "Not a directory",
	syscall.EEXIST:       "File exists",
	syscall.ENOTEMPTY:    "Directory not empty",
	syscall.EBADF:        "Bad file descriptor",
	syscall.EPIPE:        "Broken pipe",
	syscall.EIO:          "I/O error",
	syscall.ELOOP:        "Too many symbolic links encountered",
	syscall.EINVAL:       "Invalid argument",
	syscall.ENXIO:        "No such device or address",
	syscall.ECONNREFUSED: "Connection refused",
}
