package driver

import (
	"errors"
	"go/scanner"
	"go/token"
	"go/types"
)

// Errors of the parser and of the type checker come in three shapes; everything
// behind the front ends knows one.

// asTypeError makes an error of the type checker one with a position. Those of an
// importer have none; they are kept all the same, because a package that lacks an
// import is not understood.
func asTypeError(err error) types.Error {
	var t types.Error
	if errors.As(err, &t) {
		return t
	}
	return types.Error{Msg: err.Error()}
}

// syntaxErrors makes errors of the parser look like those of the type checker, one
// for each, so that a file that does not parse says every line at once.
func syntaxErrors(fset *token.FileSet, err error) []types.Error {
	var list scanner.ErrorList
	if !errors.As(err, &list) {
		return []types.Error{{Fset: fset, Msg: err.Error()}}
	}
	var out []types.Error
	for _, e := range list {
		out = append(out, types.Error{Fset: fset, Pos: posOf(fset, e.Pos), Msg: e.Msg})
	}
	return out
}

// posOf finds the position again that a file set printed; none where the file is
// not of the set. The parser's errors only carry what is printed.
func posOf(fset *token.FileSet, p token.Position) token.Pos {
	found := token.NoPos
	fset.Iterate(func(f *token.File) bool {
		if f.Name() == p.Filename && p.Offset <= f.Size() {
			found = f.Pos(p.Offset)
		}
		return found == token.NoPos
	})
	return found
}
