package discover

import (
	"fmt"
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
)

// diagram replays one source. A source of a dialect that is not read gives a diagram
// without tables, so that a person reads why, and not that nothing was found.
func (f *finder) diagram(s *source) *schema.Diagram {
	// One problem for the whole source: its statements would each give one.
	dialect, read := s.dialect.read()
	if !read {
		d := &schema.Diagram{Name: s.name, Packages: s.packages}
		d.Problems = []schema.Problem{{Position: schema.Position{File: s.files[0], Line: 1}, Hides: schema.Anything(), Message: fmt.Sprintf("dialect not supported yet: %s; %s not read", s.dialect, count(len(s.files), "file is", "files are"))}}
		return d
	}
	var texts []schema.Text
	var problems []schema.Problem
	for _, name := range s.files {
		text, err := f.load(name)
		if err != nil {
			// The files behind it are replayed all the same: most of them stand
			// alone.
			problems = append(problems, unread(name, err))
			continue
		}
		if isGo(name) {
			if text, err = goText(text); err != nil {
				problems = append(problems, schema.Problem{Position: schema.Position{File: name, Line: 1}, Hides: schema.Anything(), Message: "a migration in Go that is not read: " + err.Error()})
			}
		} else {
			problems = append(problems, f.tool(name, text, s.files)...)
		}
		texts = append(texts, schema.Text{File: name, Text: text})
	}
	d := schema.ReplayIn(dialect, s.name, texts)
	d.Packages = s.packages
	d.Problems = slices.Concat(problems, s.problems, d.Problems)
	return d
}
