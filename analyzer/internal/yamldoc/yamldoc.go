// Package yamldoc reads the strict YAML of the files that tenantvet comes with, and of
// those by which a user changes them: every entry is named, none stands twice, and what
// is wrong is said with file and line.
package yamldoc

import (
	"fmt"

	"go.yaml.in/yaml/v3"
)

// Error is one thing that is wrong with a file.
type Error struct {
	File    string
	Line    int // counted from 1; 0 if the file as a whole is meant
	Message string
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return e.File + ": " + e.Message
	}
	return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Message)
}

// File is the name of the file that is read, as its errors say it.
type File string

// Errorf returns an *[Error] at a node.
func (f File) Errorf(n *yaml.Node, format string, args ...any) error {
	return &Error{File: string(f), Line: n.Line, Message: fmt.Sprintf(format, args...)}
}

// Pairs calls each for each entry of a mapping, in order, until it fails. What is no
// mapping, and a key that stands twice, are errors.
func (f File) Pairs(n *yaml.Node, each func(key string, k, v *yaml.Node) error) error {
	if n.Kind != yaml.MappingNode {
		return f.Errorf(n, "want a mapping")
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		if seen[k.Value] {
			return f.Errorf(k, "%s stands here twice", k.Value)
		}
		seen[k.Value] = true
		if err := each(k.Value, k, v); err != nil {
			return err
		}
	}
	return nil
}

// Each calls each for each entry of a sequence, in order, until it fails. What is no
// sequence is an error, which says what is wanted.
func (f File) Each(n *yaml.Node, want string, each func(*yaml.Node) error) error {
	if n.Kind != yaml.SequenceNode {
		return f.Errorf(n, "want %s", want)
	}
	for _, x := range n.Content {
		if err := each(x); err != nil {
			return err
		}
	}
	return nil
}
