package finding

// Several findings may have one cause: a check that is missing before twenty handlers, a
// statement without a filter that seven entries come to. Each has its own place and
// fingerprint, so that a baseline holds it whatever becomes of the others; whoever reads
// them sees one.

// SetRoots gives each finding that shares its cause with others the fingerprint of the first
// of them.
func SetRoots(list []Finding) {
	first := map[string]*Finding{}
	for i := range list {
		f := &list[i]
		if f.Cause == "" {
			continue
		}
		key := string(f.Tier) + "\x00" + f.Rule + "\x00" + f.Cause
		root := first[key]
		if root == nil {
			first[key] = f
			continue
		}
		root.Root, f.Root = root.Fingerprint, root.Fingerprint
	}
}

// Root is a finding, and the others of the same cause, in their order.
type Root struct {
	*Finding
	Others []*Finding
}

// Roots are the findings that a person is to see, those of one cause together; what the
// baseline knows, or the settings exclude, is no place of what is new.
func (r *Run) Roots() []Root {
	type kind struct {
		root, excluded string
		known          bool
	}
	var out []Root
	at := map[kind]int{}
	for i := range r.Findings {
		f := &r.Findings[i]
		k := kind{f.Root, f.Excluded, f.Known}
		if n, seen := at[k]; seen && f.Root != "" {
			out[n].Others = append(out[n].Others, f)
			continue
		}
		at[k] = len(out)
		out = append(out, Root{Finding: f})
	}
	return out
}

// Causes counts the causes of the errors that a person is to see.
func (r *Run) Causes() int {
	n := 0
	for _, root := range r.Roots() {
		if root.Shown() && root.Tier == Error {
			n++
		}
	}
	return n
}

// Same gives, by fingerprint, the findings that are told together with another one: to the
// first of a cause belong all others, to each of those the first.
func (r *Run) Same() map[string]Root {
	out := map[string]Root{}
	for _, root := range r.Roots() {
		if len(root.Others) == 0 {
			continue
		}
		out[root.Fingerprint] = root
		for _, f := range root.Others {
			out[f.Fingerprint] = Root{Finding: root.Finding}
		}
	}
	return out
}
