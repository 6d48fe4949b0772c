package files

import (
	"context"
	"fmt"
	"io"

	"github.com/farbench/farbench/agent/adb"
	"github.com/farbench/farbench/agent/parcel"
	"github.com/farbench/farbench/agent/session"
	"github.com/farbench/farbench/agent/wire"
)

// install streams APKs into the device's package manager as they come.
func (s *Server) install(ctx context.Context, device wire.Device, o wire.SessionOpen, stream *session.Stream) wire.SessionEnd {
	if o.Install == nil || len(o.Install.APKs) == 0 || len(o.Install.APKs) > wire.MaxAPKs {
		return wire.SessionEnd{Fault: &wire.Fault{Code: wire.Invalid, Message: "no APKs are named, or too many", Hint: "update the client"}}
	}
	in := parcel.NewReader(stream)
	tell := newTeller(stream)
	defer tell.stop()
	moved := adb.Moved{Files: len(o.Install.APKs)}
	var apks []adb.APK
	for _, a := range o.Install.APKs {
		apks = append(apks, adb.APK{Name: a.Name, Size: a.Size, Content: &apk{in: in, name: a.Name}})
		moved.Bytes += a.Size
	}
	err := s.ADB.Install(ctx, device.TransportID, apks, adb.InstallOptions{
		Replace: o.Install.Replace, Downgrade: o.Install.Downgrade, Grant: o.Install.Grant, Test: o.Install.Test, User: o.Install.User,
		Progress: tell.progress,
	})
	if err != nil {
		return hurry(stream, wire.SessionEnd{Fault: faultOf(err)})
	}
	return ended(moved, nil)
}

// apk is the content of one APK of a parcel, where the next one begins.
type apk struct {
	in    *parcel.Reader
	name  string
	begun bool
}

func (a *apk) Read(p []byte) (int, error) {
	if !a.begun {
		e, err := a.in.Next()
		switch {
		case err == io.EOF:
			return 0, io.ErrUnexpectedEOF
		case err != nil:
			return 0, err
		case e.Path != a.name || !e.Mode.IsRegular():
			return 0, fmt.Errorf("%q came where %q is next", e.Path, a.name)
		}
		a.begun = true
	}
	return a.in.Read(p)
}
