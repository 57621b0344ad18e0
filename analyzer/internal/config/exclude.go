package config

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Exclusion takes findings out of the report, by path, by rule or by both.
type Exclusion struct {
	Path   string // glob below the root, /... for all below; "" for every file
	Rule   string // "" for every rule
	Reason string // why, which stands in the report
	Line   int
}

// Holds reports whether a finding is meant.
func (x *Exclusion) Holds(file, rule string) bool {
	return (x.Rule == "" || x.Rule == rule) && (x.Path == "" || Matches(x.Path, file))
}

// Matches reports whether a file is meant by a pattern: a glob of the whole path, a folder
// with /... for all below it, or **/ before what may lie anywhere.
func Matches(pattern, file string) bool {
	if dir, all := strings.CutSuffix(pattern, "/..."); all {
		return strings.HasPrefix(file, strings.TrimPrefix(dir, "./")+"/")
	}
	if rest, anywhere := strings.CutPrefix(pattern, "**/"); anywhere {
		for at := file; ; {
			if ok, _ := path.Match(rest, at); ok {
				return true
			}
			_, below, more := strings.Cut(at, "/")
			if !more {
				return false
			}
			at = below
		}
	}
	ok, _ := path.Match(strings.TrimPrefix(pattern, "./"), file)
	return ok
}

// The severities that a rule may be given.
const (
	AsError   = "error"
	AsWarning = "warning"
	Off       = "off"
)

// readExclusions takes the list of exclude:. It says what is wrong, "" if nothing is.
func (s *Settings) readExclusions(value *yaml.Node) string {
	if value.Kind != yaml.SequenceNode {
		return "exclude is a list of {path, rule, reason}"
	}
	for _, item := range value.Content {
		x := Exclusion{Line: item.Line}
		if wrong := x.read(item); wrong != "" {
			return fmt.Sprintf("exclude in line %d: %s", item.Line, wrong)
		}
		s.Exclude = append(s.Exclude, x)
	}
	return ""
}

// read takes one entry.
func (x *Exclusion) read(item *yaml.Node) string {
	if item.Kind != yaml.MappingNode {
		return "an entry is {path: GLOB, rule: NAME, reason: WHY}"
	}
	into := map[string]*string{"path": &x.Path, "rule": &x.Rule, "reason": &x.Reason}
	for i := 0; i+1 < len(item.Content); i += 2 {
		key, value := item.Content[i].Value, item.Content[i+1]
		p := into[key]
		switch {
		case p == nil:
			return fmt.Sprintf("unknown key %q; there are path, rule and reason", key)
		case value.Kind != yaml.ScalarNode || value.Value == "":
			return key + " is one text"
		case *p != "":
			return key + " stands twice"
		}
		*p = value.Value
	}
	switch _, err := path.Match(x.Path, ""); {
	case x.Path == "" && x.Rule == "":
		return "it needs a path or a rule"
	case x.Reason == "":
		return "it needs a reason"
	case err != nil:
		return fmt.Sprintf("path %q is no pattern", x.Path)
	}
	return ""
}

// A Weight is what people make of the findings of a rule, and why.
type Weight struct {
	To     string // error, warning or off
	Reason string // "" if none is given; off has one
}

// readSeverities takes the mapping of severity:. It says what is wrong, "" if nothing is.
func (s *Settings) readSeverities(value *yaml.Node) string {
	if value.Kind != yaml.MappingNode {
		return "severity is a mapping of rules to error, warning or off"
	}
	s.Severity = map[string]Weight{}
	for i := 0; i+1 < len(value.Content); i += 2 {
		rule := value.Content[i].Value
		w := Weight{}
		if wrong := w.read(rule, value.Content[i+1]); wrong != "" {
			return wrong
		}
		if s.Severity[rule] != (Weight{}) {
			return fmt.Sprintf("severity of %s stands twice", rule)
		}
		s.Severity[rule] = w
		s.lines["severity "+rule] = value.Content[i].Line
	}
	return ""
}

// read takes one word, or {to: WORD, reason: WHY}.
func (w *Weight) read(rule string, value *yaml.Node) string {
	w.To = value.Value
	if value.Kind == yaml.MappingNode {
		into := map[string]*string{"to": &w.To, "reason": &w.Reason}
		for i := 0; i+1 < len(value.Content); i += 2 {
			p := into[value.Content[i].Value]
			if p == nil {
				return fmt.Sprintf("severity of %s: unknown key %q; there are to and reason", rule, value.Content[i].Value)
			}
			*p = value.Content[i+1].Value
		}
	}
	switch {
	case !slices.Contains([]string{AsError, AsWarning, Off}, w.To):
		return fmt.Sprintf("severity of %s is one of error, warning, off, not %q", rule, w.To)
	case w.To == Off && w.Reason == "":
		return fmt.Sprintf("severity of %s: off needs a reason: {to: off, reason: WHY}", rule)
	}
	return ""
}
