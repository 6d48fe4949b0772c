package events

import (
	"strconv"
	"strings"
	"time"
)

// offset is a place in the stream: behind sequence seq of the generation that
// the stream is of (the moment it was made). stamp is the moment, by the store's
// clock, of the event that has this sequence, so that a store that was put back
// to an older copy and has given the sequence anew is found out; 0 where no
// event of the room has it.
type offset struct {
	generation string
	seq        uint64
	stamp      int64
}

func (o offset) String() string {
	return o.generation + "." + strconv.FormatUint(o.seq, 36) + "." + strconv.FormatInt(o.stamp, 36)
}

// parseOffset reads what String wrote; false: it is not ours.
func parseOffset(text string) (offset, bool) {
	parts := strings.Split(text, ".")
	if len(parts) != 3 || len(text) > 64 || parts[0] == "" {
		return offset{}, false
	}
	seq, err := strconv.ParseUint(parts[1], 36, 64)
	if err != nil {
		return offset{}, false
	}
	stamp, err := strconv.ParseInt(parts[2], 36, 64)
	if err != nil {
		return offset{}, false
	}
	return offset{parts[0], seq, stamp}, true
}

// generationOf names a stream by the moment that it was made.
func generationOf(created time.Time) string { return strconv.FormatInt(created.UnixNano(), 36) }

// stampOf is an event's moment in an offset.
func stampOf(at time.Time) int64 { return at.UnixMicro() }
