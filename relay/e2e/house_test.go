// Package e2e holds the rules of the house: which package may import which,
// what the programs may be linked with, and how a file has to look. The
// packages below it run the real programs.
package e2e

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const (
	root  = "../.."
	house = "github.com/farbench/farbench/"
)

type goPackage struct {
	ImportPath string
	Imports    []string
}

// list asks go list in one of the modules.
func list(t *testing.T, module string, args ...string) []goPackage {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-json=ImportPath,Imports"}, args...)...)
	cmd.Dir = filepath.Join(root, module)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list %v: %v", args, err)
	}
	var packages []goPackage
	for decoder := json.NewDecoder(bytes.NewReader(out)); decoder.More(); {
		var p goPackage
		if err := decoder.Decode(&p); err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
	return packages
}

func TestHouse_ImportsGoTheirWay(t *testing.T) {
	standard := func(path string) bool { return !strings.Contains(strings.Split(path, "/")[0], ".") }
	below := func(path string, prefixes ...string) bool {
		return slices.ContainsFunc(prefixes, func(prefix string) bool {
			return path == prefix || strings.HasPrefix(path, prefix+"/")
		})
	}
	fiber := []string{"github.com/gofiber", "github.com/danielgtaylor/huma", "github.com/fasthttp/websocket", "github.com/valyala/fasthttp"}
	nats := []string{"github.com/nats-io"}
	for _, p := range append(list(t, "agent", "./..."), list(t, "relay", "./...")...) {
		name := strings.TrimPrefix(p.ImportPath, house)
		for _, imported := range p.Imports {
			var why string
			switch {
			case name == "agent/wire" && !standard(imported):
				why = "the contract needs the standard library only"
			case below(name, "agent") && below(imported, house+"relay"):
				why = "the relay imports the agent, never the reverse"
			case below(imported, fiber...) && !below(name, "relay/web", "relay/e2e/lab", "relay/e2e/bench/plain"):
				why = "relay/web alone speaks HTTP by Fiber"
			case below(imported, nats...) && below(name, "relay/web", "relay/gateway", "relay/notes", "relay/hub", "relay/auth", "relay/reservation", "relay/presence", "relay/client", "relay/api"):
				why = "relay/bridge knows NATS, they do not"
			case below(imported, "github.com/nats-io/nats-server") && name != "relay/broker":
				why = "relay/broker embeds the broker, nobody else"
			}
			if why != "" {
				t.Errorf("%s imports %s: %s", name, imported, why)
			}
		}
	}
}

func TestHouse_ProgramsAreNotLinkedWithWhatTheyDoNotNeed(t *testing.T) {
	for program, banned := range map[string][]string{
		"agent/cmd/farbench-agent": {"github.com/nats-io/nats-server", "github.com/gofiber"},
		"relay/cmd/farbench-relay": {"github.com/nats-io/nats-server"},
		"relay/cmd/farbench":       {"github.com/nats-io", "github.com/gofiber"},
	} {
		for _, p := range list(t, "relay", "-deps", house+program) {
			for _, prefix := range banned {
				if strings.HasPrefix(p.ImportPath, prefix) {
					t.Errorf("%s is linked with %s", program, p.ImportPath)
				}
			}
		}
	}
}

func TestHouse_PackagesSayWhatTheyAreFor(t *testing.T) {
	said := map[string]bool{}
	sources(t, func(path string, file *ast.File, _ int) {
		dir := filepath.Dir(path)
		said[dir] = said[dir] || file.Doc != nil && len(file.Doc.Text()) > 40
	})
	for dir, ok := range said {
		if !ok {
			t.Errorf("%s: no paragraph before its package clause", dir)
		}
	}
}

func TestHouse_FilesAreShort(t *testing.T) {
	sources(t, func(path string, _ *ast.File, lines int) {
		if lines > 400 {
			t.Errorf("%s has %d lines: split it", path, lines)
		}
	})
}

func TestHouse_PackagesAreNamedForWhatTheyHold(t *testing.T) {
	sources(t, func(path string, file *ast.File, _ int) {
		if slices.Contains([]string{"util", "utils", "common", "helpers", "manager", "misc"}, file.Name.Name) {
			t.Errorf("%s: package %s says nothing", path, file.Name.Name)
		}
	})
}

// sources hands over every Go file of both modules.
func sources(t *testing.T, each func(path string, file *ast.File, lines int)) {
	t.Helper()
	set := token.NewFileSet()
	for _, module := range []string{"agent", "relay"} {
		err := filepath.WalkDir(filepath.Join(root, module), func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || filepath.Ext(path) != ".go" {
				return err
			}
			file, err := parser.ParseFile(set, path, nil, parser.ParseComments)
			if err != nil {
				return err
			}
			each(path, file, set.File(file.Pos()).LineCount())
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
