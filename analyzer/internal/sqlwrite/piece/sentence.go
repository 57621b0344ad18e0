package piece

import "strings"

// Sentence puts the pieces of a statement together, with blanks between them; after the
// first error it takes no more.
type Sentence struct {
	words []string
	err   error
}

func (p *Sentence) Word(s string) {
	if s != "" && p.err == nil {
		p.words = append(p.words, s)
	}
}

func (p *Sentence) Add(s string, err error) {
	if p.err == nil {
		p.err = err
	}
	p.Word(s)
}

// List adds pieces with something between them.
func (p *Sentence) List(between string) func([]string, error) {
	return func(list []string, err error) { p.Add(strings.Join(list, between), err) }
}

// After adds a keyword and pieces, if there are any.
func (p *Sentence) After(keyword, between string) func([]string, error) {
	return func(list []string, err error) {
		if len(list) == 0 {
			p.Add("", err)
			return
		}
		p.Add(keyword+" "+strings.Join(list, between), err)
	}
}

func (p *Sentence) Done() (string, error) { return strings.Join(p.words, " "), p.err }
