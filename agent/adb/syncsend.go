package adb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"time"
)

// sendData is how much goes into one DATA, sendBatch how many of them into one
// write: with its head such a packet has 64 KiB, as a real client's.
const (
	sendData  = maxSyncData - syncHead
	sendBatch = 4
)

// Send makes the file at p of what r gives, in place of a file or link that is
// there, with the folders above it: for all that the user may, adbd gives the
// others the same permissions. When it fails, adbd takes away what came, but
// the file that was there is gone as well: see Put.
func (s *Sync) Send(ctx context.Context, p string, mode fs.FileMode, modified time.Time, r io.Reader) (n int64, err error) {
	err = s.send(ctx, p, unixRegular|uint32(mode.Perm()), modified, func(sending func() error) error {
		n, err = s.content(r, sending)
		return err
	})
	return n, err
}

// SendLink makes a link at p that points to target, in place of a file or link
// that is there.
func (s *Sync) SendLink(ctx context.Context, p, target string) error {
	if err := checkPath("pushing a link", "/"+target); err != nil {
		return err
	}
	return s.send(ctx, p, unixLink|0o777, time.Time{}, func(sending func() error) error {
		if err := sending(); err != nil {
			return err
		}
		s.out = append(appendHead(s.out[:0], "DATA", len(target)+1), target+"\x00"...)
		return s.write(s.out)
	})
}

// send makes a SEND request. Its answer is read while the content goes out:
// where the device says no in the middle, as when its storage is full, the rest
// stays here.
func (s *Sync) send(ctx context.Context, p string, mode uint32, modified time.Time, content func(sending func() error) error) error {
	const op = "pushing a file"
	if err := checkPath(op, p); err != nil {
		return err
	}
	look := func(ctx context.Context) int64 {
		beside := &Sync{client: s.client, transportID: s.transportID, features: s.features, moved: &motion{}}
		defer beside.Close()
		info, err := beside.Lstat(ctx, p)
		if err != nil {
			return -1
		}
		return info.Size
	}
	return s.do(ctx, op, look, func() error {
		if err := s.ask("SEND", fmt.Sprintf("%s,%d", p, mode)); err != nil {
			return err
		}
		conn, in := s.conn, s.in
		answered, whole := make(chan error, 1), make(chan struct{})
		go func() {
			err := readReply(in)
			if err == nil {
				select {
				case <-whole:
				default:
					err = badReply("OKAY before the end")
				}
			}
			if err != nil {
				conn.SetWriteDeadline(time.Unix(1, 0)) // nobody wants the rest
			}
			answered <- err
		}()
		err := content(func() error {
			select {
			case err := <-answered:
				answered <- err
				return errAnswered
			default:
				return nil
			}
		})
		if err == nil {
			close(whole)
			err = s.write(appendHead(s.out[:0], "DONE", int(unixTime(modified))))
		}
		if _, ours := errors.AsType[outside](err); ours {
			s.drop() // adbd takes away what it has
			<-answered
			return err
		}
		// The device's own word says more than a write that broke off.
		return <-answered
	})
}

var errAnswered = errors.New("the device answered before the end")

// unixTime is a time in the protocol's 32 bits; 0, the device's epoch, where
// there is none.
func unixTime(t time.Time) uint32 {
	if t.IsZero() || t.Unix() < 0 {
		return 0
	}
	return uint32(min(t.Unix(), math.MaxUint32))
}

// content sends what r gives, to its end.
func (s *Sync) content(r io.Reader, sending func() error) (n int64, err error) {
	if cap(s.out) < sendBatch*maxSyncData {
		s.out = make([]byte, sendBatch*maxSyncData)
	}
	buf := s.out[:sendBatch*maxSyncData]
	for end := false; !end; {
		used := 0
		for used < len(buf) && !end {
			var got int
			s.moved.elsewhere(func() { got, end, err = fill(r, buf[used+syncHead:used+maxSyncData]) })
			if err != nil {
				return n, outside{err}
			}
			if got > 0 {
				appendHead(buf[used:used], "DATA", got)
				used += syncHead + got
				n += int64(got)
			}
		}
		if err := sending(); err != nil {
			return n, err
		}
		if err := s.write(buf[:used]); err != nil {
			return n, err
		}
	}
	return n, nil
}

// maxIdle is how often a reader may give nothing and no error.
const maxIdle = 100

// fill reads until p is full or r has ended. What comes together with the end
// counts, and an end that r itself did not expect is an error: io.ReadFull
// cannot tell the one from the other.
func fill(r io.Reader, p []byte) (n int, end bool, err error) {
	for idle := 0; n < len(p); {
		got, err := r.Read(p[n:])
		if got < 0 || got > len(p)-n {
			return n, true, errors.New("a reader that counts wrongly")
		}
		n += got
		if err == io.EOF {
			return n, true, nil
		}
		if err != nil {
			return n, true, err
		}
		if got > 0 {
			idle = 0
		} else if idle++; idle > maxIdle {
			return n, true, io.ErrNoProgress
		}
	}
	return n, false, nil
}
