package discover

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
)

// Tools put more into a file than SQL: psql's commands, a template's choices, the
// order of a plan. What is not followed is said, with what it may hide.

// tool tells what stands in a file beside SQL and is not followed. files are those
// of the same source.
func (f *finder) tool(name, text string, files []string) []schema.Problem {
	var out []schema.Problem
	if strings.Contains(text, `\`) {
		out = f.psql(name, text, files)
	}
	if at := f.names.choice.FindStringIndex(text); at != nil {
		out = append(out, schema.Problem{
			Position: schema.Position{File: name, Line: 1 + strings.Count(text[:at[0]], "\n")}, Hides: schema.HiddenBy(text),
			Message: "a template chooses between definitions; both are taken",
		})
	}
	return out
}

// psql tells of the commands of psql that run more SQL: \gexec and \i.
func (f *finder) psql(name, text string, files []string) []schema.Problem {
	var out []schema.Problem
	from, line := 0, 0
	for l := range strings.Lines(text) {
		line++
		from += len(l)
		switch m := f.names.include.FindStringSubmatch(l); {
		case m != nil:
			included := path.Join(path.Dir(name), strings.Trim(m[1], `'"`))
			if slices.Contains(files, included) {
				continue
			}
			h := schema.Anything()
			if inner, err := f.load(included); err == nil {
				h = schema.HiddenBy(inner)
			}
			out = append(out, schema.Problem{Position: schema.Position{File: name, Line: line}, Hides: h, Message: "psql reads " + m[1] + " here, which is not followed"})
		case f.names.gexec.MatchString(l):
			before := text[max(strings.LastIndex(text[:from-len(l)], ";"), 0):from]
			h := schema.HiddenBy(before)
			if !h.Matters() && !f.names.server.MatchString(before) {
				h = schema.Anything()
			}
			out = append(out, schema.Problem{Position: schema.Position{File: name, Line: line}, Hides: h, Message: `\gexec runs what a query gives, which is not followed`})
		}
	}
	return out
}

// linked tells of a linked or unreadable folder that may hold migrations. A link to
// a folder of the module is walked where that lies.
func (f *finder) linked(rel string) []schema.Problem {
	inside := f.disk.Inside(rel)
	info, err := f.disk.Stat(rel)
	switch {
	case err == nil && !info.IsDir(), err == nil && inside, !databaseFolder(path.Base(rel)) && !databaseFolder(path.Base(path.Dir(rel))):
		return nil
	case err != nil:
		return []schema.Problem{{Position: schema.Position{File: rel, Line: 0}, Hides: schema.Anything(), Message: "cannot be read"}}
	}
	why := "is a link to a folder outside the module, which is not read"
	if entries, err := f.disk.ReadDir(rel); err != nil {
		why = "cannot be read: " + cause(err)
	} else if !slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.IsDir() || isSQL(e.Name()) || packed(e.Name()) }) {
		return nil
	}
	return []schema.Problem{{Position: schema.Position{File: rel, Line: 0}, Hides: schema.Anything(), Message: why}}
}

// sqitch makes a source of a plan: its changes in its order. A change that is
// worked over has its older form under the tag that followed it.
func (f *finder) sqitch(plan string) {
	dir := path.Dir(plan)
	for _, sub := range []string{"deploy", "revert", "verify"} {
		f.planned[path.Join(dir, sub)] = true
	}
	text, err := f.load(plan)
	if err != nil {
		f.unread = append(f.unread, schema.Problem{Position: schema.Position{File: plan, Line: 1}, Hides: schema.Anything(), Message: "cannot be read: " + cause(err)})
		return
	}
	s := &source{name: dir, numbered: true, dialect: postgres, aside: trust.Aside(dir)}
	changes, lines := changesOf(text)
	for i, c := range changes {
		file := path.Join(dir, "deploy", c+".sql")
		if _, err := f.disk.Stat(file); err != nil {
			s.problems = append(s.problems, schema.Problem{Position: schema.Position{File: plan, Line: lines[i]}, Hides: schema.Anything(), Message: fmt.Sprintf("change %s has no file in deploy", c)})
			continue
		}
		s.files = append(s.files, file)
	}
	if len(s.files) > 0 {
		s.dialect = f.guess(s.files)
		f.sources = append(f.sources, s)
	}
}

// changesOf are the names of a plan's changes in their order, as their files have
// them, and their lines.
func changesOf(plan string) (out []string, lines []int) {
	var names, tags []string
	at := 0
	for line := range strings.Lines(plan) {
		at++
		w := strings.Fields(line)
		switch {
		case len(w) == 0 || strings.HasPrefix(w[0], "%") || strings.HasPrefix(w[0], "#"):
		case strings.HasPrefix(w[0], "@"):
			for i := range tags {
				if tags[i] == "" {
					tags[i] = w[0]
				}
			}
		default:
			names, tags = append(names, strings.TrimPrefix(w[0], "+")), append(tags, "")
			lines = append(lines, at)
		}
	}
	out = slices.Clone(names)
	for i, name := range names {
		if slices.Contains(names[i+1:], name) {
			out[i] = name + tags[i]
		}
	}
	return out, lines
}
