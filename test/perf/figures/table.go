package figures

import (
	"fmt"
	"io"
	"strconv"
	"text/tabwriter"
)

// PrintTable writes the figures for people.
func PrintTable(w io.Writer, rows []Row) {
	tab := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tab, "FIGURE\tOURS\tAGAINST\tUNIT\tRATIO\tLIMIT\tRESULT\tNOTE")
	for _, r := range rows {
		against, ratio := "-", "-"
		if r.Ratio != 0 {
			against, ratio = Number(r.Against), Number(r.Ratio)
		}
		fmt.Fprintf(tab, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", r.Name, Number(r.Ours), against, r.Unit, ratio, r.limit, r.verdict, r.Note)
	}
	_ = tab.Flush()
}

// Number formats v with three significant digits, or all before the point.
func Number(v float64) string {
	switch {
	case v >= 100 || v == float64(int64(v)):
		return strconv.FormatFloat(v, 'f', 0, 64)
	case v >= 10:
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return strconv.FormatFloat(v, 'f', 2, 64)
}

// String returns the bound; a dash for none.
func (t *Threshold) String() string {
	switch {
	case t == nil:
		return "-"
	case t.Max != nil:
		return "<= " + Number(*t.Max)
	}
	return ">= " + Number(*t.Min)
}
