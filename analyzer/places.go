package analyzer

import (
	"go/token"
	"hash/fnv"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
)

// places finds positions for files that are not among those of the pass. The
// file set of a pass knows other packages only by what export data says of
// them, so their files are entered anew, with lines of equal length: file, line
// and column come out right, offsets do not and need not.
type places struct {
	work  *work
	files map[string]*token.File
	lines map[string]int // how many each file must have
	pad   int            // added to line 1
}

// lineWidth is the length of a line of a synthetic file; columns beyond are
// shown as the last one.
const lineWidth = 512

func newPlaces(w *work, findings []finding.Finding) *places {
	h := fnv.New32a()
	h.Write([]byte(w.pass.Pkg.Path()))
	p := &places{work: w, files: map[string]*token.File{}, lines: map[string]int{}, pad: int(h.Sum32() % 65_521)}
	for _, f := range findings {
		name := w.project.Abs(f.File)
		p.lines[name] = max(p.lines[name], f.Line, f.EndLine)
	}
	return p
}

// pos is the position of a line and column in the file of a place.
func (p *places) pos(at finding.Place, line, column int) token.Pos {
	name := p.work.project.Abs(at.File)
	if pos := p.real(name, line, column); pos.IsValid() {
		return pos
	}
	f := p.files[name]
	if f == nil {
		f = p.synthetic(name)
		p.files[name] = f
	}
	return f.LineStart(max(line, 1)) + token.Pos(min(max(column, 1), lineWidth)-1)
}

// real is a position in a file of the package itself; invalid if it is none.
func (p *places) real(name string, line, column int) token.Pos {
	for _, syntax := range p.work.pass.Files {
		f := p.work.pass.Fset.File(syntax.FileStart)
		if f.Name() != name || line > f.LineCount() {
			continue
		}
		pos := f.LineStart(line) + token.Pos(column-1)
		if at := p.work.pass.Fset.PositionFor(pos, false); at.Line == line && at.Column == column {
			return pos
		}
	}
	return token.NoPos
}

// synthetic enters a file. golangci-lint merges issues of the same place before
// it caches them by package, and a finding that two programs share must be
// cached for both; so the first line has another length in each program, which
// makes their offsets differ and is not shown.
func (p *places) synthetic(name string) *token.File {
	lines := make([]int, max(p.lines[name], 1))
	for i := 1; i < len(lines); i++ {
		lines[i] = p.pad + i*lineWidth
	}
	f := p.work.pass.Fset.AddFile(name, -1, p.pad+len(lines)*lineWidth)
	f.SetLines(lines)
	return f
}
