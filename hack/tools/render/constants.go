package main

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"strconv"
	"strings"
)

// constants writes the string constants of Go files as Markdown: each group's
// comment, then each constant's value and comment.
func constants(args []string, out io.Writer) error {
	if len(args) == 0 {
		return errors.New("wants Go files")
	}
	fmt.Fprint(out, "# Conditions, reasons, annotations and labels\n\n"+
		"Made from the constants in `api/v1alpha1` by `make manifests`. They are part of the API:\n"+
		"programs may compare them.\n")
	for _, path := range args {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		for _, declaration := range file.Decls {
			group, ok := declaration.(*ast.GenDecl)
			if !ok || group.Tok != token.CONST {
				continue
			}
			if err := writeGroup(group, out); err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
		}
	}
	return nil
}

// writeGroup writes a group of constants; the first sentence of its comment is
// the heading.
func writeGroup(group *ast.GenDecl, out io.Writer) error {
	heading, rest, _ := strings.Cut(line(group.Doc), ". ")
	fmt.Fprintf(out, "\n## %s\n\n", strings.TrimSuffix(heading, "."))
	if rest != "" {
		fmt.Fprintf(out, "%s\n\n", rest)
	}
	fmt.Fprint(out, "| Value | Meaning |\n| --- | --- |\n")
	for _, spec := range group.Specs {
		constant := spec.(*ast.ValueSpec)
		if len(constant.Values) != 1 {
			continue
		}
		literal, ok := constant.Values[0].(*ast.BasicLit)
		if !ok {
			continue
		}
		value, err := strconv.Unquote(literal.Value)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "| `%s` | %s |\n", value, meaning(constant))
	}
	return nil
}

// meaning returns a constant's comment without the constant's name.
func meaning(constant *ast.ValueSpec) string {
	text := line(constant.Doc)
	if text == "" {
		return "As the others of its group."
	}
	text = strings.TrimPrefix(text, constant.Names[0].Name)
	text = strings.TrimLeft(text, ": ")
	text = strings.TrimPrefix(text, "is ")
	if first, _, _ := strings.Cut(text, " "); strings.Contains(first, ".") {
		return text // a field's path
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

func line(comment *ast.CommentGroup) string {
	return strings.Join(strings.Fields(comment.Text()), " ")
}
