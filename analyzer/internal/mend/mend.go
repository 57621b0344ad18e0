// Package mend applies fixes to the files of a project, each after the program was analysed
// with it.
//
// In goes an analysis and a way to make another one with other texts; out come the files with
// their fixes, and the analysis of what they are then. A fix is text and names, which prove
// nothing: it stays if it compiles, the finding is gone, and no call is worse than before.
//
// It cannot see what package fix does not offer.
package mend

import (
	"bytes"
	"errors"
	"fmt"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/fix"
	"github.com/tenantvet/tenantvet/analyzer/internal/load"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqlparse"
	"github.com/tenantvet/tenantvet/analyzer/internal/standalone"
)

// job is a finding that may be mended, and the ways to do so that are left.
type job struct {
	fix.Target
	ways []fix.Candidate
}

// mended is what was mended: the edits of each file, all of the text on the disk, and a
// line for each fix.
type mended struct {
	again Again
	now   *standalone.Analysis // of the program with the edits
	edits map[string][]fix.Edit
	lines []string
}

// Again analyses the project with other texts of some files, by absolute path.
type Again func(overlay map[string][]byte) (*standalone.Analysis, error)

// Apply mends what can be mended among the findings that are shown in the folders, and writes
// the files. It gives the analysis of the project as it is then, and a line for each fix.
func Apply(a *standalone.Analysis, dirs map[string]bool, again Again) (*standalone.Analysis, []string, error) {
	m := &mended{again: again, now: a, edits: map[string][]fix.Edit{}}
	jobs, err := m.jobs(dirs)
	for err == nil && len(jobs) > 0 {
		jobs, err = m.round(jobs)
	}
	if err != nil {
		return nil, nil, err
	}
	texts, err := textsOf(m.edits)
	if err != nil {
		return nil, nil, err
	}
	for _, file := range slices.Sorted(maps.Keys(texts)) {
		if err := writeOver(file, texts[file]); err != nil {
			return nil, nil, fmt.Errorf("writing a fix: %w", err)
		}
	}
	slices.Sort(m.lines)
	return m.now, m.lines, nil
}

// textsOf are the files of edits with their new texts.
func textsOf(edits map[string][]fix.Edit) (map[string][]byte, error) {
	out := map[string][]byte{}
	for file, in := range edits {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("reading what is to be fixed: %w", err)
		}
		out[file] = fix.Apply(text, in)
	}
	return out, nil
}

// round tries the likeliest way of each job, one for each call, and gives the jobs that are
// left with ways.
func (m *mended) round(jobs []*job) ([]*job, error) {
	var trial, waiting []*job
	taken := map[finding.Place]bool{}
	for _, j := range jobs {
		if taken[j.Call] {
			waiting = append(waiting, j)
			continue
		}
		taken[j.Call] = true
		trial = append(trial, j)
	}
	accepted, err := m.try(trial)
	if err != nil {
		return nil, err
	}
	left := waiting
	for _, j := range trial {
		if accepted[j] {
			// What waits at the same call was written for a text that is gone.
			left = slices.DeleteFunc(left, func(w *job) bool { return w.Call == j.Call })
		} else if j.ways = j.ways[1:]; len(j.ways) > 0 {
			left = append(left, j)
		}
	}
	return left, nil
}

// try analyses the program with the likeliest way of each job and keeps those whose finding
// is gone. Where anything else is worse then, it tries each half alone.
func (m *mended) try(jobs []*job) (map[*job]bool, error) {
	accepted := map[*job]bool{}
	if len(jobs) == 0 {
		return accepted, nil
	}
	edits := map[string][]fix.Edit{}
	for file, in := range m.edits {
		edits[file] = slices.Clone(in)
	}
	for _, j := range jobs {
		for _, e := range j.ways[0].Edits {
			edits[e.File] = append(edits[e.File], e)
		}
	}
	after, err := m.with(edits)
	if err != nil {
		return nil, err
	}
	gone := make([]fix.Target, len(jobs))
	for i, j := range jobs {
		gone[i] = j.Target
	}
	switch {
	case fix.Holds(m.now.Run, after.Run, m.now.Project.Rel, gone...):
		m.now, m.edits = after, edits
		for _, j := range jobs {
			accepted[j] = true
			m.say(j.File, j.Line, j.ways[0].What, j.Rule)
		}
		return accepted, nil
	case len(jobs) == 1:
		return accepted, nil
	}
	for _, half := range [][]*job{jobs[:len(jobs)/2], jobs[len(jobs)/2:]} {
		these, err := m.try(half)
		if err != nil {
			return nil, err
		}
		maps.Copy(accepted, these)
	}
	return accepted, nil
}

// with analyses the program as it is with edits.
func (m *mended) with(edits map[string][]fix.Edit) (*standalone.Analysis, error) {
	texts, err := textsOf(edits)
	if err != nil {
		return nil, err
	}
	return m.again(texts)
}

// writeOver writes a file that is there, with the mode that it has.
func writeOver(file string, text []byte) error {
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	return os.WriteFile(file, text, info.Mode().Perm())
}

// jobs are the findings for which there is a way, each with its ways. Queries of sqlc are
// mended at once: the code is to be generated again before it can be analysed.
func (m *mended) jobs(dirs map[string]bool) ([]*job, error) {
	targets := targetsOf(m.now, dirs)
	uses := map[string]int{} // of functions and methods, by package and name
	var jobs []*job
	var problem error
	queries := map[*fix.Source][]fix.Target{}
	err := m.now.Packages(func(fset *token.FileSet, n *load.Node) {
		for _, o := range n.Info.Uses {
			if o.Pkg() != nil {
				uses[o.Pkg().Path()+"."+o.Name()]++
			}
		}
		src := &fix.Source{Fset: fset, Files: n.Files, Types: n.Types, Info: n.Info, Words: m.now.Decision.Settings.Words(), First: m.now.Decision.Placeholder()}
		for _, t := range targets[n.Dir] {
			if src.Generated(t) {
				queries[src] = append(queries[src], t)
			} else if ways := src.Candidates(t); len(ways) > 0 {
				jobs = append(jobs, &job{t, ways})
			}
		}
	})
	for src, of := range queries {
		for _, t := range of {
			problem = errors.Join(problem, m.query(src, t, uses))
		}
	}
	slices.SortFunc(jobs, func(x, y *job) int { return x.Place.Compare(y.Place) })
	return jobs, errors.Join(err, problem)
}

// targetsOf are the findings that are shown in the folders, by the folder of what is to be
// edited.
func targetsOf(a *standalone.Analysis, dirs map[string]bool) map[string][]fix.Target {
	out := map[string][]fix.Target{}
	for _, t := range fix.Targets(a.Run, a.Project.Abs) {
		if dirs[filepath.Dir(t.File)] {
			dir := filepath.Dir(t.Edited())
			out[dir] = append(out[dir], t)
		}
	}
	return out
}

// query mends a query of sqlc that is called in one place at most: elsewhere it may be right
// as it is.
func (m *mended) query(src *fix.Source, t fix.Target, uses map[string]int) error {
	q, ok := src.Query(t, m.now.Project.Root)
	if !ok || uses[src.Types.Path()+"."+q.Name] > 1 || slices.Contains(m.edits[q.Edit.File], q.Edit) || !m.proved(q.Text) {
		return nil
	}
	text, err := os.ReadFile(q.Edit.File)
	if err != nil {
		return fmt.Errorf("reading a query: %w", err)
	}
	m.edits[q.Edit.File] = append(m.edits[q.Edit.File], q.Edit)
	m.say(q.Edit.File, 1+bytes.Count(text[:q.Edit.Start], []byte("\n")), "tied "+q.Name+" by "+t.ColumnName+"; generate the code again, and hand it the value", t.Rule)
	return nil
}

// proved reports whether the text of a statement is tied in one of the project's databases.
func (m *mended) proved(text string) bool {
	return slices.ContainsFunc(m.now.Decision.Catalogues, func(c *catalogue.Catalogue) bool {
		stmt, err := sqlparse.Parse(text, c.Diagram.Speaks())
		if err != nil {
			return false
		}
		r := proof.Prove(stmt, c)
		return len(r.Unproven) == 0 && len(r.Alternatives) > 0
	})
}

func (m *mended) say(file string, line int, what, rule string) {
	m.lines = append(m.lines, fmt.Sprintf("fixed %s:%d: %s (%s)", m.now.Project.Rel(file), line, what, rule))
}
