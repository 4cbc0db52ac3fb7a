package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/wasession/wasession/kubectl/cli"
)

// docs/kubectl.md has a section for each command, and each flag of its own is in the page.
func TestThePageHasAllCommandsAndFlags(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "kubectl.md"))
	if err != nil {
		t.Fatal(err)
	}
	var check func(c *cobra.Command)
	check = func(c *cobra.Command) {
		name := strings.TrimPrefix(c.CommandPath(), "kubectl wasession ")
		if c.Runnable() && c.HasParent() && !strings.Contains(string(page), "### "+name) && !strings.Contains(string(page), ", "+name+"\n") {
			t.Errorf("there is no section for %s", name)
		}
		c.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
			short := f.Shorthand != "" && strings.Contains(string(page), "`-"+f.Shorthand)
			long := strings.Contains(string(page), "`--"+f.Name) || strings.Contains(string(page), " --"+f.Name)
			if f.Name != "help" && !short && !long {
				t.Errorf("nothing is said of %s --%s", name, f.Name)
			}
		})
		for _, sub := range c.Commands() {
			check(sub)
		}
	}
	check(newRoot("test", cli.Streams{Out: &strings.Builder{}, Err: &strings.Builder{}}))
}

// Tab completes the values of flags that are words of a list.
func TestTabCompletesValues(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"list", "-o"}, "json\nyaml\n"},
		{[]string{"archive", "sales", "--output"}, "json\nyaml\n"},
		{[]string{"qr", "sales", "--style"}, "auto\ncoloured\nlight-text\ndark-text\n"},
	} {
		var out, said strings.Builder
		code := Run(t.Context(), "test", append(append([]string{cobra.ShellCompNoDescRequestCmd}, c.args...), ""), cli.Streams{Out: &out, Err: &said})
		if code != cli.Done || !strings.HasPrefix(out.String(), c.want) {
			t.Errorf("after %v: %d %q", c.args, code, out.String())
		}
	}
}
