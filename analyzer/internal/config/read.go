package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/tenantvet/tenantvet/analyzer/internal/index"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
	"github.com/tenantvet/tenantvet/analyzer/internal/yamldoc"
)

// YAML is read as a tree and not into a struct, because every message needs the
// line of its key.

// Error is one thing that is wrong with a settings file. It always has the file,
// and the line where there is one: it is the only message that a user of go vet
// gets.
type Error = yamldoc.Error

// Find reads the settings that hold in dir: those of the nearest file in dir or
// above, up to the top of the repository. Without a file they are empty. The
// search ends at the top so that a file in a home folder does not decide about a
// checkout below it. The error is a list of [Error] or one of reading.
func Find(dir string) (*Settings, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("finding %s: %w", Name, err)
	}
	for {
		file := filepath.Join(dir, Name)
		data, err := index.NewDisk(dir).ReadText(Name)
		if err == nil {
			return readWith(file, data)
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("reading the settings: %w", err)
		}
		// A file that cannot be read must not be passed over for one further up.
		parent := filepath.Dir(dir)
		if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil || parent == dir {
			return &Settings{}, nil
		}
		dir = parent
	}
}

// readWith reads settings, and the words file that they name.
func readWith(file string, data []byte) (*Settings, error) {
	s, err := Read(file, data)
	if err != nil || s.WordsFile == "" {
		return s, err
	}
	name := filepath.Join(filepath.Dir(file), filepath.FromSlash(s.WordsFile))
	text, err := index.NewDisk(filepath.Dir(file)).ReadText(s.WordsFile)
	if err != nil {
		return nil, &Error{File: file, Line: s.Line("words", ""), Message: "words: " + s.WordsFile + " cannot be read: " + cause(err).Error()}
	}
	if s.words, err = trust.Builtin().With(name, text); err != nil {
		return nil, wordsError(name, err)
	}
	s.text = string(text)
	return s, nil
}

// cause is an error of reading without the path of the machine.
func cause(err error) error {
	if wrong := (*fs.PathError)(nil); errors.As(err, &wrong) {
		return wrong.Err
	}
	return err
}

// wordsError is an error of the words file as one of the settings.
func wordsError(name string, err error) error {
	if wrong := (*Error)(nil); errors.As(err, &wrong) {
		return wrong
	}
	return &Error{File: name, Message: err.Error()}
}

// Read reads the settings in data; file is named in errors, of which there may be
// several, joined: a person puts them right in one go. Settings with an error are
// not used at all, because half of them could silence what the other half was to
// allow.
func Read(file string, data []byte) (*Settings, error) {
	s := &Settings{File: file, lines: map[string]int{}}
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, syntaxError(file, err)
	}
	if len(doc.Content) == 0 {
		return s, nil
	}
	top := doc.Content[0]
	// A file of comments only says nothing, and is fine.
	if top.Kind == yaml.ScalarNode && top.Tag == "!!null" {
		return s, nil
	}
	if top.Kind != yaml.MappingNode {
		return nil, &Error{File: file, Line: top.Line, Message: "settings are `key: value` lines, such as `tenant_column: org_id`"}
	}
	if err := s.readKeys(top); err != nil {
		return nil, err
	}
	return s, nil
}

// syntaxError takes the line out of the message of the YAML library, which has it
// in its text only.
func syntaxError(file string, err error) error {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	if rest, ok := strings.CutPrefix(text, "line "); ok {
		number, message, _ := strings.Cut(rest, ": ")
		if line, err := strconv.Atoi(number); err == nil {
			return &Error{File: file, Line: line, Message: "not YAML: " + message}
		}
	}
	return &Error{File: file, Message: "not YAML: " + text}
}

// readKeys reads the keys in their order, and gathers what is wrong.
func (s *Settings) readKeys(top *yaml.Node) error {
	var all []error
	for i := 0; i+1 < len(top.Content); i += 2 {
		key, value := top.Content[i], top.Content[i+1]
		if message := s.readKey(key, value); message != "" {
			all = append(all, &Error{File: s.File, Line: key.Line, Message: message})
		}
	}
	return errors.Join(all...)
}

// readKey stores one value; it returns what is wrong with it, "" if nothing is. A
// key that is there twice is refused: YAML would take the last one, and a reader
// the first.
func (s *Settings) readKey(key, value *yaml.Node) string {
	f := lookup(key.Value)
	if f == nil {
		return unknown(key.Value)
	}
	if line, twice := s.lines[f.key]; twice {
		return fmt.Sprintf("%s is set twice, first in line %d", f.key, line)
	}
	s.lines[f.key] = key.Line
	switch p := f.of(s).(type) {
	case *string:
		return s.readText(f, value, p)
	case *[]string:
		return s.readList(f, value, p)
	case *bool:
		if value.Kind != yaml.ScalarNode || value.Tag != "!!bool" || value.Decode(p) != nil {
			return f.key + " is true or false"
		}
	case *[]Exclusion:
		return s.readExclusions(value)
	case *map[string]Weight:
		return s.readSeverities(value)
	}
	return ""
}

// readText takes one name, of those that the key allows.
func (s *Settings) readText(f *field, value *yaml.Node, into *string) string {
	if value.Kind != yaml.ScalarNode || value.Value == "" {
		return f.key + " is one name"
	}
	if f.only != nil && !slices.Contains(f.only, value.Value) {
		return fmt.Sprintf("%s is one of %s, not %q", f.key, strings.Join(f.only, ", "), value.Value)
	}
	*into = value.Value
	return ""
}

// readList takes a list of names, or one name alone.
func (s *Settings) readList(f *field, value *yaml.Node, into *[]string) string {
	items := value.Content
	if value.Kind == yaml.ScalarNode {
		items = []*yaml.Node{value}
	} else if value.Kind != yaml.SequenceNode {
		return f.key + " is a list of names"
	}
	for _, item := range items {
		if item.Kind != yaml.ScalarNode || item.Value == "" {
			return f.key + " is a list of names"
		}
		// Each name has a line of its own, for reasons that point at it.
		s.lines[f.key+" "+item.Value] = item.Line
		*into = append(*into, item.Value)
	}
	return ""
}

// lookup finds a key by its exact name, nil if there is none.
func lookup(key string) *field {
	for i := range fields {
		if fields[i].key == key {
			return &fields[i]
		}
	}
	return nil
}

// unknown is the message for a key that does not exist, with the key that was
// probably meant.
func unknown(key string) string {
	var keys []string
	for _, f := range fields {
		keys = append(keys, f.key)
	}
	best := Nearest(key, keys)
	if best == "" {
		return fmt.Sprintf("unknown key %q; `tenantvet help settings` lists the keys", key)
	}
	return fmt.Sprintf("unknown key %q, did you mean %q?", key, best)
}

// Nearest is the one of some names that was probably meant, "" if none is near.
func Nearest(name string, names []string) string {
	best, least := "", 4
	for _, n := range names {
		if d := distance(strings.ToLower(name), strings.ToLower(n)); d < least && d < max(len(name), len(n)) {
			best, least = n, d
		}
	}
	return best
}

// distance is the number of letters to insert, delete or replace to make a out of
// b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		last := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := last
			if a[i] != b[j] {
				cost++
			}
			last = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
