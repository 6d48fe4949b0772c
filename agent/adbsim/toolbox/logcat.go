package toolbox

import (
	"bufio"
	"fmt"
	"hash/fnv"
	"strings"
	"time"

	"github.com/farbench/farbench/agent/adbsim/machine"
)

// The log that a device writes without end is made from its clock alone: the
// message of a moment is always the same, so that two readers see one log.
// Every tick has one message.
const logTick = 120 * time.Millisecond

// logHistory is how far back the log reaches.
const logHistory = 200

type message struct {
	priority byte
	tag      string
	pid, tid int
	text     string
}

var messages = []message{
	{'D', "CarPropertyService", 1402, 1467, "onPropertyChange PERF_VEHICLE_SPEED area=0 value=%d.%d"},
	{'I', "ActivityTaskManager", 1104, 1198, "Displayed com.farbench.navigation/.MapActivity for user 10: +%d%dms"},
	{'V', "SurfaceFlinger", 498, 498, "frame %d%d presented, 1 layer dirty"},
	{'D', "AudioFlinger", 521, 688, "mixer(0x7a3c) underrun check: %d frames ready, track %d"},
	{'I', "CarService", 1402, 1402, "UX restrictions: driving state PARKED, %d listeners, %d clients"},
	{'D', "VehicleHal", 540, 556, "set HVAC_TEMPERATURE_SET area 49 -> 2%d.%d"},
	{'I', "BluetoothAdapterService", 1377, 1411, "profile A2DP connected, device XX:XX:XX:%d%d:0A"},
	{'W', "ActivityManager", 1104, 1231, "Slow operation: %d%dms so far, now at startProcess: done"},
	{'V', "GnssLocationProvider", 1104, 1302, "SV count: 1%d used in fix: %d"},
	{'D', "CarAudioService", 1402, 1470, "onVolumeGroupChange group=%d gain=%d"},
	{'I', "NavEngine", 2011, 2044, "route recalculated, %d maneuvers, ETA +%d min"},
	{'W', "WifiHAL", 1104, 1377, "RSSI below roam threshold: -7%d dBm on channel 3%d"},
	{'D', "CanBusGateway", 540, 561, "rx 0x3D%d dlc=8 cycle=20ms jitter=%dus"},
	{'I', "PowerManagerService", 1104, 1104, "Brightness group 0: %d%d%%"},
	{'E', "TelematicsClient", 1402, 1533, "heartbeat to backend timed out after %d.%d s, retrying"},
	{'D', "ClusterRenderer", 1533, 1590, "needle angle %d%d.0 deg, 60 fps"},
	{'I', "DcmManager", 1402, 1560, "DCM state READY, session %d, queue depth %d"},
	{'E', "MediaCodec", 2011, 2101, "dequeueOutputBuffer: buffer %d not ready (err -1%d)"},
	{'F', "libc", 2477, 2477, "Fatal signal 6 (SIGABRT), code -1 in tid 247%d (diag_probe), pid 247%d"},
}

// at gives the message of a tick. Common messages are common, errors seldom.
func at(tick int64) message {
	h := fnv.New64a()
	var b [8]byte
	for i := range b {
		b[i] = byte(tick >> (8 * i))
	}
	_, _ = h.Write(b[:])
	n := h.Sum64()
	n ^= n >> 29
	m := messages[n%uint64(len(messages))]
	if m.priority == 'E' && n>>20%3 != 0 || m.priority == 'F' && n>>20%40 != 0 { // seldom
		m = messages[0]
	}
	m.text = fmt.Sprintf(m.text, n>>32%10, n>>40%10)
	return m
}

// logcat prints the log: [-d] [-v FORMAT] [-b BUFFER] [-t N] [-T N] [-c] [-g]
// [-s] [TAG:PRIORITY…].
func logcat(p *machine.Proc, args []string) int {
	set, filters, ok := flags(p, args, "dcgsLS", "vbtTmer")
	if !ok {
		return 1
	}
	if _, clears := set['c']; clears {
		return 0
	}
	if _, sizes := set['g']; sizes {
		p.Printf("main: ring buffer is 256 KiB (192 KiB consumed), max entry is 5120 B, max payload is 4068 B\n")
		return 0
	}
	format := set['v']
	if format == "" {
		format = "threadtime"
	}
	most := logHistory
	text, given := set['t']
	if !given {
		text = set['T']
	}
	if n, err := number(text); err == nil {
		most = int(min(max(n, 1), logHistory))
	}
	_, silent := set['s']
	out := output(p)
	fmt.Fprintln(out, "--------- beginning of main")
	show := func(tick int64) {
		if m := at(tick); wanted(m, filters, silent) {
			writeMessage(out, time.Unix(0, tick*int64(logTick)).UTC(), m, format)
		}
	}
	last := p.Machine.Now().UnixNano() / int64(logTick)
	for tick := last - int64(most) + 1; tick <= last; tick++ {
		show(tick)
	}
	if out.Flush() != nil {
		return 1
	}
	_, dump := set['d']
	if dump || set['t'] != "" {
		return 0
	}
	for {
		p.Sleep(logTick)
		now := p.Machine.Now().UnixNano() / int64(logTick)
		for tick := max(last+1, now-logHistory); tick <= now; tick++ {
			show(tick)
		}
		last = max(last, now)
		if out.Flush() != nil || p.Killed() {
			return 1
		}
	}
}

// wanted applies filters such as CarService:I and *:S.
func wanted(m message, filters []string, silent bool) bool {
	const order = "VDIWEFS"
	least := byte('V')
	if silent {
		least = 'S'
	}
	for _, f := range filters {
		tag, priority, given := strings.Cut(f, ":")
		if !given || priority == "" {
			priority = "V"
		}
		if tag == "*" || tag == m.tag {
			least = priority[0] &^ 0x20
			if tag == m.tag {
				break
			}
		}
	}
	return strings.IndexByte(order, m.priority) >= strings.IndexByte(order, least)
}

func writeMessage(out *bufio.Writer, t time.Time, m message, format string) {
	switch format {
	case "brief":
		fmt.Fprintf(out, "%c/%-8s(%5d): %s\n", m.priority, m.tag, m.pid, m.text)
	case "time":
		fmt.Fprintf(out, "%s %c/%-8s(%5d): %s\n", t.Format("01-02 15:04:05.000"), m.priority, m.tag, m.pid, m.text)
	case "tag":
		fmt.Fprintf(out, "%c/%-8s: %s\n", m.priority, m.tag, m.text)
	case "raw":
		fmt.Fprintln(out, m.text)
	case "color":
		color := map[byte]int{'V': 37, 'D': 34, 'I': 32, 'W': 33, 'E': 31, 'F': 31}[m.priority]
		fmt.Fprintf(out, "\x1b[%dm%s %5d %5d %c %-8s: %s\x1b[0m\n", color, t.Format("01-02 15:04:05.000"), m.pid, m.tid, m.priority, m.tag, m.text)
	default:
		fmt.Fprintf(out, "%s %5d %5d %c %-8s: %s\n", t.Format("01-02 15:04:05.000"), m.pid, m.tid, m.priority, m.tag, m.text)
	}
}

// logWrite is log -p PRIORITY -t TAG TEXT. The simulated log is made from the
// clock, so what is written is not kept.
func logWrite(*machine.Proc, []string) int { return 0 }

func dmesg(p *machine.Proc, _ []string) int {
	for i, text := range []string{
		"Booting Linux on physical CPU 0x0000000000 [0x413fd0c1]",
		"Machine model: Farbench SA8295P",
		"usb 1-1: new high-speed USB device number 2 using xhci-hcd",
		"CAN device driver interface",
		"init: starting service 'vehicle-hal'...",
		"healthd: battery l=100 v=13800 t=31.0 h=2 st=5 chg=a",
	} {
		p.Printf("[%5d.%06d] %s\n", i*i, i*104729%1000000, text)
	}
	return 0
}
