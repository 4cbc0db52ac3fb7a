// look prints what a process in a sandbox sees, as JSON. With the argument
// wait, it and a child process then run until they are killed.
package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"strings"
)

func main() {
	read := func(path string) string {
		data, err := os.ReadFile(path)
		if err != nil {
			return "error: " + err.Error()
		}
		return string(data)
	}
	writes := map[string]bool{}
	for _, folder := range strings.Fields(os.Getenv("WRITE_TO")) {
		writes[folder] = os.WriteFile(folder+"/written", []byte("x"), 0o600) == nil
	}
	entries, _ := os.ReadDir("/")
	var root []string
	for _, entry := range entries {
		root = append(root, entry.Name())
	}
	dir, _ := os.Getwd()
	_ = json.NewEncoder(os.Stdout).Encode(map[string]any{
		"pid": os.Getpid(), "args": os.Args[1:], "env": os.Environ(), "dir": dir, "root": root,
		"config": read("/etc/app/config/file"), "nested": read("/etc/app/config/secret/key"), "writes": writes,
	})
	if len(os.Args) > 1 && os.Args[1] == "wait" {
		child := exec.Command(os.Args[0], "sleep")
		_ = child.Start()
		select {}
	}
	if len(os.Args) > 1 && os.Args[1] == "sleep" {
		_, _ = os.Stdin.Read(make([]byte, 1))
		select {}
	}
}
