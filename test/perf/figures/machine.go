package figures

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// ticksPerSecond is the unit of processor time in /proc, the same on all Linux
// systems that Go supports.
const ticksPerSecond = 100

// Ticks is the machine's processor time since it started.
type Ticks struct{ busy, total float64 }

// MachineTime reads the machine's processor time, in seconds.
func MachineTime() Ticks {
	stat, _ := os.ReadFile("/proc/stat")
	line, _, _ := strings.Cut(string(stat), "\n")
	var t Ticks
	for i, field := range strings.Fields(line) {
		v, err := strconv.ParseFloat(field, 64)
		if err != nil || i > 8 { // user already includes guests
			continue
		}
		t.total += v / ticksPerSecond
		if i != 4 && i != 5 { // idle, and waiting for the disk
			t.busy += v / ticksPerSecond
		}
	}
	return t
}

// Load is how busy other processes kept the machine.
type Load struct{ Others float64 }

// Since returns the load since an earlier reading; own is the processor time
// that our processes used since then.
func (t Ticks) Since(begin Ticks, own time.Duration) Load {
	total := t.total - begin.total
	if total <= 0 {
		return Load{}
	}
	return Load{Others: min(1, max(0, (t.busy-begin.busy-own.Seconds())/total))}
}

func (l Load) String() string {
	return fmt.Sprintf("other processes used %.0f %% of the machine", 100*l.Others)
}

// SelfTime returns the processor time of this process.
func SelfTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// ProcessTime returns the processor time of a running process.
func ProcessTime(pid int) time.Duration {
	stat, err := os.ReadFile(proc(pid, "stat"))
	if err != nil {
		return 0
	}
	// The second field, a name in parentheses, may contain spaces.
	_, rest, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.ParseInt(fields[11], 10, 64)
	system, _ := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * time.Second / ticksPerSecond
}

// Memory of a process in MB (2^20 bytes): resident now, its peak, and the part
// that is not mapped from files.
type Memory struct{ Now, Peak, Anonymous float64 }

func MemoryOf(pid int) (Memory, error) {
	status, err := os.ReadFile(proc(pid, "status"))
	if err != nil {
		return Memory{}, err
	}
	return parseMemory(string(status)), nil
}

func parseMemory(status string) (m Memory) {
	for line := range strings.Lines(status) {
		fields := strings.Fields(line)
		if len(fields) < 2 {
			continue
		}
		kB, _ := strconv.ParseFloat(fields[1], 64)
		switch fields[0] {
		case "VmRSS:":
			m.Now = kB / 1024
		case "VmHWM:":
			m.Peak = kB / 1024
		case "RssAnon:":
			m.Anonymous = kB / 1024
		}
	}
	return m
}

func proc(pid int, file string) string { return filepath.Join("/proc", strconv.Itoa(pid), file) }
