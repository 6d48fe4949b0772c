package adbsim

import (
	"encoding/binary"
	"errors"
	"io"

	"github.com/farbench/farbench/agent/adbsim/memfs"
)

// The ids of the sync protocol are four letters. Each stands before a
// little-endian u32: a length, or what the id makes of it.
const (
	syncHead = 8
	// maxSyncPath and maxSyncData are adbd's own bounds.
	maxSyncPath = 1024
	maxSyncData = 64 << 10
)

// syncRequest is what a client asks for.
type syncRequest struct {
	id   string
	path string
	mode uint32 // of SND2
	flag uint32 // of SND2 and RCV2: how the data is compressed
}

var (
	errSyncPath = errors.New("path too long")
	errSyncData = errors.New("oversize data message")
)

// readSyncHead reads an id and its number.
func readSyncHead(r io.Reader) (id string, n uint32, err error) {
	var head [syncHead]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return "", 0, err
	}
	return string(head[:4]), binary.LittleEndian.Uint32(head[4:]), nil
}

// readSyncRequest reads a request; in v2 a second struct, which repeats the
// id, follows its path.
func readSyncRequest(r io.Reader) (q syncRequest, err error) {
	var n uint32
	if q.id, n, err = readSyncHead(r); err != nil || q.id == "QUIT" {
		return q, err
	}
	if n > maxSyncPath {
		return q, errSyncPath
	}
	path := make([]byte, n)
	if _, err := io.ReadFull(r, path); err != nil {
		return q, err
	}
	q.path = string(path)
	var more []*uint32
	switch q.id {
	case "SND2":
		more = []*uint32{&q.mode, &q.flag}
	case "RCV2":
		more = []*uint32{&q.flag}
	default:
		return q, nil
	}
	again := make([]byte, 4+4*len(more))
	if _, err := io.ReadFull(r, again); err != nil {
		return q, err
	}
	if string(again[:4]) != q.id {
		return q, errors.New("invalid message in " + q.id)
	}
	for i, to := range more {
		*to = binary.LittleEndian.Uint32(again[4+4*i:])
	}
	return q, nil
}

// unixMode is a node's mode as a device's kernel has it.
func unixMode(info memfs.Info) uint32 {
	kind := map[memfs.Kind]uint32{memfs.Regular: 0o100000, memfs.Dir: 0o040000, memfs.Link: 0o120000, memfs.Device: 0o020000}[info.Kind]
	return kind | uint32(info.Perm)
}

// appendStatV1 appends mode, size and time as the first version has them, in
// 32 bits each.
func appendStatV1(b []byte, info memfs.Info) []byte {
	b = binary.LittleEndian.AppendUint32(b, unixMode(info))
	b = binary.LittleEndian.AppendUint32(b, uint32(info.Size()))
	return binary.LittleEndian.AppendUint32(b, uint32(info.ModTime().Unix()))
}

// appendStatV2 appends the 68 bytes behind the id of a stat of the second
// version; with an errno all others are zero.
func appendStatV2(b []byte, info memfs.Info, errno uint32) []byte {
	b = binary.LittleEndian.AppendUint32(b, errno)
	if errno != 0 {
		return append(b, make([]byte, 64)...)
	}
	links := uint32(1)
	if info.IsDir() {
		links = 2
	}
	b = binary.LittleEndian.AppendUint64(b, 1) // the only filesystem there is
	b = binary.LittleEndian.AppendUint64(b, info.Ino)
	for _, word := range []uint32{unixMode(info), links, shellUser, shellUser} {
		b = binary.LittleEndian.AppendUint32(b, word)
	}
	b = binary.LittleEndian.AppendUint64(b, uint64(info.Size()))
	for range 3 { // read, changed, changed in any way
		b = binary.LittleEndian.AppendUint64(b, uint64(info.ModTime().Unix()))
	}
	return b
}

// shellUser is the user and group that adbd runs as.
const shellUser = 2000
