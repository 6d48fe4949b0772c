package packages

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/farbench/farbench/agent/adbsim/memfs"
)

// compiled is a manifest in Android's binary form.
func compiled(name, split string, version uint32) []byte {
	words := []string{"versionCode", "package", "split", "manifest", "application", name, split}
	le := binary.LittleEndian
	var index, data []byte
	for _, w := range words {
		index = le.AppendUint32(index, uint32(len(data)))
		data = append(data, byte(len(w)), byte(len(w)))
		data = append(append(data, w...), 0)
	}
	for len(data)%4 != 0 {
		data = append(data, 0)
	}
	chunk := func(kind, head uint16, body []byte) []byte {
		b := le.AppendUint16(le.AppendUint16(nil, kind), head)
		return append(le.AppendUint32(b, uint32(8+len(body))), body...)
	}
	var pool []byte
	for _, n := range []uint32{uint32(len(words)), 0, stringsUTF8, uint32(28 + len(index)), 0} {
		pool = le.AppendUint32(pool, n)
	}
	attribute := func(name uint32, kind byte, value uint32) []byte {
		b := le.AppendUint32(le.AppendUint32(nil, 0xffffffff), name)
		b = append(le.AppendUint32(b, 0xffffffff), 8, 0, 0, kind)
		return le.AppendUint32(b, value)
	}
	element := func(name uint32, attributes ...[]byte) []byte {
		b := le.AppendUint32(le.AppendUint32(nil, 1), 0xffffffff) // line, comment
		b = le.AppendUint32(le.AppendUint32(b, 0xffffffff), name)
		for _, n := range []uint16{20, 20, uint16(len(attributes)), 0, 0, 0} {
			b = le.AppendUint16(b, n)
		}
		return chunk(chunkElement, 16, append(b, bytes.Join(attributes, nil)...))
	}
	body := append(chunk(chunkStrings, 28, append(append(pool, index...), data...)),
		chunk(chunkResources, 8, le.AppendUint32(nil, attrVersionCode))...)
	body = append(body, element(3, attribute(0, 0x10, version), attribute(1, typeString, 5), attribute(2, typeString, 6))...)
	body = append(body, element(4)...)
	return chunk(3, 8, body)
}

func archive(manifest []byte) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, _ := z.Create("AndroidManifest.xml")
	_, _ = w.Write(manifest)
	_ = z.Close()
	return b.Bytes()
}

func read(data []byte) (apk, error) { return parse(bytes.NewReader(data), int64(len(data)), "x.apk") }

func TestParse_readsBothFormsOfAManifest(t *testing.T) {
	want := apk{name: "com.lab.app", split: "config.de", version: 7}
	if got, err := read(archive(compiled("com.lab.app", "config.de", 7))); err != nil || got != want {
		t.Errorf("compiled: %+v, %v", got, err)
	}
	want.versionName = "1.7"
	if got, err := read(Build("com.lab.app", "config.de", 7, "1.7")); err != nil || got != want {
		t.Errorf("text: %+v, %v", got, err)
	}
}

func TestParse_refusesNamesThatLeadElsewhere(t *testing.T) {
	for _, name := range []string{"../etc", "a/b", "", ".", "a\x00b", "a\nb"} {
		if _, err := read(archive(compiled("com.lab.app", "x"+name+"/", 1))); err == nil {
			t.Errorf("a split called %q", name)
		}
		if got, err := read(archive(compiled(name, "", 1))); err == nil {
			t.Errorf("a package called %q: %+v", name, got)
		}
	}
	if _, err := read(Build(strings.Repeat("a", 300), "", 1, "1")); err == nil {
		t.Error("a name longer than a file's")
	}
}

func FuzzParse(f *testing.F) {
	f.Add(compiled("com.lab.app", "de", 7))
	f.Add([]byte{3, 0, 8, 0})
	f.Add([]byte("<manifest package='a.b'><application/></manifest>"))
	f.Add([]byte{3, 0, 8, 0, 255, 255, 255, 255, 1, 0, 28, 0, 255, 255, 255, 255})
	f.Fuzz(func(t *testing.T, manifest []byte) {
		if a, err := read(archive(manifest)); err == nil && !isName(a.name) {
			t.Errorf("%+v", a)
		}
	})
}

func newManager(quota int64) (*Manager, *memfs.FS) {
	files := memfs.New(quota, time.Now)
	files.Install().Dir(codeDir, syscall.EACCES)
	n := byte(0)
	return New(files, func(b []byte) {
		for i := range b {
			n++
			b[i] = n
		}
	}, []Package{{Name: "com.firm", System: true, Dir: "/system/app/Firm"}}), files
}

func (m *Manager) install(t *testing.T, p Params, data []byte) error {
	t.Helper()
	id, err := m.Create(p)
	if err != nil {
		return err
	}
	if _, err := m.Write(id, "base", int64(len(data)), bytes.NewReader(data)); err != nil {
		_ = m.Abandon(id)
		return err
	}
	return m.Commit(id)
}

func TestManager_leavesNothingBehind(t *testing.T) {
	m, files := newManager(1 << 20)
	before, _ := files.Usage()
	base := Build("com.lab.app", "", 1, "1")
	all := Params{User: AllUsers, Users: []int{0, 10}}
	if err := m.install(t, all, base); err != nil {
		t.Fatal(err)
	}
	if err := m.install(t, all, base); err != nil { // replaces it
		t.Fatal(err)
	}
	if err := m.install(t, all, []byte("no zip")); !isFailure(err, notAPK) {
		t.Errorf("no zip: %v", err)
	}
	if err := m.install(t, all, make([]byte, 2<<20)); !isFailure(err, noStorage) {
		t.Errorf("too much, not announced: %v", err)
	}
	if err := m.install(t, Params{User: AllUsers, Size: 2 << 20}, nil); !isFailure(err, noStorage) {
		t.Errorf("too much, announced: %v", err)
	}
	id, err := m.Create(all)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Write(id, "cut", 100, strings.NewReader("short")); err == nil {
		t.Error("an APK that was cut is taken")
	}
	if _, err := m.Write(id, "../x", 1, strings.NewReader("x")); err == nil {
		t.Error("a name that leads elsewhere is taken")
	}
	m.Boot() // forgets the session
	if err := m.Commit(id); !errors.Is(err, errNoSession) {
		t.Errorf("a session after a reboot: %v", err)
	}
	if err := m.Uninstall("com.lab.app", 10, []int{0, 10}); err != nil {
		t.Error(err)
	}
	if _, there := m.Find("com.lab.app", 0); !there {
		t.Error("one user's uninstall took it from another")
	}
	if err := m.Uninstall("com.lab.app", 0, []int{0, 10}); err != nil {
		t.Error(err)
	}
	if err := m.Uninstall("com.lab.app", AllUsers, nil); !isFailure(err, deleteFailed) {
		t.Errorf("what is not there: %v", err)
	}
	if err := m.Uninstall("com.firm", AllUsers, nil); !isFailure(err, deleteFailed) {
		t.Errorf("the firmware's: %v", err)
	}
	if list, err := files.ReadDir(codeDir); err != nil || len(list) != 0 {
		t.Errorf("left: %v, %v", list, err)
	}
	if after, _ := files.Usage(); after != before {
		t.Errorf("%d bytes in use, before %d", after, before)
	}
}

func isFailure(err error, code string) bool {
	f, ok := errors.AsType[Failure](err)
	return ok && strings.HasPrefix(string(f), code)
}
