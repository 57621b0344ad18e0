package schema

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/index"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
)

// A source is looked for by what files are, not by how a project is laid out:
// whatever holds definitions of tables, in the folder where it is.

// source is a set of files that say one database.
type source struct {
	name     string
	files    []string // in the order in which they run
	packages []string
	dialect  dialect
	sqlc     bool
	numbered bool // migrations, not a dump
	aside    bool // under a folder of tests or examples
	problems []Problem
	loose    bool // it changes tables of another source and defines none of a database
}

// finder collects the sources of a module. Texts are read once, whoever asks for
// them first: guessing a dialect and replaying look at the same files.
type finder struct {
	disk    disk
	names   *names
	texts   map[string]loaded
	queries map[string]bool // files that sqlc reads as queries
	claimed map[string]bool // files that a sqlc entry has as its schema
	unbound []sqlcEntry     // sqlc entries that name no schema
	sources []*source
	unread  []Problem       // of files that belong to no source
	planned map[string]bool // folders whose files a plan orders
}

// newFinder makes a finder over a disk, which notes what it looks at.
func newFinder(d *index.Disk) *finder {
	return &finder{disk: disk{d}, names: newNames(), texts: map[string]loaded{}, queries: map[string]bool{}, claimed: map[string]bool{}, planned: map[string]bool{}}
}

// sqlc adds the databases of one configuration. Entries with the same schema are
// one database for several packages. A configuration that cannot be read is a
// problem at its line; other sources stand.
func (f *finder) sqlc(file string) []Problem {
	entries, err := readSQLC(f.disk, file)
	if err != nil {
		return []Problem{yamlProblem(file, err)}
	}
	var problems []Problem
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
func (f *finder) entry(e sqlcEntry) []Problem {
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
		return []Problem{{Position: Position{File: e.config, Line: e.line}, Message: fmt.Sprintf("schema %s holds no SQL file", strings.Join(e.schema, ", "))}}
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

// bind gives the database to a package as well, once.
func (s *source) bind(pkg string) {
	if pkg != "" && !slices.Contains(s.packages, pkg) {
		s.packages = append(s.packages, pkg)
	}
}

// name tells an entry by its configuration and its schema.
func (e sqlcEntry) name() string {
	return e.config + ": " + strings.Join(e.schema, ", ")
}

// up leaves out the files that run on the way down only. Files with both ways are
// cut when they are read.
func (f *finder) up(files []string) []string {
	return slices.DeleteFunc(files, func(name string) bool { return f.names.down.MatchString(path.Base(name)) })
}

// numbered tells that files are migrations: one number is enough.
func (f *finder) numbered(files []string) bool {
	for _, name := range files {
		if f.names.versionOf(name).numbered() {
			return true
		}
	}
	return false
}

// folders makes sources of the SQL files that no sqlc configuration claims:
// per folder, the numbered files are one, and the others that define tables
// another.
func (f *finder) folders(files []string) {
	groups := map[string][]string{}
	var order []string
	for _, name := range f.up(files) {
		if f.queries[name] || f.planned[path.Dir(name)] || !isSQL(name) && !packed(name) {
			continue
		}
		dir := f.names.group(name)
		if groups[dir] == nil {
			order = append(order, dir)
		}
		groups[dir] = append(groups[dir], name)
	}
	for _, dir := range order {
		f.folder(dir, groups[dir])
	}
}

// folder makes sources of the files of one folder. A dump beside migrations is
// a source of its own, which sameDatabase then finds to say the same.
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
		f.unread = append(f.unread, Problem{
			Position: Position{unread[0], 1}, Hides: anything(),
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
		if s.loose && (s.aside || !s.numbered && !databaseFolder(path.Base(dir)) || !f.altersTables(set)) {
			continue
		}
		if len(numbered) > 0 && !s.numbered || dir == "." && len(set) == 1 {
			s.name = set[0]
		}
		s.dialect = cmp.Or(pathDialect(set[0]), f.guess(set))
		f.sources = append(f.sources, s)
	}
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

// read is the text of a file, read once; "" if it cannot be read, which the
// error tells.
func (f *finder) read(name string) string {
	text, _ := f.load(name)
	return text
}

// load is the text of a file, or why it could not be read, the same each time.
func (f *finder) load(name string) (string, error) {
	if got, ok := f.texts[name]; ok {
		return got.text, got.err
	}
	data, err := f.disk.ReadText(name)
	text := ""
	if err == nil {
		text, err = decoded(data)
	}
	f.texts[name] = loaded{text, err}
	return text, err
}

// loaded is a file's text, or why it could not be read.
type loaded struct {
	text string
	err  error
}
