package command

import (
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wasession/wasession/kubectl/cli"
	"github.com/wasession/wasession/kubectl/wahaimport"
)

const importWAHALong = `Print manifests of the sessions of a WAHA installation. It reads WAHA's API and changes
nothing, neither there nor in the cluster.

What has no counterpart is a comment in the output. Signing keys, headers and proxy
credentials are in Secrets at its end: keep that part out of Git.

Exit code 3 means that some sessions could not be converted; the others are printed.`

// maxKey limits the file of a key, in bytes.
const maxKey = 4 << 10

func newImportWAHA(env *Env) *cobra.Command {
	var keyFile string
	c := &cobra.Command{
		Use: "import-waha URL", Short: "Print manifests of a WAHA installation's sessions", Long: importWAHALong,
		Example: "  WAHA_API_KEY=… kubectl wasession import-waha https://waha.example.com > sessions.yaml",
		Args:    cobra.ExactArgs(1), ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(c *cobra.Command, args []string) error {
			base, err := wahaURL(args[0])
			if err != nil {
				return err
			}
			key, err := wahaKey(keyFile)
			if err != nil {
				return err
			}
			sessions, err := wahaimport.Fetch(c.Context(), base, key)
			if err != nil {
				return err
			}
			return env.printImported(sessions, c.Flag("namespace").Value.String())
		},
	}
	c.Flags().StringVar(&keyFile, "api-key-file", "", "File with WAHA's API key. Defaults to the key in WAHA_API_KEY.")
	return c
}

// printImported prints what can be converted, and says what cannot.
func (e *Env) printImported(sessions []wahaimport.Session, namespace string) error {
	var all []*wahaimport.Manifest
	secrets := 0
	for _, s := range sessions {
		m, err := wahaimport.Convert(s, namespace)
		if err != nil {
			e.Note("%s: left out: %s", cli.Line(s.Name), cli.Line(err.Error()))
			continue
		}
		for _, note := range m.Notes {
			e.Note("%s: %s", cli.Line(s.Name), cli.Line(note))
		}
		secrets += len(m.Secrets)
		all = append(all, m)
	}
	e.Note("%d of %d sessions, %d Secrets", len(all), len(sessions), secrets)
	if len(all) > 0 {
		if err := wahaimport.Print(e.Out, all); err != nil {
			return err
		}
	}
	if len(all) < len(sessions) {
		return cli.ErrUnhealthy
	}
	return nil
}

func wahaURL(text string) (*url.URL, error) {
	base, err := url.Parse(text)
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		return nil, cli.UsageError("%q is no URL of a WAHA installation, such as https://waha.example.com", text)
	}
	if base.User != nil {
		return nil, cli.UsageError("the URL must not have a user or a password: put the API key into WAHA_API_KEY")
	}
	return base, nil
}

// wahaKey is the key that the user gave. It is no flag, as others can read those.
func wahaKey(path string) (string, error) {
	if path == "" {
		return os.Getenv("WAHA_API_KEY"), nil
	}
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = file.Close() }()
	text, err := io.ReadAll(io.LimitReader(file, maxKey+1))
	if err != nil {
		return "", err
	}
	if len(text) > maxKey {
		return "", fmt.Errorf("%s has more than %d bytes: it must have nothing but the API key", path, maxKey)
	}
	return strings.TrimSpace(string(text)), nil
}
