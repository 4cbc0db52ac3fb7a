// Command panels draws the panels of the Grafana dashboard from what a real Prometheus has
// answered to their queries:
//
//	panels --dashboard FILE --answers FILE --out FOLDER
//
// `make e2e` writes the answers. For each row of the dashboard there are two pictures, a light
// and a dark one.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	dashboard := flag.String("dashboard", "", "The dashboard, as Grafana imports it.")
	answers := flag.String("answers", "", "What its queries were answered.")
	out := flag.String("out", "", "The folder for the pictures.")
	flag.Parse()
	if *dashboard == "" || *answers == "" || *out == "" || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(*dashboard, *answers, *out); err != nil {
		fmt.Fprintln(os.Stderr, "panels:", err)
		os.Exit(1)
	}
}

func run(dashboard, answers, out string) error {
	file, err := os.ReadFile(dashboard)
	if err != nil {
		return err
	}
	rows, err := readDashboard(file)
	if err != nil {
		return fmt.Errorf("%s: %w", dashboard, err)
	}
	if file, err = os.ReadFile(answers); err != nil {
		return err
	}
	window, err := readAnswers(file, rows)
	if err != nil {
		return fmt.Errorf("%s: %w", answers, err)
	}
	for _, row := range rows {
		for _, theme := range themes {
			picture, err := drawRow(row, window, theme)
			if err != nil {
				return fmt.Errorf("%s: %w", row.Title, err)
			}
			path := filepath.Join(out, "panels-"+row.slug()+theme.suffix+".png")
			if err := os.WriteFile(path, picture, 0o644); err != nil {
				return err
			}
			fmt.Fprintf(os.Stderr, "panels: %s, %d kB\n", path, len(picture)/1000)
		}
	}
	return nil
}
