package android

import (
	"fmt"
	"slices"

	"github.com/farbench/farbench/agent/adbsim/logd"
)

// media is what plays.
type media struct {
	playing bool
	track   int
	volume  int
}

const (
	maxVolume = 40
	tracks    = 12
)

func newMedia() media { return media{track: 1, volume: 11} }

func (m *media) turn(up bool) {
	if up {
		m.volume = min(m.volume+1, maxVolume)
	} else {
		m.volume = max(m.volume-1, 0)
	}
}

var mediaKeys = []string{"play", "pause", "play-pause", "mute", "headsethook", "stop", "next", "previous", "rewind", "record", "fast-forward"}

// mediaSession is cmd media_session dispatch KEY | list-sessions | volume.
func mediaSession(c *call) int {
	switch c.arg(1) {
	case "list-sessions":
		c.out.WriteString("Sessions:\n  tag=RadioService, package=com.farbench.radio\n")
		return 0
	case "dispatch":
		return dispatch(c)
	}
	c.err.WriteString("usage: media_session [subcommand] [options]\n       media_session dispatch KEY\n       media_session list-sessions\n")
	return 255
}

func dispatch(c *call) int {
	key := c.arg(2)
	if !slices.Contains(mediaKeys, key) {
		fmt.Fprintf(&c.err, "Error: unknown dispatch code '%s'\n", key)
		return 255
	}
	switch key {
	case "play":
		c.media.playing = true
	case "pause", "stop":
		c.media.playing = false
	case "play-pause", "headsethook":
		c.media.playing = !c.media.playing
	case "next":
		c.media.track = c.media.track%tracks + 1
	case "previous":
		c.media.track = (c.media.track+tracks-2)%tracks + 1
	}
	c.log(logd.Main, serverPID, 'D', "MediaSessionService", fmt.Sprintf("dispatchMediaKeyEvent %s, pkg=com.android.shell, state %s", key, c.media.state()))
	return 0
}

func (m media) state() string {
	if m.playing {
		return "PLAYING(3)"
	}
	return "PAUSED(2)"
}

func dumpMediaSession(c *call) int {
	fmt.Fprintf(&c.out, `MEDIA SESSION SERVICE (dumpsys media_session)

2 sessions listeners.
Global priority session is null
User Records:
Record for full_user=%d
  Last MediaButtonReceiver: com.farbench.radio
  Media button session is com.farbench.radio/RadioService
  Sessions Stack - have 1 sessions:
    RadioService com.farbench.radio/RadioService (userId=%d)
      ownerPid=2104, ownerUid=%d10082, userId=%d
      package=com.farbench.radio
      active=true
      flags=7
      state=PlaybackState {state=%s, position=%d, buffered position=0, speed=1.0, updated=%d, actions=566, custom actions=[], active item id=%d, error=null}
      audioAttrs=AudioAttributes: usage=USAGE_MEDIA content=CONTENT_TYPE_MUSIC flags=0x800 tags= bundle=null
      metadata: size=6, description=Station %d, Farbench FM, null
`, c.foreground, c.foreground, c.foreground, c.foreground, c.media.state(), c.media.track*1000, c.uptime().Milliseconds(), c.media.track, c.media.track)
	return 0
}

func dumpAudio(c *call) int {
	c.out.WriteString("MediaFocusControl dump time: " + c.m.Now().UTC().Format("3:04:05 PM") + "\n\nAudio Focus stack entries (last is top of stack):\n")
	if c.media.playing {
		fmt.Fprintf(&c.out, "  source:android.os.BinderProxy@5c1a -- pack: com.farbench.radio -- client: radio -- gain: GAIN -- flags: PAUSES_ON_DUCKABLE_LOSS -- loss: none -- notified: true -- uid: %d10082 -- attr: AudioAttributes: usage=USAGE_MEDIA\n", c.foreground)
	}
	c.out.WriteString("\nStream volumes (device: index)\n")
	for _, s := range []struct {
		name   string
		index  int
		latest int
	}{{"STREAM_VOICE_CALL", 5, 7}, {"STREAM_SYSTEM", 7, 7}, {"STREAM_RING", 7, 7}, {"STREAM_MUSIC", c.media.volume, maxVolume}, {"STREAM_ALARM", 6, 7}} {
		fmt.Fprintf(&c.out, "- %s:\n   Muted: %t\n   Min: 0\n   Max: %d\n   streamVolume:%d\n   Current: 1000000 (bus): %d\n   Devices: bus(bus0_media_out)\n", s.name, s.index == 0, s.latest, s.index, s.index)
	}
	return 0
}

func dumpBluetooth(c *call) int {
	on := c.radios["bluetooth"]
	state := map[bool]string{true: "ON", false: "OFF"}[on]
	fmt.Fprintf(&c.out, "Bluetooth Status\n  enabled: %t\n  state: %s\n  address: 22:22:%02X:10:00:01\n  name: Farbench\n", on, state, appID(c.m.Props.Get("ro.serialno"))%256)
	if on {
		c.out.WriteString("  time since enabled: " + c.uptime().String() + "\n\nBonded devices:\n    22:22:AA:00:17:0A [ DUAL ] Tester's phone\n\nProfile: A2dpSinkService\n  Connected: 22:22:AA:00:17:0A\nProfile: HeadsetClientService\n  Connected: 22:22:AA:00:17:0A\n")
	}
	return 0
}
