package toolbox

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/farbench/farbench/agent/adbsim/machine"
)

// systemProcesses are for show: they stand in ps and take no signal.
var systemProcesses = []machine.Shown{
	{User: "root", PID: 1, PPID: 0, Name: "init"},
	{User: "root", PID: 2, PPID: 0, Name: "[kthreadd]"},
	{User: "logd", PID: 311, PPID: 1, Name: "logd"},
	{User: "system", PID: 312, PPID: 1, Name: "servicemanager"},
	{User: "system", PID: 498, PPID: 1, Name: "surfaceflinger"},
	{User: "audioserver", PID: 521, PPID: 1, Name: "audioserver"},
	{User: "vehicle_network", PID: 540, PPID: 1, Name: "android.hardware.automotive.vehicle@V3-service"},
	{User: "root", PID: 612, PPID: 1, Name: "zygote64"},
	{User: "system", PID: 1104, PPID: 612, Name: "system_server"},
	{User: "shell", PID: 1230, PPID: 1, Name: "adbd"},
	{User: "bluetooth", PID: 1377, PPID: 612, Name: "com.android.bluetooth"},
	{User: "system", PID: 1402, PPID: 612, Name: "com.android.car"},
	{User: "u10_system", PID: 1533, PPID: 612, Name: "com.android.systemui"},
}

// shownProcesses are the system's own and the apps'.
func shownProcesses(m *machine.Machine) []machine.Shown {
	if m.Shown == nil {
		return systemProcesses
	}
	return append(slices.Clone(systemProcesses), m.Shown()...)
}

// psColumns are how wide ps makes a column; the last one of a line is not cut.
var psColumns = map[string]int{"USER": -14, "UID": -14, "VSZ": 10, "RSS": 6, "WCHAN": -18, "ADDR": 8, "S": 1, "C": 2, "STIME": 5, "TTY": -8, "TIME": 8}

func ps(p *machine.Proc, args []string) int {
	columns := []string{"USER", "PID", "PPID", "VSZ", "RSS", "WCHAN", "ADDR", "S", "NAME"}
	for i := 1; i < len(args); i++ {
		switch arg := args[i]; {
		case arg == "-o" && i+1 < len(args):
			i++
			columns = strings.FieldsFunc(strings.ToUpper(args[i]), func(r rune) bool { return r == ',' || r == ' ' })
		case strings.HasPrefix(arg, "-o"):
			columns = strings.Split(strings.ToUpper(arg[2:]), ",")
		case arg == "-g":
			columns = []string{"USER", "PID", "PPID", "PGID", "NAME"}
		case strings.HasPrefix(arg, "-") && strings.Contains(arg, "f"):
			columns = []string{"UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"}
		}
	}
	out := output(p)
	row := func(value func(column string) string) {
		cells := make([]string, len(columns))
		for i, c := range columns {
			width, known := psColumns[c]
			if !known {
				width = 6
			}
			if cells[i] = value(c); i < len(columns)-1 {
				cells[i] = fmt.Sprintf("%*s", width, cells[i])
			}
		}
		fmt.Fprintln(out, strings.Join(cells, " "))
	}
	row(func(c string) string { return c })
	for _, one := range shownProcesses(p.Machine) {
		row(psRow{one, one.PID, "S", p.Machine.Booted(), strings.HasPrefix(one.Name, "[")}.cell)
	}
	for _, one := range p.Machine.Processes() {
		state := "S"
		if one == p {
			state = "R"
		}
		shown := machine.Shown{User: "shell", PID: one.PID, PPID: one.PPID, Name: strings.ReplaceAll(one.Name(), "\n", " ")}
		if shown.PPID == 1 {
			shown.PPID = 1230 // adbd
		}
		row(psRow{shown, one.PGID, state, one.Started, false}.cell)
	}
	return failed(out.Flush())
}

// psRow is what ps says of one process.
type psRow struct {
	machine.Shown
	pgid   int
	state  string
	began  time.Time
	kernel bool // a thread of the kernel: no memory of its own
}

func (r psRow) cell(column string) string {
	switch column {
	case "USER", "UID":
		return r.User
	case "PID", "TID":
		return strconv.Itoa(r.PID)
	case "PPID":
		return strconv.Itoa(r.PPID)
	case "PGID", "PGRP", "SID":
		return strconv.Itoa(r.pgid)
	case "S", "STAT":
		return r.state
	case "VSZ":
		return r.memory(10_800_000 + r.PID*401)
	case "RSS":
		return r.memory(3_100 + r.PID*53%140_000)
	case "WCHAN":
		return map[string]string{"S": "do_epoll_wait", "R": "0"}[r.state]
	case "ADDR", "C":
		return "0"
	case "STIME":
		return r.began.UTC().Format("15:04")
	case "TTY":
		return "?"
	case "TIME":
		return "00:00:00"
	}
	return r.Name
}

func (r psRow) memory(kib int) string {
	if r.kernel {
		return "0"
	}
	return strconv.Itoa(kib)
}
