package packages

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"syscall"

	"github.com/farbench/farbench/agent/adbsim/memfs"
)

// Params say how a session installs.
type Params struct {
	Refuse    bool   // -R: what is there is not replaced
	Downgrade bool   // -d
	Test      bool   // -t
	Inherit   string // -p: the package whose other APKs stay
	User      int    // AllUsers, or the one who gets it
	Users     []int  // all that there are
	Size      int64  // -S: what is to come, 0 where it is not known
}

// session is an installation under way.
type session struct {
	Params
	dir    string
	apks   []staged
	writes int // under way
	sealed bool
}

type staged struct {
	apk
	file string
}

const (
	codeDir     = "/data/app"
	maxSessions = 50
	maxAPKs     = 256
)

var errNoSession = errors.New("there is no such session")

// Create begins a session.
func (m *Manager) Create(p Params) (int, error) {
	if used, quota := m.fs.Usage(); p.Size > quota-used {
		return 0, failure(noStorage, "Requested internal only, but not enough space")
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.sessions) >= maxSessions {
		return 0, errors.New("too many active sessions for UID 2000")
	}
	var b [4]byte
	for {
		m.random(b[:])
		id := int(binary.LittleEndian.Uint32(b[:])>>1 | 1)
		if m.sessions[id] == nil {
			m.sessions[id] = &session{Params: p, dir: fmt.Sprintf("%s/vmdl%d.tmp", codeDir, id)}
			return id, nil
		}
	}
}

// Write streams one APK into a session: size bytes, or all there are where it
// is negative.
func (m *Manager) Write(id int, name string, size int64, r io.Reader) (int64, error) {
	if name == "" || name == "." || name == ".." || strings.ContainsAny(name, "/\x00\n") || len(name) > 255 {
		return 0, fmt.Errorf("invalid name: %q", name)
	}
	if !strings.HasSuffix(name, ".apk") {
		name += ".apk"
	}
	m.mu.Lock()
	s := m.sessions[id]
	if s == nil || s.sealed || len(s.apks)+s.writes >= maxAPKs {
		m.mu.Unlock()
		return 0, errNoSession
	}
	s.writes++
	m.mu.Unlock()
	n, apk, err := m.stage(path.Join(s.dir, name), size, r)
	m.mu.Lock()
	defer m.mu.Unlock()
	s.writes--
	if m.sessions[id] != s { // abandoned meanwhile
		m.fs.System().RemoveAll(s.dir)
		return n, errNoSession
	}
	if err == nil {
		s.apks = append(s.apks, staged{apk, name})
	}
	return n, err
}

// stage writes one file and looks at what it is.
func (m *Manager) stage(name string, size int64, r io.Reader) (n int64, a apk, err error) {
	f, err := m.fs.System().Create(name)
	if err != nil {
		return 0, a, storageFailure(err)
	}
	defer f.Close()
	if size >= 0 {
		r = io.LimitReader(r, size)
	}
	n, err = io.CopyBuffer(onlyWriter{f}, r, make([]byte, 64<<10))
	switch {
	case err != nil:
		return n, a, storageFailure(err)
	case size >= 0 && n < size:
		return n, a, fmt.Errorf("unexpected end of stream: %d of %d bytes", n, size)
	}
	a, err = parse(f, n, name)
	return n, a, err
}

type onlyWriter struct{ f *memfs.File }

func (w onlyWriter) Write(p []byte) (int, error) { return w.f.Write(p) }

func storageFailure(err error) error {
	if errors.Is(err, syscall.ENOSPC) {
		return failure(noStorage, "Failed to allocate space for the package")
	}
	return err
}

// Abandon ends a session and takes away what it wrote.
func (m *Manager) Abandon(id int) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.sessions[id] == nil {
		return errNoSession
	}
	m.drop(id)
	return nil
}

// drop forgets a session; the lock is held.
func (m *Manager) drop(id int) {
	if s := m.sessions[id]; s != nil {
		m.fs.System().RemoveAll(s.dir)
		delete(m.sessions, id)
	}
}

// Commit installs what a session holds. The session is over, however it ends.
func (m *Manager) Commit(id int) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.sessions[id]
	if s == nil || s.sealed || s.writes > 0 {
		return errNoSession
	}
	defer m.drop(id)
	if m.fault != "" {
		return m.fault
	}
	old, err := m.check(s)
	if err != nil {
		return err
	}
	return m.place(s, old)
}

// check says whether the APKs of a session make a package that may be
// installed; old is the one that it replaces.
func (m *Manager) check(s *session) (old *Package, err error) {
	if len(s.apks) == 0 {
		return nil, failure(invalidAPK, "No packages staged")
	}
	first, base, seen := s.apks[0], false, map[string]bool{}
	for _, a := range s.apks {
		switch {
		case a.name != first.name:
			return nil, failure(invalidAPK, "%s package %s inconsistent with %s", a.file, a.name, first.name)
		case a.version != first.version:
			return nil, failure(invalidAPK, "%s version code %d inconsistent with %d", a.file, a.version, first.version)
		case seen[a.split]:
			return nil, failure(invalidAPK, "Split %s was defined multiple times", a.split)
		case a.testOnly && !s.Test:
			return nil, failure(testOnly, "Failed to install test-only apk. Did you forget to add -t?")
		}
		seen[a.split] = true
		base = base || a.split == ""
	}
	old = m.packages[first.name]
	switch {
	case s.Inherit != "" && (old == nil || s.Inherit != first.name):
		return nil, failure(invalidAPK, "Missing existing base package")
	case !base && s.Inherit == "":
		return nil, failure(invalidAPK, "Full install must include a base package")
	case old == nil && len(m.packages) >= maxPackages:
		return nil, failure(noStorage, "")
	case old == nil:
	case s.Refuse:
		return nil, failure(alreadyExists, "Attempt to re-install %s without first uninstalling.", old.Name)
	case first.version < old.Version && !s.Downgrade:
		return nil, failure(downgrade, "Downgrade detected: Update version code %d is older than current %d", first.version, old.Version)
	}
	return old, nil
}

// place gives a session's code its lasting place and makes it the package.
func (m *Manager) place(s *session, old *Package) error {
	first := s.apks[0]
	p := Package{Name: first.name, Version: first.version, VersionName: first.versionName, Dir: m.newDir(first.name)}
	sys := m.fs.System()
	kept := map[string]bool{}
	for _, a := range s.apks {
		name := "base.apk"
		if a.split != "" {
			name = "split_" + a.split + ".apk"
		}
		if err := sys.Move(path.Join(s.dir, a.file), path.Join(p.Dir, name)); err != nil {
			m.clear(p.Dir)
			return storageFailure(err)
		}
		p.APKs = append(p.APKs, name)
		kept[name] = true
	}
	if old != nil {
		p.UID, p.Except, p.System = old.UID, old.Except, old.System
		for _, name := range old.APKs {
			if s.Inherit != "" && !kept[name] && sys.Move(path.Join(old.Dir, name), path.Join(p.Dir, name)) == nil {
				p.APKs = append(p.APKs, name)
			}
		}
		if !old.System {
			m.remove(old)
		}
	} else {
		p.UID = m.nextUID
		m.nextUID++
	}
	baseFirst(p.APKs)
	p.Except = installedFor(p.Except, s.User, s.Users, old == nil)
	m.packages[p.Name] = &p
	return nil
}

// installedFor is who does not have a package once a user, or all, got it.
func installedFor(except map[int]bool, user int, users []int, isNew bool) map[int]bool {
	next := map[int]bool{}
	if user == AllUsers {
		return next
	}
	for _, other := range users {
		next[other] = other != user && (isNew || except[other])
	}
	return next
}

func baseFirst(apks []string) {
	for i, name := range apks {
		if name == "base.apk" {
			apks[0], apks[i] = apks[i], apks[0]
		}
	}
}

// newDir is a name for code as Android makes them.
func (m *Manager) newDir(name string) string {
	var b [32]byte
	m.random(b[:])
	return fmt.Sprintf("%s/~~%s/%s-%s", codeDir, word(b[:16]), name, word(b[16:]))
}
