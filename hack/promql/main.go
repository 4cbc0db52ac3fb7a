// Command promql parses queries with Prometheus' own parser. It reads a JSON list of
// queries and writes what each selects, as a JSON list in the same order.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/prometheus/prometheus/promql/parser"
)

// query is what one query selects, or why it does not parse.
type query struct {
	Error     string     `json:"error,omitempty"`
	Selectors []selector `json:"selectors"`
}

// selector is a metric, with the labels that it must have for the query to make sense:
// those it is selected by, and those that it is grouped or joined by.
type selector struct {
	Metric string   `json:"metric"`
	Labels []string `json:"labels"`
}

func main() {
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "promql:", err)
		os.Exit(1)
	}
}

func run(in io.Reader, out io.Writer) error {
	var texts []string
	if err := json.NewDecoder(in).Decode(&texts); err != nil {
		return fmt.Errorf("reading a JSON list of queries: %w", err)
	}
	queries := make([]query, 0, len(texts))
	for _, text := range texts {
		queries = append(queries, parse(text))
	}
	return json.NewEncoder(out).Encode(queries)
}

func parse(text string) (q query) {
	expression, err := parser.NewParser(parser.Options{}).ParseExpr(text)
	if err != nil {
		return query{Error: err.Error()}
	}
	parser.Inspect(expression, func(node parser.Node, above []parser.Node) error {
		if vector, ok := node.(*parser.VectorSelector); ok {
			q.Selectors = append(q.Selectors, selector{Metric: vector.Name, Labels: labelsOf(vector, above)})
		}
		return nil
	})
	return q
}

func labelsOf(vector *parser.VectorSelector, above []parser.Node) []string {
	labels := []string{}
	for _, matcher := range vector.LabelMatchers {
		if matcher.Name != "__name__" {
			labels = append(labels, matcher.Name)
		}
	}
	for _, node := range above {
		switch node := node.(type) {
		case *parser.AggregateExpr:
			if !node.Without {
				labels = append(labels, node.Grouping...)
			}
		case *parser.BinaryExpr:
			if node.VectorMatching != nil && node.VectorMatching.On {
				labels = append(labels, node.VectorMatching.MatchingLabels...)
			}
		}
	}
	slices.Sort(labels)
	return slices.Compact(labels)
}
