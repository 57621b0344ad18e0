package fix

import (
	"go/ast"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// A Query is an edit of a file of sqlc, from which the Go code is to be generated again.
type Query struct {
	Name string // of the query
	Edit Edit
	Text string // of the statement, mended
}

// sourceLine is how sqlc names in generated code the file that it read.
var sourceLine = regexp.MustCompile(`(?m)^//\s+source: (\S+\.sql)$`)

// nameLine is how sqlc names a query, in its file and in the code.
var nameLine = regexp.MustCompile(`(?m)^\s*-- name: (\w+) :\w+[^\n]*\n`)

// Generated reports whether a target lies in generated code, which is not to be edited.
func (s *Source) Generated(t Target) bool {
	file, _ := s.position(t.Call)
	return file != nil && ast.IsGenerated(file)
}

// Query mends the statement of a finding in the file below the root from which sqlc
// generated its code.
func (s *Source) Query(t Target, root string) (Query, bool) {
	c := s.callAt(t.Call)
	if c == nil || !t.mendable() {
		return Query{}, false
	}
	name := nameLine.FindStringSubmatch(c.text)
	source := ""
	for _, g := range c.file.Comments {
		for _, line := range g.List {
			if m := sourceLine.FindStringSubmatch(line.Text); m != nil {
				source = m[1]
			}
		}
	}
	if name == nil || source == "" {
		return Query{}, false
	}
	var out []Query
	filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return nil // what cannot be read is not mended
		case d.IsDir() && path != root && (strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules" || d.Name() == "vendor"):
			return filepath.SkipDir
		case d.Type().IsRegular() && d.Name() == filepath.Base(source):
			if q, ok := s.queryIn(path, name[1], t); ok {
				out = append(out, q)
			}
		}
		return nil
	})
	if len(out) != 1 {
		return Query{}, false
	}
	return out[0], true
}

// queryIn mends the query of a name in a file.
func (s *Source) queryIn(path, name string, t Target) (Query, bool) {
	data, err := os.ReadFile(path)
	if err != nil {
		return Query{}, false
	}
	text := string(data)
	heads := nameLine.FindAllStringSubmatchIndex(text, -1)
	for i, h := range heads {
		if text[h[2]:h[3]] != name {
			continue
		}
		from, to := h[1], len(text)
		if i+1 < len(heads) {
			to = heads[i+1][0]
		}
		edits, ok := s.mend(text[from:to], t)
		if !ok {
			return Query{}, false
		}
		mended := string(Apply([]byte(text[from:to]), edits))
		return Query{name, Edit{File: path, Start: from, End: to, New: mended}, mended}, true
	}
	return Query{}, false
}

// mend are the edits of a statement's own text.
func (s *Source) mend(text string, t Target) ([]Edit, bool) {
	var in []insertion
	switch t.Rule {
	case "missing-filter":
		p, ok := read(text).add(t.Table, t.ColumnName, s.First, "sqlc.arg('"+t.ColumnName+"')")
		if !ok {
			return nil, false
		}
		in = p.edits
	case "partial-filter":
		var ok bool
		if in, ok = read(text).close(t.ColumnName); !ok {
			return nil, false
		}
	}
	var out []Edit
	for _, x := range in {
		out = append(out, Edit{Start: x.at, End: x.at, New: x.text})
	}
	return out, len(out) > 0
}
