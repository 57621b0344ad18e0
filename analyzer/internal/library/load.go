package library

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/tenantvet/tenantvet/analyzer/internal/yamldoc"
)

//go:embed data/*.yaml
var embedded embed.FS

// Load reads the built-in knowledge. Its errors are impossible in a released
// binary: the tests read the same files.
func Load() (*Set, error) {
	names, err := fs.Glob(embedded, "data/*.yaml")
	if err != nil {
		return nil, fmt.Errorf("list the library data: %w", err)
	}
	s := empty()
	for _, name := range names {
		text, err := embedded.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read the library data: %w", err)
		}
		if err := s.Add(path.Base(name), text); err != nil {
			return nil, err
		}
	}
	// What is told by all of its parameters goes first.
	slices.SortStableFunc(s.handlers, func(a, b Handler) int { return among(a) - among(b) })
	return s, nil
}

// among is 1 for a handler whose parameters may stand among others.
func among(h Handler) int {
	if h.Among {
		return 1
	}
	return 0
}

// empty is a set that knows nothing.
func empty() *Set {
	return &Set{
		models: map[string]*Model{}, fields: map[string]*Model{}, vars: map[string]*Model{},
		wrappers: map[string]string{}, kinds: map[string]TypeKind{}, packages: map[string]*Package{},
		builders: map[string]*Builder{}, handles: map[string]string{}, tags: map[string]bool{}, tableFields: map[string]bool{}, naming: map[string]string{}, shared: map[string]bool{}, likes: map[string]*Model{},
	}
}

// Add reads one file, which may hold several documents, one per package. What it
// says of a function that is known already is an error.
func (s *Set) Add(file string, text []byte) error {
	dec := yaml.NewDecoder(strings.NewReader(string(text)))
	for {
		var doc yaml.Node
		if err := dec.Decode(&doc); err != nil {
			if err.Error() == "EOF" {
				return nil
			}
			return fmt.Errorf("%s: %w", file, err)
		}
		r := &reader{set: s, file: yamldoc.File(file)}
		if err := r.document(doc.Content[0]); err != nil {
			return err
		}
		for _, path := range r.forks {
			if err := (&reader{set: s, file: r.file, as: path}).document(doc.Content[0]); err != nil {
				return err
			}
		}
	}
}

// reader reads one document: one package.
type reader struct {
	set  *Set
	file yamldoc.File
	pkg  *Package

	forks []string // other packages with the same functions
	as    string   // the one of them that is read, "" for the package itself
}

func (r *reader) document(n *yaml.Node) error {
	r.pkg = &Package{File: string(r.file)}
	return r.file.Pairs(n, func(key string, k, v *yaml.Node) error {
		if r.pkg.Path == "" && key != "package" {
			return r.file.Errorf(k, "want package first, have %s", key)
		}
		switch key {
		case "package":
			if r.as == "" && r.set.packages[v.Value] != nil {
				return r.file.Errorf(v, "package %s was described already", v.Value)
			}
			r.pkg.Path = v.Value
			if r.as != "" {
				r.pkg.Path, r.pkg.Fork = r.as, v.Value
			}
			r.set.packages[r.pkg.Path] = r.pkg
		case "forks":
			if r.as == "" {
				return v.Decode(&r.forks)
			}
		case "database":
			r.pkg.Database = v.Value == "true"
		case "unmodelled":
			return r.notModelled(v)
		case "dialect":
			r.pkg.Dialect = v.Value
		case "back end":
			r.pkg.BackEnd = v.Value == "true"
		case "complete":
			return v.Decode(&r.pkg.Complete)
		case "asks":
			return v.Decode(&r.pkg.Asks)
		case "functions":
			return r.models(v, r.set.models)
		case "fields":
			return r.models(v, r.set.fields)
		case "vars":
			return r.models(v, r.set.vars)
		case "wrappers":
			return r.file.Pairs(v, func(name string, _, field *yaml.Node) error {
				r.set.wrappers[r.pkg.Path+"."+name] = field.Value
				return nil
			})
		case "types":
			return r.file.Pairs(v, func(name string, _, kind *yaml.Node) error {
				r.set.kinds[r.pkg.Path+"."+name] = TypeKind(kind.Value)
				return r.oneOf(typeKinds, kind)
			})
		case "models":
			return r.orm(v)
		case "builder":
			return r.builder(v)
		case "conditions":
			return r.conditions(v)
		case "generated":
			return r.generator(v)
		case "handlers":
			return r.handlers(v)
		case "services":
			return r.services(v)
		case "messages":
			return r.messages(v)
		case "requests":
			return r.requests(v)
		default:
			return r.file.Errorf(k, "unknown key %s", key)
		}
		return nil
	})
}

func (r *reader) models(n *yaml.Node, into map[string]*Model) error {
	return r.file.Pairs(n, func(name string, k, v *yaml.Node) error {
		key := r.pkg.Path + "." + name
		if into[key] != nil {
			return r.file.Errorf(k, "%s was described already", key)
		}
		m := &Model{Package: r.pkg.Path, Key: key, At: None, Of: None, Args: None, Also: None, Into: None, Dest: None, Named: None, Handler: None, Dialect: r.pkg.Dialect, File: string(r.file), Line: k.Line}
		into[key] = m
		if v.Kind == yaml.ScalarNode {
			if v.Value != "ignore" {
				return r.file.Errorf(v, "want a verb with its arguments or ignore, have %q", v.Value)
			}
			m.Verb = Ignore
			return nil
		}
		if err := r.file.Pairs(v, func(word string, k, v *yaml.Node) error { return r.word(m, word, k, v) }); err != nil {
			return err
		}
		return r.whole(m, k)
	})
}

// kinds are the words that a verb takes; the verbs that are not here take an
// argument position.
var kinds = map[Verb][]string{
	Runs:    {"query", "queryrow", "exec", "prepare", "batch", "copy"},
	Row:     {"some", "scan", "err", "count", "rows", "next"},
	Request: {"body", "path", "query", "header", "cookie", "form", Message, "argument", "host"},
	Gives:   {"error", "fresh", "config", "zero", "claims", "true", "false", "context", "empty context"},
	Plays:   roles,
	Tests:   {"eq", "in", "notnil", "nonzero", "iszero", "one"},
	Text:    textKinds,
	Starts:  slices.Concat(clauses, HandleClauses(), hookClauses, entityClauses),
	Builds:  slices.Concat(clauses, HandleClauses(), hookClauses, entityClauses),
	Writes:  {"text"},
}

func (r *reader) word(m *Model, word string, k, v *yaml.Node) error {
	verb := Verb(word)
	if verb == Request && m.Verb == Plays {
		return v.Decode(&m.Request)
	}
	if verb == Request && (m.Verb == Fills || m.Verb == Changes) {
		m.Group = v.Value
		return nil
	}
	if verb == Scans && (m.Verb == Runs || m.Verb == Builds) {
		return r.position(&m.Dest, v)
	}
	if verb == Text && m.Verb == Runs {
		return r.position(&m.Of, v)
	}
	if verb == Plays && m.Verb != "" {
		m.Call = Role(v.Value)
		return r.oneOf(kinds[Plays], v)
	}
	if words, ok := kinds[verb]; ok {
		if m.Verb != "" {
			return r.file.Errorf(k, "second verb %s", word)
		}
		m.Verb, m.Kind = verb, v.Value
		return r.oneOf(words, v)
	}
	switch verb {
	case Refuses:
		if m.Verb != "" {
			return r.file.Errorf(k, "second verb %s", word)
		}
		m.Verb, m.Kind = verb, v.Value
		return nil
	case Binds, Scans, Rows, Same, Fills, Puts, Gets, Changes:
		if m.Verb != "" {
			return r.file.Errorf(k, "second verb %s", word)
		}
		m.Verb = verb
		return r.position(&m.At, v)
	}
	switch word {
	case "args", "with":
		return r.position(&m.Args, v)
	case "value", "from", "of":
		return r.position(&m.Of, v)
	case "handler":
		return r.position(&m.Handler, v)
	case "also":
		return r.position(&m.Also, v)
	case "into":
		return r.position(&m.Into, v)
	case "named":
		return r.position(&m.Named, v)
	case "built":
		m.Built = true
		return r.position(&m.Of, v)
	case "panics":
		m.Panics = v.Value == "true"
		return nil
	case "ends":
		m.Ends = v.Value
		return r.oneOf(slices.Concat(HandleClauses(), hookClauses, entityClauses), v)
	case "op":
		m.Constants = append(m.Constants, v.Value)
		return nil
	case "like":
		m.Like = v.Value
		r.set.likes[m.Key[strings.LastIndexByte(m.Key, '.')+1:]+v.Value] = m
		return nil
	case "by":
		m.By = v.Value
		return r.oneOf([]string{"name", "path", "all", "position", "func", "scalar", "order", "model", Copy, Part, Cut, Wraps, Joins}, v)
	case "name":
		if m.Verb == Fills || m.Verb == Changes && v.Tag == "!!int" {
			return r.position(&m.Of, v)
		}
		if v.Tag == "!!str" && v.Value != "recv" {
			m.Name = v.Value
			return nil
		}
		return r.position(&m.At, v)
	}
	return r.file.Errorf(k, "unknown verb or word %s", word)
}

func (r *reader) oneOf(words []string, v *yaml.Node) error {
	if !slices.Contains(words, v.Value) {
		return r.file.Errorf(v, "want one of %s, have %q", strings.Join(words, ", "), v.Value)
	}
	return nil
}

func (r *reader) position(at *int, v *yaml.Node) error {
	if v.Value == "recv" {
		*at = Recv
		return nil
	}
	if err := v.Decode(at); err != nil || *at < 0 {
		return r.file.Errorf(v, "want the position of an argument or recv, have %q", v.Value)
	}
	return nil
}

// whole checks that a model says all that its verb needs.
func (r *reader) whole(m *Model, k *yaml.Node) error {
	m.Resets = r.pkg.Resets && m.Verb == Runs && m.Built
	missing := ""
	switch {
	case m.Verb == "":
		missing = "a verb"
	case m.Verb == Runs && m.Of == None:
		missing = "text or built"
	case m.Verb == Binds && (m.Args == None) == (m.Named == None):
		missing = "either args or named"
	case m.Ends != "" && !m.Built:
		missing = "built"
	case m.Like != "" && m.Verb != Writes:
		missing = "writes"
	case (m.Verb == Starts || m.Verb == Builds) && r.pkg.Style == "":
		missing = "a builder section before it"
	case m.Verb == Puts && m.Of == None:
		missing = "value"
	case m.Verb == Fills && m.Of == None && m.Group == "":
		missing = "from or request"
	case m.Verb == Changes && (m.Group == "") == (m.By == ""):
		missing = "either by or request"
	case (m.Verb == Tests || m.Text() == Keyed) && m.Of == None:
		missing = "of"
	case m.Handler != None && m.Request == nil:
		missing = "request"
	case m.Handler == None && m.Request != nil:
		missing = "handler"
	}
	if missing != "" {
		return r.file.Errorf(k, "%s lacks %s", m.Key, missing)
	}
	return nil
}

func (r *reader) handlers(n *yaml.Node) error {
	return r.file.Each(n, "a list", func(x *yaml.Node) error {
		h := Handler{Line: x.Line}
		err := r.file.Pairs(x, func(key string, k, v *yaml.Node) error {
			switch key {
			case "kind":
				h.Kind = v.Value
			case "method":
				h.Method = v.Value
			case "type":
				h.Type = v.Value
			case "params":
				return v.Decode(&h.Params)
			case "results":
				return v.Decode(&h.Results)
			case "request":
				return v.Decode(&h.Request)
			case "next":
				return v.Decode(&h.Next)
			case "among":
				h.Among = v.Value == "true"
			default:
				return r.file.Errorf(k, "unknown key %s", key)
			}
			return nil
		})
		r.set.handlers = append(r.set.handlers, h)
		return err
	})
}

// notModelled reads what is known of a library beside its name: true, or {runs: [Exist], quiet: [Close]}.
func (r *reader) notModelled(n *yaml.Node) error {
	r.pkg.Unmodelled = true
	if n.Kind == yaml.ScalarNode {
		if n.Value != "true" {
			return r.file.Errorf(n, "want true or what runs and what is quiet, have %q", n.Value)
		}
		return nil
	}
	return r.file.Pairs(n, func(key string, k, v *yaml.Node) error {
		switch key {
		case "runs":
			return v.Decode(&r.pkg.unmodelled.runs)
		case "quiet":
			return v.Decode(&r.pkg.unmodelled.quiet)
		}
		return r.file.Errorf(k, "unknown key %s", key)
	})
}
