package realnode

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// makeMachine makes of the new namespaces a machine for a node: its own /proc and
// /sys, empty folders to write in, and a network. It keeps some files in dir.
func makeMachine(h host, dir string) error {
	if err := unix.Sethostname([]byte(h.name)); err != nil {
		return fmt.Errorf("host name: %w", err)
	}
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("private mounts: %w", err)
	}
	if err := makeGroups(h.group()); err != nil {
		return err
	}
	for _, mount := range []func(string) error{mountProc, mountSys, mountFolders, hideSettings} {
		if err := mount(dir); err != nil {
			return err
		}
	}
	// What kubelet mounts must reach the containers.
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_SHARED, ""); err != nil {
		return fmt.Errorf("shared mounts: %w", err)
	}
	return makeNetwork(h)
}

func mountProc(string) error {
	if err := unix.Mount("proc", "/proc", "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, ""); err != nil {
		return fmt.Errorf("mount /proc: %w", err)
	}
	return nil
}

// mountSys shows the network of the new namespace in /sys, which keeps the host's
// control groups.
func mountSys(dir string) error {
	aside := filepath.Join(dir, "cgroup")
	if err := os.Mkdir(aside, 0o755); err != nil {
		return err
	}
	if err := unix.Mount(groupRoot, aside, "", unix.MS_BIND|unix.MS_REC, ""); err != nil {
		return fmt.Errorf("keep the control groups: %w", err)
	}
	if err := unix.Mount("sysfs", "/sys", "sysfs", 0, ""); err != nil {
		return fmt.Errorf("mount /sys: %w", err)
	}
	if err := unix.Mount(aside, groupRoot, "", unix.MS_BIND|unix.MS_REC, ""); err != nil {
		return fmt.Errorf("mount the control groups: %w", err)
	}
	return unix.Unmount(aside, unix.MNT_DETACH)
}

// emptied are the folders in which programs of a node write, whatever they are told.
var emptied = []string{"/run", "/var/lib", "/var/log"}

func mountFolders(string) error {
	for _, folder := range emptied {
		if err := unix.Mount("tmpfs", folder, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, "mode=755"); err != nil {
			return fmt.Errorf("mount %s: %w", folder, err)
		}
	}
	return nil
}

// settings are those of the kernel, below /proc/sys, that kubelet wants, and that
// belong to the whole machine.
var settings = map[string]string{
	"vm/overcommit_memory":      "1",
	"kernel/panic":              "10",
	"kernel/panic_on_oops":      "1",
	"kernel/keys/root_maxkeys":  "1000000",
	"kernel/keys/root_maxbytes": "25000000",
}

// hideSettings shows kubelet the settings as it wants them, and leaves the machine's
// as they are.
func hideSettings(dir string) error {
	for path, value := range settings {
		file := filepath.Join(dir, "sysctl-"+filepath.Base(path))
		if err := os.WriteFile(file, []byte(value+"\n"), 0o644); err != nil {
			return err
		}
		if err := unix.Mount(file, filepath.Join("/proc/sys", path), "", unix.MS_BIND, ""); err != nil {
			return fmt.Errorf("hide %s: %w", path, err)
		}
	}
	return nil
}

// makeNetwork gives the machine its address. The first host's default route leads
// nowhere: programs look for it to find out which address is the node's.
func makeNetwork(h host) error {
	lines := []string{
		"link set lo up",
		"address add " + h.address + "/24 dev eth0",
		"link set eth0 up",
		"route add default via " + Address + " dev eth0",
	}
	if h == firstHost {
		lines = []string{
			"link set lo up",
			"link add node0 type bridge",
			"address add " + h.address + "/24 dev node0",
			"link set node0 up",
			"address add " + PublicAddress + "/32 dev node0",
			"address add " + MetadataAddress + "/32 dev node0",
			"route add default via " + gateway + " dev node0",
		}
	}
	if err := ip(lines...); err != nil {
		return err
	}
	return os.WriteFile("/proc/sys/net/ipv4/ip_forward", []byte("1"), 0o644)
}

// ip runs commands of ip.
func ip(lines ...string) error {
	for _, line := range lines {
		if out, err := exec.Command("ip", strings.Fields(line)...).CombinedOutput(); err != nil {
			return fmt.Errorf("ip %s: %w: %s", line, err, out)
		}
	}
	return nil
}
