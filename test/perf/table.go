package main

import (
	"fmt"
	"io"
	"strconv"
	"text/tabwriter"
)

// printTable writes the figures for people.
func printTable(w io.Writer, rows []row) {
	tab := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tab, "FIGURE\tOURS\tAGAINST\tUNIT\tRATIO\tLIMIT\tRESULT\tNOTE")
	for _, r := range rows {
		against, ratio := "-", "-"
		if r.ratio != 0 {
			against, ratio = number(r.against), number(r.ratio)
		}
		fmt.Fprintf(tab, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", r.name, number(r.ours), against, r.unit, ratio, r.limit, r.verdict, r.note)
	}
	_ = tab.Flush()
}

// number formats v with three significant digits, or all before the point.
func number(v float64) string {
	switch {
	case v >= 100 || v == float64(int64(v)):
		return strconv.FormatFloat(v, 'f', 0, 64)
	case v >= 10:
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return strconv.FormatFloat(v, 'f', 2, 64)
}

// String returns the bound; a dash for none.
func (t *threshold) String() string {
	switch {
	case t == nil:
		return "-"
	case t.Max != nil:
		return "<= " + number(*t.Max)
	}
	return ">= " + number(*t.Min)
}
