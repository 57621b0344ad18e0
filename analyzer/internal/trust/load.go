package trust

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/tenantvet/tenantvet/analyzer/internal/yamldoc"
)

//go:embed words.yaml
var embedded []byte

// all are the lists that a file may have, in the order of words.yaml.
var all = []List{
	Tenants, LikelyTenants, PerhapsTenants, IDs, SecondIDs, Enumerations, Fillers,
	People, Principals, CompoundUsers, Users, PeopleWithAddress, Callers, UserIDs, UserNames, UserKeys, PersonNames, Addresses, Actors, Memberships, PartsOfMemberships, Outsiders, Logins,
	Secrets, Credentials, Contents, NoSecrets, States, SecretTables, Tokens, Hashes, HashedSecrets, KeysOfSecrets, Repeating,
	Claims, Accessors, NoAccessors, OneTenantSettings, Listening, Errors, Access, Tests, Form,
	Supreme, Wide, Admins, Rulers, FoldersAside, Addressed, Handles, Conversions,
}

// reader reads one file.
type reader struct {
	file  yamldoc.File
	words *Words
	user  bool // the file is the user's: it changes lists
}

// load reads the built-in file: every list, once.
func load(file string, text []byte) (*Words, error) {
	w := &Words{lists: map[List]*list{}, nouns: map[string]string{}}
	r := &reader{file: yamldoc.File(file), words: w}
	if err := r.read(text); err != nil {
		return nil, err
	}
	for _, name := range all {
		if w.lists[name] == nil {
			return nil, fmt.Errorf("%s: list %q is missing", file, name)
		}
	}
	w.rank()
	return w, r.check()
}

// rank prepares the look-ups.
func (w *Words) rank() {
	w.ranks = map[List]map[string]int{}
	for name, l := range w.lists {
		w.ranks[name] = map[string]int{}
		for i, word := range w.whole(l) {
			if w.ranks[name][word] == 0 {
				w.ranks[name][word] = i + 1
			}
		}
	}
}

// With is w with what a file of the user's adds and takes away. A word that the
// file puts into a list leaves the other lists of the same idea.
func (w *Words) With(file string, text []byte) (*Words, error) {
	w = w.orBuiltin()
	out := &Words{lists: map[List]*list{}, nouns: map[string]string{}, order: w.order}
	for name, l := range w.lists {
		c := *l
		c.words = slices.Clone(l.words)
		out.lists[name] = &c
	}
	for spelling, noun := range w.nouns {
		out.nouns[spelling] = noun
	}
	r := &reader{file: yamldoc.File(file), words: out, user: true}
	if err := r.read(text); err != nil {
		return nil, err
	}
	out.rank()
	return out, nil
}

// read reads the one document of a file; an empty one says nothing.
func (r *reader) read(text []byte) error {
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return fmt.Errorf("%s: %w", r.file, err)
	}
	if len(doc.Content) == 0 {
		return nil
	}
	return r.file.Pairs(doc.Content[0], r.readList)
}

// readList reads one list, or a change of one.
func (r *reader) readList(name string, k, v *yaml.Node) error {
	if !slices.Contains(all, List(name)) {
		return r.file.Errorf(k, "unknown list %s", name)
	}
	l := r.words.lists[List(name)]
	switch {
	case !r.user:
		l = &list{name: List(name), lines: map[string]int{}, line: k.Line}
		r.words.lists[l.name] = l
		r.words.order = append(r.words.order, l.name)
	case l.fixed:
		return r.file.Errorf(k, "list %s is fixed: it is read before the settings are", name)
	}
	if err := r.file.Pairs(v, func(key string, k, v *yaml.Node) error { return r.key(l, key, k, v) }); err != nil {
		return err
	}
	if !r.user && (l.means == "" || len(l.words)+len(l.also) == 0) {
		return r.file.Errorf(k, "list %s lacks means or words", name)
	}
	return nil
}

// key reads one key of a list. A file of the user's has words and without only.
func (r *reader) key(l *list, key string, k, v *yaml.Node) error {
	switch {
	case key == "words":
		return r.file.Each(v, "a list of words", func(n *yaml.Node) error { return r.word(l, n) })
	case key == "without" && r.user:
		return r.file.Each(v, "a list of words", func(n *yaml.Node) error { return r.drop(l, n) })
	case r.user:
		return r.file.Errorf(k, "unknown key %s; a list has words and without", key)
	case key == "means":
		return r.text(v, &l.means)
	case key == "idea":
		return r.text(v, &l.idea)
	case key == "fixed":
		if v.Value != "true" {
			return r.file.Errorf(v, "want true or no key at all, have %q", v.Value)
		}
		l.fixed = true
		return nil
	case key == "also":
		return r.file.Each(v, "a list of words", func(n *yaml.Node) error {
			if !slices.Contains(all, List(n.Value)) {
				return r.file.Errorf(n, "unknown list %s", n.Value)
			}
			l.also = append(l.also, List(n.Value))
			return nil
		})
	}
	return r.file.Errorf(k, "unknown key %s", key)
}

// text reads a text.
func (r *reader) text(v *yaml.Node, into *string) error {
	if v.Kind != yaml.ScalarNode || v.Value == "" {
		return r.file.Errorf(v, "want a text")
	}
	*into = v.Value
	return nil
}

// word reads a word, or a noun with its other spellings.
func (r *reader) word(l *list, n *yaml.Node) error {
	if n.Kind != yaml.MappingNode {
		return r.add(l, n)
	}
	if len(n.Content) != 2 {
		return r.file.Errorf(n, "want one noun with its spellings")
	}
	noun := n.Content[0]
	if err := r.add(l, noun); err != nil {
		return err
	}
	return r.file.Each(n.Content[1], "a list of words", func(s *yaml.Node) error {
		if err := r.plain(s); err != nil {
			return err
		}
		if other, ok := r.words.nouns[s.Value]; ok && !r.user {
			return r.file.Errorf(s, "%s is a spelling of %s already", s.Value, other)
		}
		r.words.nouns[s.Value] = noun.Value
		return nil
	})
}

// plain checks that a node is a word.
func (r *reader) plain(n *yaml.Node) error {
	if n.Kind != yaml.ScalarNode || n.Tag != "!!str" || n.Value == "" || strings.ContainsFunc(n.Value, func(c rune) bool { return (c < 'a' || c > 'z') && (c < '0' || c > '9') }) {
		return r.file.Errorf(n, "want a word in lower case, have %q", n.Value)
	}
	return nil
}

// add puts a word into a list. It leaves the lists of the same idea, which a
// built-in list must not need.
func (r *reader) add(l *list, n *yaml.Node) error {
	if err := r.plain(n); err != nil {
		return err
	}
	if slices.Contains(l.words, n.Value) {
		return r.file.Errorf(n, "%s stands in %s already", n.Value, l.name)
	}
	l.words = append(l.words, n.Value)
	if !r.user {
		l.lines[n.Value] = n.Line
		return nil
	}
	delete(r.words.nouns, n.Value)
	for _, other := range r.words.lists {
		if other != l && l.idea != "" && other.idea == l.idea {
			other.words = slices.DeleteFunc(other.words, func(w string) bool { return w == n.Value })
		}
	}
	return nil
}

// drop takes a word out of a list.
func (r *reader) drop(l *list, n *yaml.Node) error {
	if !slices.Contains(l.words, n.Value) {
		return r.file.Errorf(n, "%s does not stand in %s", n.Value, l.name)
	}
	l.words = slices.DeleteFunc(l.words, func(w string) bool { return w == n.Value })
	return nil
}

// check finds words that stand in two lists of one idea, and spellings that are
// words themselves.
func (r *reader) check() error {
	first := map[string]List{}
	for _, name := range r.words.order {
		l := r.words.lists[name]
		for _, w := range l.words {
			if other, ok := first[l.idea+" "+w]; ok && l.idea != "" {
				return &yamldoc.Error{File: string(r.file), Line: l.lines[w], Message: fmt.Sprintf("%s stands in %s already, which is of the same idea", w, other)}
			}
			first[l.idea+" "+w] = name
			if noun, ok := r.words.nouns[w]; ok && l.idea == "tenant" {
				return &yamldoc.Error{File: string(r.file), Line: l.lines[w], Message: fmt.Sprintf("%s is a spelling of %s already", w, noun)}
			}
		}
	}
	return nil
}
