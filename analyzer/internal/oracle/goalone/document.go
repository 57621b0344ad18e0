package goalone

import (
	"context"
	"os/exec"
	"path"
	"slices"
)

// document is what we read of tenantvet's.
type document struct {
	Calls []struct {
		File            string
		Line            int
		EndLine         int `json:"end_line"`
		Verdict, Reason string
		Assumes         []string
		Findings        []string
	}
	Findings []struct{ Rule, Tier, Fingerprint, Message string }
}

// Said is what tenantvet says of one SQL text.
type Said struct {
	Verdict, Reason string // "" is that the document does not list the call
	Assumes         []string
	Error           string // the rule of an error
	Message         string
}

// fine reports whether nothing is said against the call.
func (s Said) fine() bool { return s.Verdict == "proved" || s.Verdict == "excused" || s.Verdict == "" }

// never reports whether the verdict is that no request runs it.
func (s Said) never() bool {
	return s.Verdict == "" || s.Verdict == "excused" && (s.Reason == "job" || s.Reason == "not reached")
}

// judge asks tenantvet; the answer is by number of the text.
func (b *Bench) judge(ctx context.Context, w *written) (map[int]Said, error) {
	var d document
	if err := output(exec.CommandContext(ctx, b.Tool, "--format", "json", "./..."), w.dir, &d); err != nil {
		return nil, err
	}
	out := map[int]Said{}
	for _, f := range w.files {
		for q, line := range f.Queries {
			out[q] = d.at(path.Join(f.Package, "app.go"), line)
		}
	}
	return out, nil
}

// at is what is said of the innermost call around a line.
func (d *document) at(file string, line int) Said {
	best := -1
	for i, c := range d.Calls {
		if c.File == file && c.Line <= line && line <= c.EndLine && (best < 0 || c.EndLine-c.Line < d.Calls[best].EndLine-d.Calls[best].Line) {
			best = i
		}
	}
	if best < 0 {
		return Said{}
	}
	c := d.Calls[best]
	out := Said{Verdict: c.Verdict, Reason: c.Reason, Assumes: c.Assumes}
	for _, f := range d.Findings {
		if f.Tier == "error" && slices.Contains(c.Findings, f.Fingerprint) {
			out.Error, out.Message = f.Rule, f.Message
		}
	}
	return out
}
