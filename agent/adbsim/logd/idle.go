package logd

import (
	"fmt"
	"hash/fnv"
	"time"
)

// What a device says while it idles is made from its clock alone: the message
// of a moment is always the same. Every tick has one.
const tick = 120 * time.Millisecond

// history is how many ticks are made up for when nobody has looked for long.
const history = 200

// idle is how far the device's own messages have been made.
type idle struct {
	from time.Time // nothing before
	tick int64     // the last one made
}

type saying struct {
	buffer   Buffer
	priority byte
	uid      int
	pid, tid int
	tag      string
	text     string
}

var sayings = []saying{
	{Main, 'D', 1000, 1402, 1467, "CarPropertyService", "onPropertyChange ENV_OUTSIDE_TEMPERATURE area=0 value=1%d.%d"},
	{System, 'I', 1000, 1104, 1198, "ActivityTaskManager", "Displayed com.farbench.navigation/.MapActivity for user 10: +%d%dms"},
	{Main, 'V', 1000, 498, 498, "SurfaceFlinger", "frame %d%d presented, 1 layer dirty"},
	{Main, 'D', 1041, 521, 688, "AudioFlinger", "mixer(0x7a3c) underrun check: %d frames ready, track %d"},
	{Main, 'I', 1000, 1402, 1402, "CarService", "UX restrictions: driving state PARKED, %d listeners, %d clients"},
	{Main, 'D', 1078, 540, 556, "VehicleHal", "set HVAC_TEMPERATURE_SET area 49 -> 2%d.%d"},
	{Main, 'I', 1002, 1377, 1411, "BluetoothAdapterService", "profile A2DP connected, device XX:XX:XX:%d%d:0A"},
	{System, 'W', 1000, 1104, 1231, "ActivityManager", "Slow operation: %d%dms so far, now at startProcess: done"},
	{Main, 'V', 1000, 1104, 1302, "GnssLocationProvider", "SV count: 1%d used in fix: %d"},
	{Main, 'D', 1000, 1402, 1470, "CarAudioService", "onVolumeGroupChange group=%d gain=%d"},
	{Main, 'I', 1010080, 2011, 2044, "NavEngine", "route recalculated, %d maneuvers, ETA +%d min"},
	{Main, 'W', 1000, 1104, 1377, "WifiHAL", "RSSI below roam threshold: -7%d dBm on channel 3%d"},
	{Main, 'D', 1078, 540, 561, "CanBusGateway", "rx 0x3D%d dlc=8 cycle=20ms jitter=%dus"},
	{System, 'I', 1000, 1104, 1104, "PowerManagerService", "Brightness group 0: %d%d%%"},
	{Main, 'E', 1000, 1402, 1533, "TelematicsClient", "heartbeat to backend timed out after %d.%d s, retrying"},
	{Main, 'D', 1010000, 1533, 1590, "ClusterRenderer", "needle angle %d%d.0 deg, 60 fps"},
	{Events, 'I', 1000, 1104, 1198, "am_proc_start", "[10,2%d11,1010080,com.farbench.navigation,broadcast,{com.farbench.navigation/.Boot%d}]"},
	{Main, 'I', 1000, 1402, 1560, "DcmManager", "DCM state READY, session %d, queue depth %d"},
	{Main, 'E', 1010080, 2011, 2101, "MediaCodec", "dequeueOutputBuffer: buffer %d not ready (err -1%d)"},
	{Crash, 'F', 1000, 2477, 2477, "libc", "Fatal signal 6 (SIGABRT), code -1 in tid 247%d (diag_probe), pid 247%d"},
}

// at gives what the device says at a tick. Common messages are common, errors
// seldom.
func (l *Log) at(n int64) Entry {
	h := fnv.New64a()
	var b [8]byte
	for i := range b {
		b[i] = byte(uint64(n) ^ l.seed>>(8*i))
		n >>= 8
	}
	_, _ = h.Write(b[:])
	random := h.Sum64()
	random ^= random >> 29
	s := sayings[random%uint64(len(sayings))]
	if s.priority == 'E' && random>>20%3 != 0 || s.priority == 'F' && random>>20%40 != 0 {
		s = sayings[0]
	}
	return Entry{
		Buffer: s.buffer, Priority: s.priority, UID: s.uid, PID: s.pid, TID: s.tid,
		Tag: s.tag, Message: fmt.Sprintf(s.text, random>>32%10, random>>40%10),
	}
}

// catchUp files what the device has said by itself since somebody last looked;
// the lock is held.
func (l *Log) catchUp(now time.Time) {
	last := now.UnixNano() / int64(tick)
	if last < l.idle.tick { // the clock was put back
		l.idle.tick = last
	}
	l.skipFlood(now)
	n := max(l.idle.tick+1, last-history+1, l.idle.from.UnixNano()/int64(tick)+1)
	for ; n <= last; n++ {
		e := l.at(n)
		e.Time = time.Unix(0, n*int64(tick))
		l.floodUntil(e.Time)
		l.add(e)
	}
	l.idle.tick = max(last, l.idle.tick)
	l.floodUntil(now)
}

// bootTime is how long a device says nothing but what its boot does.
const bootTime = 2500 * time.Millisecond

// started is what a device says as it boots; the lock is held.
func (l *Log) started(at time.Time) {
	kernel := func(after time.Duration, text string) {
		l.add(Entry{Time: at.Add(after), Buffer: Kernel, Priority: 'I', Message: text})
	}
	for i, text := range []string{
		"Booting Linux on physical CPU 0x0000000000 [0x413fd0c1]",
		"Machine model: Farbench SA8295P",
		"usb 1-1: new high-speed USB device number 2 using xhci-hcd",
		"CAN device driver interface",
		"init: starting service 'vehicle-hal'...",
		"healthd: battery l=100 v=13800 t=31.0 h=2 st=5 chg=a",
	} {
		kernel(time.Duration(i*i)*40*time.Millisecond+time.Duration(i*1047)*time.Microsecond, text)
	}
	boot := func(after time.Duration, tag, text string) {
		l.add(Entry{Time: at.Add(after), Buffer: Events, Priority: 'I', UID: 1000, PID: 1104, TID: 1104, Tag: tag, Message: text})
	}
	boot(1100*time.Millisecond, "boot_progress_start", "1100")
	boot(1900*time.Millisecond, "boot_progress_system_run", "1900")
	boot(2400*time.Millisecond, "boot_progress_enable_screen", "2400")
}
