package catalogue

import "strings"

// Lookup finds a table by schema ("" is the default schema) and name, nil if
// there is none. Where the schema was written without qualification and the
// statement qualifies, or the other way round, a name that is the only one of
// its kind is found, too: the search path is not seen here.
func (c *Catalogue) Lookup(schemaName, name string) *Table {
	if schemaName == "public" {
		schemaName = ""
	}
	if t := c.exact(schemaName, name); t != nil {
		return t
	}
	switch {
	case schemaName == "":
		return c.only(name)
	case systemSchema(schemaName) || c.hasSchema(schemaName):
		return nil
	}
	return c.exact("", name)
}

// exact finds a table by its schema and name alone.
func (c *Catalogue) exact(schemaName, name string) *Table {
	if c.index != nil {
		return c.index[key(schemaName, name)]
	}
	for _, t := range c.Tables {
		if t.Name == name && t.Schema == schemaName {
			return t
		}
	}
	return nil
}

// only finds the table of that name if just one schema has it.
func (c *Catalogue) only(name string) *Table {
	if c.index != nil {
		return c.index[key("*", name)]
	}
	var found *Table
	for _, t := range c.Tables {
		if t.Name == name {
			if found != nil {
				return nil
			}
			found = t
		}
	}
	return found
}

// hasSchema tells that the files define tables in a schema, so that a table
// which is not among them does not exist there.
func (c *Catalogue) hasSchema(name string) bool {
	if c.index != nil {
		return c.index[key(name, "*")] != nil
	}
	for _, t := range c.Tables {
		if t.Schema == name {
			return true
		}
	}
	return false
}

// systemSchema tells the schemas that every server has.
func systemSchema(name string) bool {
	return name == "information_schema" || strings.HasPrefix(name, "pg_")
}

// key is an entry of the index. A name of "*" or a schema of "*" cannot clash:
// both stand for any, and SQL would have to quote them.
func key(schemaName, name string) string { return schemaName + "\x00" + name }

// buildIndex prepares the look-ups.
func (c *Catalogue) buildIndex() {
	c.index = map[string]*Table{}
	count := map[string]int{}
	for _, t := range c.Tables {
		c.index[key(t.Schema, t.Name)] = t
		c.index[key(t.Schema, "*")] = t
		count[t.Name]++
	}
	for _, t := range c.Tables {
		if count[t.Name] == 1 {
			c.index[key("*", t.Name)] = t
		}
	}
}

// parent is the table that t is a partition of, nil if it is none.
func (c *Catalogue) parent(t *Table) *Table {
	if t.PartitionOf == "" {
		return nil
	}
	schemaName, name, ok := strings.Cut(t.PartitionOf, ".")
	if !ok {
		schemaName, name = "", t.PartitionOf
	}
	return c.exact(schemaName, name)
}
