package packages

import (
	"encoding/binary"
	"errors"
	"strconv"
	"unicode/utf16"
)

// The chunks of Android's binary XML that a manifest's head needs: each begins
// with its type, the length of its head and its own.
const (
	chunkStrings   = 0x0001
	chunkResources = 0x0180
	chunkElement   = 0x0102
	stringsUTF8    = 1 << 8

	typeString  = 0x03
	typeBoolean = 0x12

	// Attributes are known by number; their names may have been stripped.
	attrVersionCode = 0x0101021b
	attrVersionName = 0x0101021c
	attrTestOnly    = 0x01010272
)

var errBinary = errors.New("malformed binary XML")

// binaryXML reads chunk by chunk; every offset is checked against what there is.
type binaryXML struct {
	strings   []string
	resources []uint32
}

// parseBinary reads <manifest> and <application> of a compiled manifest.
func parseBinary(text []byte) (a apk, err error) {
	var x binaryXML
	found := false
	for rest := text[min(8, len(text)):]; len(rest) >= 8; {
		kind, head, size := binary.LittleEndian.Uint16(rest), int(binary.LittleEndian.Uint16(rest[2:])), int64(binary.LittleEndian.Uint32(rest[4:]))
		if size < 8 || size > int64(len(rest)) || head < 8 || int64(head) > size {
			return a, errBinary
		}
		chunk := rest[:size]
		switch kind {
		case chunkStrings:
			if x.strings, err = readStrings(chunk, head); err != nil {
				return a, err
			}
		case chunkResources:
			for at := head; at+4 <= len(chunk); at += 4 {
				x.resources = append(x.resources, binary.LittleEndian.Uint32(chunk[at:]))
			}
		case chunkElement:
			name, err := x.element(chunk, head, &a)
			if err != nil {
				return a, err
			}
			if found = found || name == "manifest"; name == "application" {
				return a, nil
			}
		}
		rest = rest[size:]
	}
	if !found {
		return a, errBinary
	}
	return a, nil
}

// element reads one start of an element and takes in what it says of the APK.
func (x *binaryXML) element(chunk []byte, head int, a *apk) (string, error) {
	if len(chunk) < head+20 {
		return "", errBinary
	}
	body := chunk[head:]
	name := x.string(binary.LittleEndian.Uint32(body[4:]))
	start, size, count := int(binary.LittleEndian.Uint16(body[8:])), int(binary.LittleEndian.Uint16(body[10:])), int(binary.LittleEndian.Uint16(body[12:]))
	if size < 20 || start+size*count > len(body) {
		return "", errBinary
	}
	for i := range count {
		attribute := body[start+i*size:]
		index := binary.LittleEndian.Uint32(attribute[4:])
		kind, data := attribute[15], binary.LittleEndian.Uint32(attribute[16:])
		value := strconv.FormatInt(int64(data), 10)
		if kind == typeString {
			value = x.string(data)
		}
		switch known := x.name(index); {
		case name == "manifest":
			a.set(known, value)
		case name == "application" && known == "testOnly":
			a.testOnly = kind == typeBoolean && data != 0
		}
	}
	return name, nil
}

// name is an attribute's name, by its number where it has one.
func (x *binaryXML) name(index uint32) string {
	if int64(index) < int64(len(x.resources)) {
		switch x.resources[index] {
		case attrVersionCode:
			return "versionCode"
		case attrVersionName:
			return "versionName"
		case attrTestOnly:
			return "testOnly"
		}
	}
	return x.string(index)
}

func (x *binaryXML) string(index uint32) string {
	if int64(index) < int64(len(x.strings)) {
		return x.strings[index]
	}
	return ""
}

// maxStrings bounds the pool of a manifest.
const maxStrings = 100_000

func readStrings(chunk []byte, head int) ([]string, error) {
	if head < 28 || len(chunk) < 28 {
		return nil, errBinary
	}
	count, flags, start := int64(binary.LittleEndian.Uint32(chunk[8:])), binary.LittleEndian.Uint32(chunk[16:]), int64(binary.LittleEndian.Uint32(chunk[20:]))
	if count > maxStrings || int64(head)+4*count > int64(len(chunk)) || start > int64(len(chunk)) {
		return nil, errBinary
	}
	pool, data := make([]string, count), chunk[start:]
	total := 0
	for i := range pool {
		at := int64(binary.LittleEndian.Uint32(chunk[head+4*i:]))
		if at > int64(len(data)) {
			return nil, errBinary
		}
		pool[i] = readString(data[at:], flags&stringsUTF8 != 0)
		if total += len(pool[i]); total > maxManifest {
			return nil, errBinary // many that overlap
		}
	}
	return pool, nil
}

// readString reads a string behind its length, "" where it is cut.
func readString(b []byte, utf8 bool) string {
	if utf8 {
		_, b = readLength8(b) // in characters
		n, b := readLength8(b)
		return string(b[:min(n, len(b))])
	}
	if len(b) < 2 {
		return ""
	}
	n := int(binary.LittleEndian.Uint16(b))
	b = b[2:]
	if n&0x8000 != 0 && len(b) >= 2 {
		n = n&0x7fff<<16 | int(binary.LittleEndian.Uint16(b))
		b = b[2:]
	}
	n = min(n, len(b)/2)
	units := make([]uint16, n)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(b[2*i:])
	}
	return string(utf16.Decode(units))
}

func readLength8(b []byte) (int, []byte) {
	switch {
	case len(b) == 0:
		return 0, b
	case b[0]&0x80 != 0 && len(b) > 1:
		return int(b[0]&0x7f)<<8 | int(b[1]), b[2:]
	}
	return int(b[0] & 0x7f), b[1:]
}
