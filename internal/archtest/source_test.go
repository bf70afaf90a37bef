package archtest_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"testing"
)

// Most lines that a file and a function may have.
const (
	fileLines     = 400
	functionLines = 50
)

func TestEveryPackageSaysWhatItIs(t *testing.T) {
	for _, p := range every(t) {
		if p.Doc == "" {
			t.Errorf("%s has no package comment", p.ImportPath)
		}
		if _, err := os.Stat(filepath.Join(p.Dir, "doc.go")); err != nil && p.Name != "main" {
			t.Errorf("%s has no doc.go", p.ImportPath)
		}
	}
}

// sources calls fn for each file of the program that is not generated.
func sources(t *testing.T, fn func(path string, src []byte, fset *token.FileSet, file *ast.File)) {
	t.Helper()
	for _, p := range every(t) {
		for _, name := range p.GoFiles {
			src, err := os.ReadFile(filepath.Join(p.Dir, name))
			if err != nil {
				t.Fatal(err)
			}
			fset := token.NewFileSet()
			file, err := parser.ParseFile(fset, name, src, parser.ParseComments)
			if err != nil {
				t.Errorf("%s: %v", p.path(), err)
				continue
			}
			if !ast.IsGenerated(file) {
				fn(p.path()+"/"+name, src, fset, file)
			}
		}
	}
}

func TestFilesAndFunctionsAreShort(t *testing.T) {
	sources(t, func(path string, src []byte, fset *token.FileSet, file *ast.File) {
		if n := bytes.Count(src, []byte{'\n'}); n > fileLines {
			t.Errorf("%s has %d lines: at most %d", path, n, fileLines)
		}
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || within(path, "store/storetest") { // its functions are tests
				continue
			}
			if n := fset.Position(f.End()).Line - fset.Position(f.Pos()).Line + 1; n > functionLines {
				t.Errorf("%s: %s has %d lines: at most %d", path, f.Name.Name, n, functionLines)
			}
		}
	})
}

func TestEveryExportedNameSaysWhatItIs(t *testing.T) {
	sources(t, func(path string, _ []byte, _ *token.FileSet, file *ast.File) {
		if file.Name.Name == "main" {
			return
		}
		for _, d := range file.Decls {
			for _, name := range undocumented(d) {
				t.Errorf("%s: %s has no comment", path, name)
			}
		}
	})
}

// undocumented returns the exported names of a declaration that have no comment: types,
// functions, methods of exported types, and single constants and variables.
func undocumented(d ast.Decl) []string {
	var names []string
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Name.IsExported() && d.Doc == nil && exportedReceiver(d) {
			names = append(names, d.Name.Name)
		}
	case *ast.GenDecl:
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				if s.Name.IsExported() && d.Doc == nil && s.Doc == nil && s.Comment == nil {
					names = append(names, s.Name.Name)
				}
			case *ast.ValueSpec:
				if s.Names[0].IsExported() && d.Doc == nil && s.Doc == nil && s.Comment == nil && !d.Lparen.IsValid() {
					names = append(names, s.Names[0].Name)
				}
			}
		}
	}
	return names
}

// exportedReceiver tells whether a function is no method, or one of an exported type. Methods
// that only carry out an interface of the standard library need no words of their own.
func exportedReceiver(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	switch d.Name.Name {
	case "Error", "Unwrap", "String", "Len", "Less", "Swap", "Push", "Pop", "Close", "Write", "Read":
		return false
	}
	typ := d.Recv.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	if generic, ok := typ.(*ast.IndexExpr); ok {
		typ = generic.X
	}
	name, ok := typ.(*ast.Ident)
	return ok && name.IsExported()
}

// What has no place in the program: notes to ourselves, paths of one machine, and the
// names and addresses of conformance suites, which the program must not know.
func TestNothingThatDoesNotBelong(t *testing.T) {
	words := []string{"TODO", "FIXME", "/home/", "/tmp/", "hl7.org/fhir/test", "e.example.org"}
	sources(t, func(path string, src []byte, _ *token.FileSet, _ *ast.File) {
		for _, word := range words {
			if bytes.Contains(src, []byte(word)) {
				t.Errorf("%s holds %q", path, word)
			}
		}
	})
}
