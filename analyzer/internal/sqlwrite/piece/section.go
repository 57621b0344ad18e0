package piece

import "github.com/tenantvet/tenantvet/analyzer/internal/term"

// Sections are the clauses of a statement by their words, in order.
type Sections map[string][]*term.Clause

// Take removes a section and gives its clauses.
func (s Sections) Take(word string) []*term.Clause {
	out := s[word]
	delete(s, word)
	return out
}

// Texts removes sections and gives the texts of their clauses, in order.
func (s Sections) Texts(words ...string) ([]string, error) {
	var out []string
	for _, word := range words {
		for _, c := range s.Take(word) {
			t, err := Constants(c)
			if err != nil {
				return nil, err
			}
			out = append(out, t...)
		}
	}
	return out, nil
}

// Pieces writes the clauses of some words, each by itself, in the order in which they
// were added.
func Pieces(s Sections, write func(*term.Clause) ([]string, error), all []term.Clause, words ...string) ([]string, error) {
	kept := map[*term.Clause]bool{}
	for _, word := range words {
		for _, c := range s.Take(word) {
			kept[c] = true
		}
	}
	var out []string
	for i := range all {
		if !kept[&all[i]] {
			continue
		}
		t, err := write(&all[i])
		if err != nil {
			return nil, err
		}
		out = append(out, t...)
	}
	return out, nil
}

// Number writes a limit: digits if they are known.
func (w *Writer) Number(s Sections, word, keyword string) (string, error) {
	list := s.Take(word)
	if len(list) == 0 {
		return "", nil
	}
	v := list[len(list)-1].Values[0]
	if c, ok := v.Term.(*term.Const); ok && c.Kind == term.Number {
		return keyword + " " + c.Text, nil
	}
	return keyword + " " + w.Hole(v.Term, false), nil
}
