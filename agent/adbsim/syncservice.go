package adbsim

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"strconv"
	"strings"
	"syscall"

	"github.com/farbench/farbench/agent/adbsim/machine"
	"github.com/farbench/farbench/agent/adbsim/memfs"
)

// syncing is one sync service: adbd's part between a client and the device's
// files. Its requests are answered one after another.
type syncing struct {
	device *Device
	fs     *memfs.FS
	ctx    context.Context
	lost   context.Context // ends when the device is lost
	in     *bufio.Reader
	out    *bufio.Writer
	// What the transfer under way meets, and how far it is.
	meets *interruption
	moved int64
}

// syncBatch is how much of a pulled file is sent in one go.
const syncBatch = 8

// The service ends after a FAIL, and where a fault cuts its stream.
var (
	errSyncOver = errors.New("sync is over")
	errSyncCut  = errors.New("sync was cut")
)

// sync serves requests until QUIT, the client's end or the first failure.
func (d *Device) sync(ctx context.Context, stream io.ReadWriteCloser) {
	lost, _ := d.connected()
	s := &syncing{
		device: d, fs: d.machine.FS, ctx: ctx, lost: lost,
		in: bufio.NewReaderSize(stream, 256<<10), out: bufio.NewWriterSize(stream, 64<<10),
	}
	err := s.run()
	_ = s.out.Flush()
	if errors.Is(err, errSyncCut) || ctx.Err() != nil {
		_ = stream.Close()
		return
	}
	halfClose(stream, func() { _, _ = io.Copy(io.Discard, s.in) })
}

func (s *syncing) run() error {
	for {
		q, err := readSyncRequest(s.in)
		if errors.Is(err, errSyncPath) {
			return s.fail(err.Error())
		}
		if err != nil || q.id == "QUIT" {
			return err
		}
		if err := s.device.thawed(s.ctx); err != nil {
			return err
		}
		if err := s.serve(q); err != nil {
			return err
		}
		if err := s.out.Flush(); err != nil {
			return err
		}
	}
}

func (s *syncing) serve(q syncRequest) error {
	switch q.id {
	case "STAT":
		info, err := s.lstat(q.path)
		if err != nil {
			return s.write([]byte("STAT"), make([]byte, 12))
		}
		return s.write(appendStatV1([]byte("STAT"), info))
	case "STA2":
		return s.write(appendStat([]byte(q.id), s.fs.Stat, q.path))
	case "LST2":
		return s.write(appendStat([]byte(q.id), s.lstat, q.path))
	case "LIST":
		return s.list(q.path, "DENT", 20, func(b []byte, info memfs.Info) []byte { return appendStatV1(b, info) })
	case "LIS2":
		return s.list(q.path, "DNT2", 76, func(b []byte, info memfs.Info) []byte { return appendStatV2(b, info, 0) })
	case "SEND":
		at := strings.LastIndexByte(q.path, ',')
		if at < 0 {
			return s.fail("missing , in ID_SEND_V1")
		}
		mode, err := strconv.ParseUint(q.path[at+1:], 0, 32)
		if err != nil {
			return s.fail("bad mode")
		}
		return s.send(q.path[:at], uint32(mode))
	case "SND2":
		if q.flag != 0 {
			return s.fail("unknown flags")
		}
		return s.send(q.path, q.mode)
	case "RECV":
		return s.recv(q.path)
	case "RCV2":
		if q.flag != 0 {
			return s.fail("unknown flags")
		}
		return s.recv(q.path)
	}
	return s.fail("unknown command " + strconv.Quote(q.id))
}

func (s *syncing) write(pieces ...[]byte) error {
	for _, p := range pieces {
		if _, err := s.out.Write(p); err != nil {
			return err
		}
	}
	return nil
}

// fail answers FAIL; the service is over then.
func (s *syncing) fail(why string) error {
	_ = s.write(binary.LittleEndian.AppendUint32([]byte("FAIL"), uint32(len(why))), []byte(why))
	_ = s.out.Flush()
	return errSyncOver
}

func (s *syncing) failFor(what string, err error) error {
	return s.fail(what + ": " + machine.Reason(err))
}

func appendStat(b []byte, stat func(string) (memfs.Info, error), path string) []byte {
	info, err := stat(path)
	errno := uint32(0)
	if err != nil {
		errno = uint32(syscall.EIO)
		if known, ok := errors.AsType[syscall.Errno](err); ok {
			errno = deviceErrno[known]
		}
	}
	return appendStatV2(b, info, errno)
}

// deviceErrno are the numbers of Linux, whatever the host calls them.
var deviceErrno = map[syscall.Errno]uint32{
	syscall.EPERM: 1, syscall.ENOENT: 2, syscall.EACCES: 13, syscall.EEXIST: 17, syscall.ENOTDIR: 20, syscall.EISDIR: 21,
	syscall.EINVAL: 22, syscall.ENOSPC: 28, syscall.EROFS: 30, syscall.ELOOP: 40,
}

// lstat does not follow a link, but behind its name a slash makes the kernel
// do so.
func (s *syncing) lstat(path string) (memfs.Info, error) {
	if strings.HasSuffix(path, "/") || strings.HasSuffix(path, "/.") {
		return s.fs.Stat(path)
	}
	return s.fs.Lstat(path)
}

// list answers with a directory's entries, "." and ".." first as the kernel
// gives them, and none where there is no directory. DONE is as long as an
// entry.
func (s *syncing) list(path, id string, size int, appendInfo func([]byte, memfs.Info) []byte) error {
	entries, err := s.fs.ReadDir(path)
	if err == nil {
		for _, dots := range []string{".", ".."} {
			if info, err := s.fs.Stat(path + "/" + dots); err == nil {
				if err := s.entry(id, dots, appendInfo, info); err != nil {
					return err
				}
			}
		}
	}
	for _, info := range entries {
		if err := s.entry(id, info.Name(), appendInfo, info); err != nil {
			return err
		}
	}
	return s.write([]byte("DONE"), make([]byte, size-4))
}

func (s *syncing) entry(id, name string, appendInfo func([]byte, memfs.Info) []byte, info memfs.Info) error {
	b := appendInfo([]byte(id), info)
	return s.write(binary.LittleEndian.AppendUint32(b, uint32(len(name))), []byte(name))
}

// recv sends a file's content.
func (s *syncing) recv(path string) error {
	f, err := s.device.openForAdbd(path)
	if err != nil {
		return s.failFor("open failed", err)
	}
	defer f.Close()
	s.begin()
	buf := make([]byte, syncBatch*(syncHead+maxSyncData))
	for end := false; !end; {
		n := 0
		for range syncBatch {
			got, err := io.ReadFull(f, buf[n+syncHead:n+syncHead+maxSyncData])
			if got > 0 {
				putSyncHead(buf[n:], "DATA", got)
				n += syncHead + got
				if s.moved += int64(got); s.due() {
					if err := s.write(buf[:n]); err != nil {
						return err
					}
					n = 0
					_ = s.out.Flush()
				}
				if err := s.pass(); err != nil {
					return err
				}
			}
			if end = err != nil; end {
				break
			}
		}
		if err := s.write(buf[:n]); err != nil {
			return err
		}
	}
	return s.write([]byte("DONE"), make([]byte, 4))
}

func putSyncHead(b []byte, id string, n int) {
	copy(b, id)
	binary.LittleEndian.PutUint32(b[4:], uint32(n))
}

// begin is the start of a file's content.
func (s *syncing) begin() { s.meets, s.moved = s.device.interrupted(), 0 }

// due says whether the interruption's place has been reached.
func (s *syncing) due() bool { return s.meets != nil && s.moved >= s.meets.after }

// pass lets content go on; here transfers meet their faults.
func (s *syncing) pass() error {
	if s.due() {
		do := s.meets.do
		if s.meets = nil; do == nil {
			return errSyncCut
		}
		do(s.device)
	}
	if err := s.lost.Err(); err != nil {
		return err
	}
	return s.device.thawed(s.ctx)
}

// openForAdbd opens a file or one of the device nodes without an end.
func (d *Device) openForAdbd(path string) (io.ReadCloser, error) {
	info, err := d.machine.FS.Stat(path)
	if err == nil && info.Kind == memfs.Device {
		switch info.Target {
		case "null":
			return io.NopCloser(strings.NewReader("")), nil
		case "zero", "full":
			return io.NopCloser(endless(func(p []byte) { clear(p) })), nil
		case "urandom":
			return io.NopCloser(endless(d.machine.Random)), nil
		}
		return nil, syscall.ENXIO
	}
	return d.machine.FS.Open(path, os.O_RDONLY)
}

type endless func([]byte)

func (e endless) Read(p []byte) (int, error) {
	e(p)
	return len(p), nil
}
