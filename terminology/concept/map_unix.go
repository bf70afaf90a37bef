//go:build unix

package concept

import (
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// mapped maps a file read-only. It returns what to do once nothing refers to the bytes.
func mapped(name string) (data []byte, release func([]byte), err error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, nil, err
	}
	if info.Size() <= smallFile {
		data, err = os.ReadFile(name)
		return data, nil, err
	}
	data, err = unix.Mmap(int(f.Fd()), 0, int(info.Size()), unix.PROT_READ, unix.MAP_SHARED)
	runtime.KeepAlive(f)
	return data, func(b []byte) { unix.Munmap(b) }, err
}

// syncDir makes a rename in a folder durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// free tells how many bytes may still be written below dir.
func free(dir string) (uint64, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return 0, err
	}
	return uint64(st.Bavail) * uint64(st.Bsize), nil
}
