package packages

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"
)

// apk is what the manager has to know of one.
type apk struct {
	name, split string // the package; "" for the base
	version     int64
	versionName string
	testOnly    bool
}

// maxManifest bounds a manifest; real ones have some 100 KiB.
const maxManifest = 4 << 20

// parse reads an APK: a zip with a manifest, in Android's binary form or, as
// Build writes it, in plain text.
func parse(r io.ReaderAt, size int64, name string) (apk, error) {
	archive, err := zip.NewReader(r, size)
	if err != nil {
		return apk{}, failure(notAPK, "Failed to parse %s", name)
	}
	bad := func(why error) (apk, error) {
		return apk{}, failure(badManifest, "Failed to parse %s: %v", path.Base(name), why)
	}
	f, err := archive.Open("AndroidManifest.xml")
	if err != nil {
		return bad(errors.New("AndroidManifest.xml is missing"))
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxManifest+1))
	if err != nil || len(text) > maxManifest {
		return bad(errors.New("AndroidManifest.xml cannot be read"))
	}
	var a apk
	if bytes.HasPrefix(text, []byte{3, 0, 8, 0}) {
		a, err = parseBinary(text)
	} else {
		a, err = parseText(text)
	}
	if err != nil {
		return bad(err)
	}
	if !isName(a.name) || a.split != "" && !isName(a.split) {
		return bad(fmt.Errorf("package %q, split %q", a.name, a.split))
	}
	return a, nil
}

// isName says whether a package or split may be called so: the name becomes one
// of a file.
func isName(name string) bool {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	return name != "" && len(name) <= 200 && strings.Contains(letters, name[:1]) &&
		strings.Trim(name, letters+"0123456789_.") == ""
}

func parseText(text []byte) (a apk, err error) {
	for decoder := xml.NewDecoder(bytes.NewReader(text)); ; {
		token, err := decoder.RawToken()
		if err != nil {
			return a, err
		}
		element, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		switch element.Name.Local {
		case "manifest":
			for _, attribute := range element.Attr {
				a.set(attribute.Name.Local, attribute.Value)
			}
		case "application":
			for _, attribute := range element.Attr {
				if attribute.Name.Local == "testOnly" {
					a.testOnly = attribute.Value == "true"
				}
			}
			return a, nil
		}
	}
}

// set takes in an attribute of <manifest>.
func (a *apk) set(name, value string) {
	switch name {
	case "package":
		a.name = value
	case "split":
		a.split = value
	case "versionName":
		a.versionName = value
	case "versionCode":
		a.version, _ = strconv.ParseInt(value, 10, 64)
	}
}

// Build makes a small APK that this manager installs, for tests and for what
// the firmware holds. split is empty for the base.
func Build(name, split string, version int64, versionName string) []byte {
	var b bytes.Buffer
	archive := zip.NewWriter(&b)
	w, _ := archive.Create("AndroidManifest.xml") // into memory: it does not fail
	attribute := ""
	if split != "" {
		attribute = fmt.Sprintf(" split=%q", split)
	}
	_, _ = fmt.Fprintf(w, "<manifest xmlns:android=\"http://schemas.android.com/apk/res/android\" package=%q%s android:versionCode=\"%d\" android:versionName=%q>"+
		"<application/></manifest>\n", name, attribute, version, versionName)
	_ = archive.Close()
	return b.Bytes()
}

func word(b []byte) string { return base64.URLEncoding.EncodeToString(b) }
