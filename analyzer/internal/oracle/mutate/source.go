package main

import (
	"go/ast"
	"go/token"
	"os"
	"strings"
)

// source is the text of a file.
type source struct {
	file *token.File
	data []byte
}

func newSource(fset *token.FileSet, f *ast.File, name string) source {
	data, err := os.ReadFile(name)
	if err != nil { // it has just been parsed
		panic(err)
	}
	return source{fset.File(f.Pos()), data}
}

func (s source) offset(p token.Pos) int { return s.file.Offset(p) }

func (s source) text(n ast.Node) string { return string(s.data[s.offset(n.Pos()):s.offset(n.End())]) }

// short is the text of a node on one line.
func (s source) short(n ast.Node) string {
	text := []rune(strings.Join(strings.Fields(s.text(n)), " "))
	if len(text) > 90 {
		return string(text[:88]) + " …"
	}
	return string(text)
}
