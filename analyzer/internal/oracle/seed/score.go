package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

// place is a line of a file.
type place struct {
	File string `json:"file"`
	Line int    `json:"line"`
}

// result is what a tool says of a program.
type result struct {
	Calls []struct {
		place
		Verdict string `json:"verdict"`
	} `json:"calls"`
	Findings []struct {
		place
		Rule  string  `json:"rule"`
		Steps []place `json:"steps"`
	} `json:"findings"`
}

// ask runs a tool on a program; an exit code that means findings is none of an error.
func ask(tool, dir string) (*result, error) {
	cmd := exec.Command(tool, "-format", "json", "--all", "./...")
	cmd.Dir, cmd.Stderr = dir, io.Discard
	text, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return nil, fmt.Errorf("run the tool: %w", err)
	}
	out := &result{}
	if err := json.Unmarshal(text, out); err != nil {
		return nil, fmt.Errorf("read what the tool says of %s: %w", dir, err)
	}
	return out, nil
}

// changedCopy is a copy of a program with its faults.
func changedCopy(dir string, sites []site) (string, error) {
	out, err := os.MkdirTemp("", "seeded")
	if err != nil {
		return "", fmt.Errorf("make a folder for the copy: %w", err)
	}
	if err := os.CopyFS(out, os.DirFS(dir)); err != nil {
		return "", fmt.Errorf("copy the program: %w", err)
	}
	byFile := map[string][]site{}
	for _, s := range sites {
		byFile[s.file] = append(byFile[s.file], s)
	}
	for name, list := range byFile {
		path := filepath.Join(out, name)
		src, err := os.ReadFile(path)
		if err != nil {
			return "", fmt.Errorf("read a file of the copy: %w", err)
		}
		if err := os.WriteFile(path, seeded(src, list), 0o600); err != nil {
			return "", fmt.Errorf("write a file of the copy: %w", err)
		}
	}
	return out, nil
}

func (s *site) holds(p place) bool { return p.File == s.file && p.Line >= s.first && p.Line <= s.end }

// reports counts the findings that lie in a site's function or pass through it, and the
// proved calls that do.
func (r *result) reports(s *site) (findings, proved int) {
	for _, f := range r.Findings {
		hit := s.holds(f.place)
		for _, step := range f.Steps {
			hit = hit || s.holds(step)
		}
		if hit {
			findings++
		}
	}
	for _, c := range r.Calls {
		if !s.holds(c.place) {
			continue
		}
		switch c.Verdict {
		case "proved":
			proved++
		case "finding":
			findings++
		}
	}
	return findings, proved
}

// tell says of each fault whether it was found.
func tell(w io.Writer, sites []site, before, after *result) error {
	found, of := 0, 0
	for i := range sites {
		s := &sites[i]
		was, proved := before.reports(s)
		is, _ := after.reports(s)
		verdict := "missed"
		switch {
		case is > was:
			verdict = "found"
			found++
			of++
		case proved == 0:
			verdict = "out of reach"
		default:
			of++
		}
		if _, err := fmt.Fprintf(w, "%s:%d %s: %s\n", s.file, s.line, s.kind, verdict); err != nil {
			return fmt.Errorf("write the result: %w", err)
		}
	}
	_, err := fmt.Fprintf(w, "%d of %d found; %d of %d sites were changed in reach\n", found, of, of, len(sites))
	return err
}
