package server

import (
	"bufio"
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

//go:embed testdata/waha-operations.txt
var wahaOperations string

var anyParameter = regexp.MustCompile(`\{[^}]*\}`)

// described are the operations of a description, with their parameters unnamed: the reason
// why WAHA's cannot be had, which is empty for those that can.
func described(t *testing.T, document []byte) map[string]string {
	t.Helper()
	var d struct {
		Paths map[string]map[string]struct {
			Lacking     bool `json:"x-wasession-lacking"`
			Description string
		}
	}
	if err := json.Unmarshal(document, &d); err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for path, methods := range d.Paths {
		for method, operation := range methods {
			reason := ""
			if operation.Lacking {
				reason = operation.Description
			}
			all[strings.ToUpper(method)+" "+anyParameter.ReplaceAllString(path, "{}")] = reason
		}
	}
	return all
}

// The page that says which of WAHA's operations there are is made from what is served.
func TestTheReferenceSaysWhatIsServed(t *testing.T) {
	front, err := describe("")
	if err != nil {
		t.Fatal(err)
	}
	doors := []map[string]string{described(t, runtimeAPI), described(t, front)}
	var table bytes.Buffer
	var have, lacking [2]int
	var reasons []string
	total, tag := 0, ""
	lines := bufio.NewScanner(strings.NewReader(wahaOperations))
	for lines.Scan() {
		fields := strings.Split(lines.Text(), "\t")
		if len(fields) != 3 {
			continue
		}
		if fields[0] != tag {
			tag = fields[0]
			fmt.Fprintf(&table, "\n## %s\n\n| operation | a session | the gateway |\n| --- | --- | --- |\n", tag)
		}
		total++
		fmt.Fprintf(&table, "| `%s %s` |", fields[1], fields[2])
		for i, door := range doors {
			reason, there := door[fields[1]+" "+anyParameter.ReplaceAllString(fields[2], "{}")]
			mark := "missing"
			switch {
			case reason != "":
				n := slices.Index(reasons, reason)
				if n < 0 {
					n, reasons = len(reasons), append(reasons, reason)
				}
				mark = fmt.Sprintf("501 [(%d)](#why-501)", n+1)
				lacking[i]++
			case there:
				mark = "yes"
				have[i]++
			}
			fmt.Fprintf(&table, " %s |", mark)
		}
		table.WriteByte('\n')
	}
	table.WriteString("\n## Why 501\n\n")
	for i, reason := range reasons {
		fmt.Fprintf(&table, "%d. %s.\n", i+1, reason)
	}
	page := fmt.Sprintf(referenceHead, total, have[0], have[1], lacking[0], lacking[1]) + table.String()
	path := filepath.Join("..", "..", "docs", "reference", "waha.md")
	if *update {
		if err := os.WriteFile(path, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	written, err := os.ReadFile(path)
	if err != nil || string(written) != page {
		t.Errorf("docs/reference/waha.md is not what is served: run go test ./gateway/server -update (%v)", err)
	}
}

const referenceHead = `<!-- Written by go test ./gateway/server -update -->
# WAHA's operations

Of the %d operations in WAHA's description (2026.7.1), a session's own API has %d and the
[gateway](../gateway.md) %d. %d and %d answer 501 with a sentence, since WhatsApp or wasession has no
such thing. What is missing answers with 404. Beside them both have calls that
WAHA lacks, such as the auto-archive and the replay of webhooks; ` + "`/openapi.json`" + ` lists all,
and ` + "`/docs`" + ` shows them.

A session's own API refuses to create, change or remove sessions: that is the manifest's, or
the gateway's.
`
