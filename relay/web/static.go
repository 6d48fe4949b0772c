package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync"

	"github.com/gofiber/fiber/v2"
)

//go:embed all:dist
var dist embed.FS

func embedded() fs.FS {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // the directory is named in the embed line above
	}
	return sub
}

// static serves the dashboard's files. A path that is no file is a deep link
// into the dashboard and gets its page.
type static struct {
	files fs.FS
	packs sync.Map // name → *packed: a file is hashed and compressed once, when it is first asked for
}

func newStatic(files fs.FS) *static { return &static{files: files} }

// packed is a file ready to be sent.
type packed struct {
	plain, gzip []byte // gzip is nil where it saves nothing
	etag        string
}

func (s *static) pack(name string) (*packed, error) {
	if p, ok := s.packs.Load(name); ok {
		return p.(*packed), nil
	}
	plain, err := fs.ReadFile(s.files, name)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(plain)
	p := &packed{plain: plain, etag: `"` + hex.EncodeToString(sum[:12]) + `"`}
	var out bytes.Buffer
	zip := gzip.NewWriter(&out)
	_, _ = zip.Write(plain) // a buffer takes everything
	_ = zip.Close()
	if out.Len() < len(plain)*9/10 {
		p.gzip = out.Bytes()
	}
	s.packs.Store(name, p)
	return p, nil
}

const notBuilt = `<!doctype html><meta charset="utf-8"><title>Farbench</title>
<p>The relay runs, but its dashboard was not built.
<p>Build it with <code>make ui</code> in the project's folder (needs Node), then start the relay again.
`

func (s *static) serve(c *fiber.Ctx) error {
	name := strings.TrimPrefix(path.Clean("/"+c.Path()), "/")
	if name == "" {
		name = "index.html"
	}
	file, err := s.pack(name)
	switch {
	case err == nil && name != ".gitkeep":
	case strings.HasPrefix(name, "assets/"):
		return fiber.NewError(http.StatusNotFound)
	default:
		name = "index.html"
		file, err = s.pack(name)
		if errors.Is(err, fs.ErrNotExist) {
			file = &packed{plain: []byte(notBuilt), etag: `"not-built"`}
		} else if err != nil {
			return err
		}
	}
	c.Set(fiber.HeaderContentType, typeOf(name))
	// Names below assets/ carry a hash of their content; all else may change.
	if strings.HasPrefix(name, "assets/") {
		c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	} else {
		c.Set(fiber.HeaderCacheControl, "no-cache")
	}
	c.Set(fiber.HeaderETag, file.etag)
	c.Set(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
	if strings.Contains(c.Get(fiber.HeaderIfNoneMatch), file.etag) {
		return c.Status(http.StatusNotModified).Send(nil)
	}
	if file.gzip != nil && strings.Contains(c.Get(fiber.HeaderAcceptEncoding), "gzip") {
		c.Set(fiber.HeaderContentEncoding, "gzip")
		return c.Send(file.gzip)
	}
	return c.Send(file.plain)
}

// typeOf does not ask the machine's own table, which may say anything.
func typeOf(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".json", ".map":
		return "application/json"
	case ".webmanifest":
		return "application/manifest+json"
	case ".svg":
		return "image/svg+xml"
	case ".png":
		return "image/png"
	case ".ico":
		return "image/x-icon"
	case ".woff2":
		return "font/woff2"
	case ".wasm":
		return "application/wasm"
	case ".txt":
		return "text/plain; charset=utf-8"
	}
	return "application/octet-stream"
}
