package sandbox

import (
	"fmt"
	"os"
	"path/filepath"
	"sort"

	"golang.org/x/sys/unix"
)

// hostFiles are files that programs expect on any machine and images usually
// contain; each is shown read-only if the host has it.
var hostFiles = []string{
	"/etc/ca-certificates", "/etc/group", "/etc/hosts", "/etc/localtime", "/etc/nsswitch.conf",
	"/etc/passwd", "/etc/pki", "/etc/resolv.conf", "/etc/ssl",
	"/usr/share/ca-certificates", "/usr/share/zoneinfo",
}

// buildRoot builds the root on a tmpfs at spec.Dir, in a private mount
// namespace.
func buildRoot(spec Spec) error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("make mounts private: %w", err)
	}
	if err := unix.Mount("tmpfs", spec.Dir, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, "mode=755"); err != nil {
		return fmt.Errorf("mount the root: %w", err)
	}
	if err := os.Mkdir(filepath.Join(spec.Dir, "tmp"), 0o777|os.ModeSticky); err != nil {
		return err
	}
	if err := bind(spec.Dir, Mount{Source: "/dev", Target: "/dev"}); err != nil {
		return err
	}
	if err := mountProc(spec.Dir); err != nil {
		return err
	}
	for _, path := range hostFiles {
		if _, err := os.Stat(path); err != nil {
			continue
		}
		if err := bind(spec.Dir, Mount{Source: path, Target: path, ReadOnly: true}); err != nil {
			return err
		}
	}
	for _, mount := range byDepth(spec.Mounts) {
		if err := bind(spec.Dir, mount); err != nil {
			return err
		}
	}
	if spec.ReadOnlyRoot {
		return readOnly(spec.Dir, 0)
	}
	return nil
}

// mountProc mounts /proc for the process's own PID namespace. If a surrounding
// container forbids that, it shows that container's /proc.
func mountProc(root string) error {
	target := filepath.Join(root, "proc")
	if err := os.Mkdir(target, 0o555); err != nil {
		return err
	}
	if unix.Mount("proc", target, "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, "") == nil {
		return nil
	}
	return bind(root, Mount{Source: "/proc", Target: "/proc"})
}

// bind shows mount below root, including the mounts below the source: in a user
// namespace the kernel does not let them be left out.
func bind(root string, mount Mount) error {
	target := filepath.Join(root, filepath.Join("/", mount.Target))
	info, err := os.Stat(mount.Source)
	if err != nil {
		return fmt.Errorf("mount %s: %w", mount.Target, err)
	}
	if err := makeTarget(target, info.IsDir()); err != nil {
		return fmt.Errorf("mount %s: %w", mount.Target, err)
	}
	if err := unix.Mount(mount.Source, target, "", unix.MS_BIND|unix.MS_REC, ""); err != nil {
		return fmt.Errorf("mount %s: %w", mount.Target, err)
	}
	if mount.ReadOnly {
		return readOnly(target, unix.AT_RECURSIVE)
	}
	return nil
}

func makeTarget(path string, dir bool) error {
	if dir {
		return os.MkdirAll(path, 0o755)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDONLY, 0o644)
	if err != nil {
		return err
	}
	return file.Close()
}

// readOnly adds to the mount's flags and clears none, since a user namespace
// may not clear them.
func readOnly(path string, flags uint) error {
	err := unix.MountSetattr(-1, path, flags, &unix.MountAttr{Attr_set: unix.MOUNT_ATTR_RDONLY})
	if err != nil {
		return fmt.Errorf("make %s read-only: %w", path, err)
	}
	return nil
}

// byDepth sorts mounts so that nested ones come after those that contain them.
func byDepth(mounts []Mount) []Mount {
	ordered := append([]Mount(nil), mounts...)
	sort.SliceStable(ordered, func(i, j int) bool {
		return len(filepath.Clean(ordered[i].Target)) < len(filepath.Clean(ordered[j].Target))
	})
	return ordered
}
