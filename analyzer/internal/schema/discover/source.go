package discover

import (
	"cmp"
	"fmt"
	"iter"
	"path"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
)

// sqlc adds the databases of one configuration. Entries with the same schema are
// one database for several packages. A configuration that cannot be read is a
// problem at its line; other sources stand.
func (f *finder) sqlc(file string) []schema.Problem {
	entries, err := readSQLC(f.disk, file)
	if err != nil {
		return []schema.Problem{yamlProblem(file, err)}
	}
	var problems []schema.Problem
	for _, e := range entries {
		for _, q := range e.queries {
			for _, name := range f.disk.expand(q) {
				f.queries[name] = true
			}
		}
		if len(e.schema) == 0 {
			f.unbound = append(f.unbound, e)
			continue
		}
		problems = append(problems, f.entry(e)...)
	}
	return problems
}

// entry adds the database of one entry, or binds its package to one that has the
// same files. An entry whose schema holds no file is a problem: sqlc itself would
// not run.
func (f *finder) entry(e sqlcEntry) []schema.Problem {
	var files []string
	for _, s := range e.schema {
		found := f.up(f.disk.expand(s))
		f.names.sort(found)
		for _, name := range found {
			if !slices.Contains(files, name) {
				files = append(files, name)
			}
		}
	}
	if len(files) == 0 {
		return []schema.Problem{{Position: schema.Position{File: e.config, Line: e.line}, Message: fmt.Sprintf("schema %s holds no SQL file", strings.Join(e.schema, ", "))}}
	}
	for _, name := range files {
		f.claimed[name] = true
	}
	for _, s := range f.sources {
		// Two packages over one schema are the usual case of several entries.
		if slices.Equal(s.files, files) {
			s.bind(e.pkg)
			return nil
		}
	}
	s := &source{name: e.name(), files: files, sqlc: true, numbered: f.numbered(files), dialect: cmp.Or(engineDialect(e.engine), postgres), aside: trust.Aside(e.config)}
	s.bind(e.pkg)
	f.sources = append(f.sources, s)
	return nil
}

// name tells an entry by its configuration and its schema.
func (e sqlcEntry) name() string {
	return e.config + ": " + strings.Join(e.schema, ", ")
}

// folders makes sources of the SQL files that no sqlc configuration claims:
// per folder, the numbered files are one, and the others that define tables
// another.
func (f *finder) folders(files []string) {
	unclaimed := func(name string) bool {
		return !f.queries[name] && !f.planned[path.Dir(name)] && (isSQL(name) || packed(name))
	}
	for dir, set := range f.byFolder(f.up(files), unclaimed) {
		f.folder(dir, set)
	}
}

// byFolder ranges over the folders of the files that are wanted, each with those files,
// in the order of the files.
func (f *finder) byFolder(files []string, wanted func(name string) bool) iter.Seq2[string, []string] {
	groups := map[string][]string{}
	var order []string
	for _, name := range files {
		if !wanted(name) {
			continue
		}
		dir := f.names.group(name)
		if groups[dir] == nil {
			order = append(order, dir)
		}
		groups[dir] = append(groups[dir], name)
	}
	return func(yield func(string, []string) bool) {
		for _, dir := range order {
			if !yield(dir, groups[dir]) {
				return
			}
		}
	}
}

// folder makes sources of the files of one folder. A dump beside migrations is
// a source of its own, which Same then finds to say the same.
func (f *finder) folder(dir string, files []string) {
	var numbered, plain, unread []string
	for _, name := range f.names.variants(files) {
		if packed(name) {
			unread = append(unread, name)
		} else if f.names.versionOf(name).numbered() {
			numbered = append(numbered, name)
		} else {
			plain = append(plain, name)
		}
	}
	// What a folder of migrations holds and nobody here can read is one of them.
	if len(unread) > 0 && !trust.Aside(dir) {
		f.unread = append(f.unread, schema.Problem{
			Position: schema.Position{File: unread[0], Line: 1}, Hides: schema.Anything(),
			Message: fmt.Sprintf("%s not read: %s", count(len(unread), "migration is", "migrations are"), "packed, or a template for a tool"),
		})
	}
	for _, set := range [][]string{numbered, plain} {
		f.names.sort(set)
		// Files of queries, seeds and reports are SQL, too, and no schema.
		if len(set) == 0 || f.allClaimed(set) {
			continue
		}
		s := &source{name: dir, files: set, aside: trust.Aside(dir), numbered: f.numbered(set), loose: !f.definesTables(set)}
		likely := !s.aside && (s.numbered || databaseFolder(path.Base(dir)))
		if s.loose && (!likely || !f.altersTables(set)) {
			if likely || dir == "." {
				f.unread = append(f.unread, f.refused(set)...)
			}
			continue
		}
		if len(numbered) > 0 && !s.numbered || dir == "." && len(set) == 1 {
			s.name = set[0]
		}
		s.dialect = cmp.Or(pathDialect(set[0]), f.guess(set))
		f.sources = append(f.sources, s)
	}
}

// refused are the problems of files that cannot be read: they may define tables.
func (f *finder) refused(files []string) []schema.Problem {
	var out []schema.Problem
	for _, name := range files {
		if _, err := f.load(name); err != nil {
			out = append(out, unread(name, err))
		}
	}
	return out
}

// unread is the problem of a file that cannot be read.
func unread(name string, err error) schema.Problem {
	return schema.Problem{Position: schema.Position{File: name, Line: 1}, Hides: schema.Anything(), Message: "cannot be read: " + cause(err)}
}

// allClaimed tells that sqlc's configuration has all of the files already.
func (f *finder) allClaimed(files []string) bool {
	for _, name := range files {
		if !f.claimed[name] {
			return false
		}
	}
	return true
}

// definesTables tells a schema from files of queries, which are mostly more.
func (f *finder) definesTables(files []string) bool {
	for _, name := range files {
		if definesTable(f.read(name)) {
			return true
		}
	}
	return false
}

// altersTables tells files that define no table and change some of another folder.
func (f *finder) altersTables(files []string) bool {
	return slices.ContainsFunc(files, func(name string) bool { return f.names.alters.MatchString(f.read(name)) })
}

// guess is the dialect that most files with tables give away. PostgreSQL needs no
// majority: it is what nothing speaks against.
func (f *finder) guess(files []string) dialect {
	count := map[dialect]int{}
	tables := 0
	for _, name := range files {
		if text := f.read(name); definesTable(text) {
			tables++
			count[textDialect(text)]++
		}
	}
	for _, d := range []dialect{"clickhouse", "mysql", "sqlite"} {
		if 2*count[d] > tables {
			return d
		}
	}
	return postgres
}

// definesTable tells by two words that a text defines tables, before it is parsed
// at all.
func definesTable(text string) bool {
	up := strings.ToUpper(text)
	return strings.Contains(up, "CREATE TABLE") || strings.Contains(up, "CREATE UNLOGGED TABLE")
}
