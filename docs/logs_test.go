package docs

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// Log messages have one style: a capital letter, no full stop, keys in camelCase.
func TestLogStyle(t *testing.T) {
	message := regexp.MustCompile(`^[A-Z0-9].*[^.\s]$`)
	key := regexp.MustCompile(`^[a-z][a-zA-Z0-9]*$`)
	for _, root := range []string{"cmd", "controllers", "gateway", "runtime", "test/localnode", "test/simulator"} {
		err := filepath.WalkDir(filepath.Join("..", root), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			files := token.NewFileSet()
			file, err := parser.ParseFile(files, path, nil, 0)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok || len(call.Args) == 0 || !logs(call) {
					return true
				}
				texts := literals(call.Args)
				first := 0
				if leading, ok := call.Args[0].(*ast.Ident); ok && (leading.Name == "ctx" || leading.Name == "err") {
					first++ // logr's error comes before the message
				}
				if first >= len(texts) || texts[first] == "" {
					return true // the message is no literal
				}
				if !message.MatchString(texts[first]) {
					t.Errorf("%s: %q must begin with a capital letter and have no full stop", files.Position(call.Pos()), texts[first])
				}
				for i := first + 1; i < len(texts); i += 2 {
					if texts[i] != "" && !key.MatchString(texts[i]) {
						t.Errorf("%s: the key %q must be in camelCase", files.Position(call.Pos()), texts[i])
					}
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// logs says whether a call is one of a logger.
func logs(call *ast.CallExpr) bool {
	method, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || !regexp.MustCompile(`^(Debug|Info|Warn|Error)(Context)?$`).MatchString(method.Sel.Name) {
		return false
	}
	switch x := method.X.(type) {
	case *ast.Ident:
		return strings.Contains(strings.ToLower(x.Name), "log")
	case *ast.SelectorExpr:
		return strings.Contains(strings.ToLower(x.Sel.Name), "log")
	}
	return false
}

// literals are the string literals of a call; "" for other arguments.
func literals(args []ast.Expr) []string {
	texts := make([]string, len(args))
	for i, arg := range args {
		if lit, ok := arg.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			texts[i], _ = strconv.Unquote(lit.Value)
		}
	}
	return texts
}
