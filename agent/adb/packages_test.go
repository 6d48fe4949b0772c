package adb

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/farbench/farbench/agent/wire"
)

func TestParsePackages(t *testing.T) {
	got := parsePackages("package:/data/app/~~a==/com.foo-b==/base.apk=com.foo versionCode:12 uid:10071\n" +
		"package:com.bar\r\nnonsense\npackage:\npackage:/x=../../etc versionCode:1\npackage:/system/app/Z.apk=com.z  versionCode:x uid:1,2\n")
	want := []Package{
		{Name: "com.foo", Path: "/data/app/~~a==/com.foo-b==/base.apk", Version: 12, UID: 10071},
		{Name: "com.bar"},
	}
	if len(got) < 2 || !slices.Equal(got[:2], want) {
		t.Errorf("got %+v", got)
	}
}

func TestPackageResult(t *testing.T) {
	for said, want := range map[string]wire.Code{
		"Success\n":              "",
		"\tpkg: /x\nSuccess\r\n": "",
		"Failure [INSTALL_FAILED_INSUFFICIENT_STORAGE]\n":                              wire.StorageFull,
		"Failure [INSTALL_FAILED_VERSION_DOWNGRADE: Downgrade detected: [2] is [1]]\n": wire.Conflict,
		"Failure [not installed for 10]\n":                                             wire.NotFound,
		"Failure [NEW_CODE]":                                                           wire.ActFailed,
		"Failure":                                                                      wire.ActFailed,
		"Failure [":                                                                    wire.ActFailed,
		"":                                                                             wire.ActFailed,
		"cmd: Can't find service: package\n":                                           wire.ActFailed,
		"the word Success in a sentence":                                               wire.ActFailed,
	} {
		err := packageResult("installing", said)
		known, _ := errors.AsType[*Error](err)
		if (err == nil) != (want == "") || known != nil && known.Code != want {
			t.Errorf("%q gives %v", said, err)
		}
		if err != nil && strings.Contains(said, "NEW_CODE") && !strings.Contains(err.Error(), "[NEW_CODE]") {
			t.Errorf("the device's own code is lost: %v", err)
		}
	}
}

func FuzzPackages(f *testing.F) {
	f.Add("package:/x=com.foo versionCode:1 uid:2\n")
	f.Add("Failure [A: [b]\x00\xff]")
	f.Fuzz(func(t *testing.T, text string) {
		for _, p := range parsePackages(text) {
			if !isPackage(p.Name) || strings.ContainsAny(p.Name, "/\x00\n") {
				t.Errorf("%q is no package", p.Name)
			}
		}
		if err := packageResult("x", text); err != nil && len(err.Error()) > 1200 {
			t.Errorf("an error of %d bytes", len(err.Error()))
		}
	})
}
