package toolbox

import (
	"regexp"
	"testing"
)

func TestSystem_trueFormats(t *testing.T) {
	m := newMachine(t)
	for command, want := range map[string]string{
		"ps -A | head -n 3":                    `USER              PID   PPID        VSZ    RSS WCHAN                  ADDR S NAME\nroot                1      0   10800401   3153 do_epoll_wait             0 S init\nroot                2      0          0      0 .*`,
		"ps -o PID,NAME | grep adbd$":          `  1230 adbd\n`,
		"ps -ef | head -n 1":                   `UID +PID +PPID +C +STIME +TTY +TIME +CMD\n`,
		"df | grep -c /dev/block":              `6\n`,
		"df -h /data/local/tmp":                `Filesystem +Size Used Avail Use% Mounted on\n/dev/block/dm-42 +1\.0M +\d+K +1\.0M +\d% /data\n`,
		"df /nowhere; echo $?":                 `df: /nowhere: No such file or directory\n1\n`,
		"top -b -n 1 -m 2 | tail -n 1":         ` +521 audioserver .*audioserver\n`,
		"pgrep -x adbd; pgrep nobody; echo $?": `1230\n1\n`,

		"sleep 60 & until pkill -x sleep; do :; done; wait $!; echo $?":               `143\n`,
		"sleep 61 & until killall -9 sleep 2>/dev/null; do :; done; wait $!; echo $?": `137\n`,

		"pkill adbd": `pkill: bad kill 1230: Operation not permitted\n`,
		"su 0 echo a; su root sh -c 'echo b'; su -c 'echo c'":         `a\nb\nc\n`,
		"mount | grep -c '/data type f2fs'; cat /proc/mounts | wc -l": `1\n9\n`,
		"cat /sys/class/thermal/thermal_zone0/temp":                   `\d{5}\n`,
		"uptime":   ` 11:00:00 up 0:01,  0 users,  load average: .*\n`,
		"uname -a": `Linux localhost 6\.1\..* aarch64 Toybox\n`,
	} {
		if out, _ := sh(t, m, command); !regexp.MustCompile(`(?s)\A(?:` + want + `)\z`).MatchString(out) {
			t.Errorf("%s says\n%q, want\n%q", command, out, want)
		}
	}
}
