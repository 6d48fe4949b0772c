package android

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/farbench/farbench/agent/adbsim/logd"
	"github.com/farbench/farbench/agent/adbsim/machine"
)

// svc is svc wifi|bluetooth|data|nfc enable|disable and svc power …
func svc(c *call) int {
	what, word := c.arg(1), c.arg(2)
	if _, radio := c.radios[what]; radio && (word == "enable" || word == "disable") {
		on := word == "enable"
		if c.radios[what] != on {
			c.radios[what] = on
			setting := map[string]string{"wifi": "wifi_on", "bluetooth": "bluetooth_on", "data": "mobile_data", "nfc": "nfc_on"}[what]
			c.System.settings[table{"global", 0}][setting] = map[bool]string{true: "1", false: "0"}[on]
			c.log(logd.System, serverPID, 'I', map[string]string{"wifi": "WifiService", "bluetooth": "BluetoothManagerService", "data": "TelephonyManager", "nfc": "NfcService"}[what], fmt.Sprintf("setEnabled %t by com.android.shell", on))
		}
		if what != "data" {
			c.out.WriteString(map[bool]string{true: "Success\n", false: "Success\n"}[on])
		}
		return 0
	}
	switch {
	case what == "power" && word == "stayon" && c.arg(3) != "":
		c.System.settings[table{"global", 0}]["stay_on_while_plugged_in"] = map[string]string{"false": "0"}[c.arg(3)] + map[bool]string{true: "7"}[c.arg(3) != "false"]
		return 0
	case what == "power" && word == "reboot":
		return c.ask("reboot")
	case what == "power" && word == "shutdown":
		return c.ask("vanish")
	}
	c.out.WriteString("Available commands:\n    help     Show information about the subcommands\n    power    Control the power manager\n    data     Control mobile data connectivity\n    wifi     Control the Wi-Fi manager\n    nfc      Control NFC functions\n    bluetooth Control Bluetooth service\n")
	return 0
}

// address is the device's own on the bench's network.
func (s *System) address() string {
	return "10.42.0." + strconv.Itoa(10+appID(s.m.Props.Get("ro.serialno"))%200)
}

func (s *System) mac() string {
	n := appID(s.m.Props.Get("ro.serialno"))
	return fmt.Sprintf("02:fb:00:00:%02x:%02x", n/256, n%256)
}

// ip is ip [-4|-6|-o] addr|link|route.
func ip(c *call) int {
	_, rest := options(c.args[1:])
	what := "addr"
	if len(rest) > 0 {
		what = rest[0]
	}
	up := c.radios["wifi"]
	switch {
	case what == "":
		c.err.WriteString("Object \"\" is unknown, try \"ip help\".\n")
		return 1
	case strings.HasPrefix("address", what) && what[0] == 'a', what == "link" || what == "l":
		only := ""
		if len(rest) > 2 && rest[1] == "show" {
			only = rest[len(rest)-1]
		}
		links := []struct{ name, head, link, inet string }{
			{"lo", "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000", "link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00", "inet 127.0.0.1/8 scope host lo\n       valid_lft forever preferred_lft forever\n    inet6 ::1/128 scope host \n       valid_lft forever preferred_lft forever"},
			{"eth0", "2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc pfifo_fast state UP group default qlen 1000", "link/ether " + c.mac() + " brd ff:ff:ff:ff:ff:ff", "inet " + c.address() + "/24 brd 10.42.0.255 scope global eth0\n       valid_lft forever preferred_lft forever"},
			{"can0", "3: can0: <NOARP,UP,LOWER_UP,ECHO> mtu 16 qdisc pfifo_fast state UP group default qlen 10", "link/can ", ""},
		}
		if up {
			links = append(links, struct{ name, head, link, inet string }{"wlan0", "4: wlan0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc mq state UP group default qlen 3000", "link/ether 02:fb:00:01:00:01 brd ff:ff:ff:ff:ff:ff", "inet 192.168.8.23/24 brd 192.168.8.255 scope global wlan0\n       valid_lft forever preferred_lft forever"})
		}
		for _, l := range links {
			if only != "" && l.name != only {
				continue
			}
			c.out.WriteString(l.head + "\n    " + l.link + "\n")
			if what[0] == 'a' && l.inet != "" {
				c.out.WriteString("    " + l.inet + "\n")
			}
		}
	case strings.HasPrefix("route", what):
		fmt.Fprintf(&c.out, "10.42.0.0/24 dev eth0 proto kernel scope link src %s \n", c.address())
		if up {
			c.out.WriteString("192.168.8.0/24 dev wlan0 proto kernel scope link src 192.168.8.23 \n")
		}
	default:
		fmt.Fprintf(&c.err, "Object \"%s\" is unknown, try \"ip help\".\n", what)
		return 1
	}
	return 0
}

// ping is ping [-c COUNT] [-i SECONDS] HOST. Only the bench's network and the
// device itself answer.
func (s *System) ping(p *machine.Proc, args []string) int {
	set, rest := options(args[1:], "-c", "-i", "-W", "-w", "-s", "-I")
	if len(rest) == 0 {
		p.Errorf("ping: usage error: Destination address required\n")
		return 2
	}
	host := rest[len(rest)-1]
	count, err := strconv.Atoi(set["-c"])
	if _, given := set["-c"]; given && (err != nil || count < 1) {
		p.Errorf("ping: invalid argument: '%s'\n", set["-c"])
		return 1
	}
	every, err := strconv.ParseFloat(set["-i"], 64)
	if err != nil || every < 0.2 {
		every = 1
	}
	address := host
	switch {
	case host == "localhost":
		address = "127.0.0.1"
	case !strings.ContainsAny(host, "0123456789") || strings.Count(host, ".") != 3:
		p.Errorf("ping: unknown host %s\n", host)
		return 2
	}
	answers := strings.HasPrefix(address, "10.42.0.") || strings.HasPrefix(address, "127.")
	p.Printf("PING %s (%s) 56(84) bytes of data.\n", host, address)
	sent, began := 0, s.m.Now()
	for sent = 1; ; sent++ {
		if answers {
			p.Printf("64 bytes from %s: icmp_seq=%d ttl=64 time=%.2f ms\n", address, sent, 0.31+float64(sent%7)*0.04)
		}
		if p.Killed() {
			return 1
		}
		if sent == count {
			break
		}
		p.Sleep(time.Duration(every * float64(time.Second)))
	}
	received, loss := sent, 0
	if !answers {
		received, loss = 0, 100
	}
	p.Printf("\n--- %s ping statistics ---\n%d packets transmitted, %d received, %d%% packet loss, time %dms\n", host, sent, received, loss, s.m.Now().Sub(began).Milliseconds())
	if !answers {
		return 1
	}
	p.Printf("rtt min/avg/max/mdev = 0.310/0.402/0.550/0.041 ms\n")
	return 0
}

func dumpConnectivity(c *call) int {
	c.out.WriteString("NetworkProviders for:\n  EthernetNetworkFactory\n  WifiNetworkFactory\n\n")
	active := "none"
	if c.radios["wifi"] {
		active = "101"
	}
	c.out.WriteString("Active default network: " + active + "\n\nCurrent Networks:\n")
	fmt.Fprintf(&c.out, "  NetworkAgentInfo{network{100}  handle{432902426637}  ni{Ethernet CONNECTED extra: %s} Score(Policies : EVER_VALIDATED) created lp{{InterfaceName: eth0 LinkAddresses: [ %s/24 ] MTU: 0}} nc{[ Transports: ETHERNET Capabilities: INTERNET&NOT_RESTRICTED&TRUSTED&NOT_VPN ]}}\n", c.mac(), c.address())
	if c.radios["wifi"] {
		c.out.WriteString("  NetworkAgentInfo{network{101}  handle{437197393933}  ni{WIFI CONNECTED extra: } Score(Policies : IS_VALIDATED) created lp{{InterfaceName: wlan0 LinkAddresses: [ 192.168.8.23/24 ] MTU: 0}} nc{[ Transports: WIFI Capabilities: INTERNET&VALIDATED&NOT_VPN ]}}\n")
	}
	return 0
}
