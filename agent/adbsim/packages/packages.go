// Package packages is a simulated device's package manager: what is installed
// for which user, the sessions by which more comes, and the answers that the
// real one gives to what cannot be installed. Code lies in the device's files
// and counts towards their quota; what is installed survives a reboot, sessions
// do not. It knows neither adb nor processes.
package packages

import (
	"fmt"
	"path"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"

	"github.com/farbench/farbench/agent/adbsim/memfs"
)

// Package is one that is installed.
type Package struct {
	Name        string
	Version     int64 // its versionCode
	VersionName string
	UID         int
	System      bool   // part of the firmware
	Dir         string // where its code lies
	APKs        []string
	// Except are the users that do not have it.
	Except map[int]bool
}

// Paths are its APKs, the base first.
func (p Package) Paths() []string {
	paths := make([]string, len(p.APKs))
	for i, apk := range p.APKs {
		paths[i] = path.Join(p.Dir, apk)
	}
	return paths
}

// Failure is a refusal as the package manager words it: "CODE: words".
type Failure string

func (f Failure) Error() string { return string(f) }

func failure(code, format string, args ...any) Failure {
	if format == "" {
		return Failure(code)
	}
	return Failure(code + ": " + fmt.Sprintf(format, args...))
}

// The package manager's codes.
const (
	noStorage     = "INSTALL_FAILED_INSUFFICIENT_STORAGE"
	alreadyExists = "INSTALL_FAILED_ALREADY_EXISTS"
	downgrade     = "INSTALL_FAILED_VERSION_DOWNGRADE"
	invalidAPK    = "INSTALL_FAILED_INVALID_APK"
	testOnly      = "INSTALL_FAILED_TEST_ONLY"
	notAPK        = "INSTALL_PARSE_FAILED_NOT_APK"
	badManifest   = "INSTALL_PARSE_FAILED_BAD_MANIFEST"
	deleteFailed  = "DELETE_FAILED_INTERNAL_ERROR"
)

const (
	// AllUsers is the user that stands for each of them.
	AllUsers    = -1
	firstUID    = 10100
	maxPackages = 1024
)

// Manager is a device's package manager. It is safe for concurrent use.
type Manager struct {
	// Users, unless nil, tells the device's users and which of them is in the
	// foreground; set before the first call. Without it they are 0 and 10.
	Users func() (all []int, foreground int)

	fs     *memfs.FS
	random func([]byte)

	mu       sync.Mutex // guards what is below
	packages map[string]*Package
	sessions map[int]*session
	nextUID  int
	fault    Failure // of each installation, unless empty
}

// New makes a manager whose firmware holds these packages; each gets an APK
// that can be pulled and installed elsewhere.
func New(files *memfs.FS, random func([]byte), firmware []Package) *Manager {
	m := &Manager{fs: files, random: random, packages: map[string]*Package{}, sessions: map[int]*session{}, nextUID: firstUID}
	for _, p := range firmware {
		if p.UID == 0 {
			p.UID = m.nextUID
			m.nextUID++
		}
		p.APKs = []string{"base.apk"}
		if p.System {
			p.APKs[0] = path.Base(p.Dir) + ".apk"
		}
		if f, err := files.System().Create(p.Paths()[0]); err == nil { // a device with no room at all has none
			_, _ = f.Write(Build(p.Name, "", p.Version, p.VersionName))
			_ = f.Close()
		}
		m.packages[p.Name] = &p
	}
	return m
}

// Who resolves a user as commands name one: a number, "current", "all".
func (m *Manager) Who(word string) (user int, all []int, ok bool) {
	all, foreground := []int{0, 10}, 10
	if m.Users != nil {
		all, foreground = m.Users()
	}
	switch word {
	case "all":
		return AllUsers, all, true
	case "current", "cur":
		return foreground, all, true
	}
	user, err := strconv.Atoi(word)
	return user, all, err == nil && slices.Contains(all, user)
}

// Boot forgets what a reboot does not keep: sessions, and their files.
func (m *Manager) Boot() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for id := range m.sessions {
		m.drop(id)
	}
}

// Fail makes each installation fail, in the package manager's own words:
// "INSTALL_FAILED_VERIFICATION_FAILURE"; "" ends that.
func (m *Manager) Fail(words string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fault = Failure(words)
}

// List gives the packages that a user has, in the order of names.
func (m *Manager) List(user int) []Package {
	m.mu.Lock()
	defer m.mu.Unlock()
	list := make([]Package, 0, len(m.packages))
	for _, p := range m.packages {
		if !p.Except[user] {
			list = append(list, *p)
		}
	}
	sort.Slice(list, func(a, b int) bool { return list[a].Name < list[b].Name })
	return list
}

// Find gives one package that a user has.
func (m *Manager) Find(name string, user int) (Package, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	p := m.packages[name]
	if p == nil || p.Except[user] {
		return Package{}, false
	}
	return *p, true
}

// Uninstall takes a package from a user, or from all of users. What belongs to
// the firmware is only hidden from them.
func (m *Manager) Uninstall(name string, user int, users []int) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	p := m.packages[name]
	switch {
	case p == nil || user == AllUsers && p.System:
		return Failure(deleteFailed)
	case user != AllUsers && p.Except[user]:
		return Failure(fmt.Sprintf("not installed for %d", user))
	}
	if user == AllUsers {
		m.remove(p)
		return nil
	}
	p.hide(user)
	for _, other := range users {
		if !p.Except[other] {
			return nil
		}
	}
	if !p.System {
		m.remove(p)
	}
	return nil
}

// hide takes a package from a user. Copies of it may be in use: they share
// nothing with it.
func (p *Package) hide(user int) {
	except := map[int]bool{user: true}
	for other := range p.Except {
		except[other] = true
	}
	p.Except = except
}

// remove takes a package and its code away; the lock is held.
func (m *Manager) remove(p *Package) {
	delete(m.packages, p.Name)
	m.clear(p.Dir)
}

// clear takes away a directory of code, and the one that was made around it.
func (m *Manager) clear(dir string) {
	if around := path.Dir(dir); strings.HasPrefix(path.Base(around), "~~") {
		dir = around
	}
	m.fs.System().RemoveAll(dir)
}
