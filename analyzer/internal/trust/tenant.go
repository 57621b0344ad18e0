package trust

// Class is how much a noun sounds like a tenant. It decides nothing alone: a noun
// of no list wins where foreign keys and users speak for it, and one of the first
// loses to the settings.
type Class int

// The classes: names that mean a tenant, customers of a service, parts of one,
// and the rest, for which the schema must speak.
const (
	Surely Class = iota
	Likely
	Perhaps
	Unlisted
)

// Class sorts nouns by how often they name tenants in programs that have them.
func (w *Words) Class(noun string) Class {
	for class, name := range []List{Tenants, LikelyTenants, PerhapsTenants} {
		if w.Has(name, noun) {
			return Class(class)
		}
	}
	return Unlisted
}

// Weight is what a noun adds to a score. The steps are small: how many tables
// have the column must matter more than what it is called.
func (c Class) Weight() float64 {
	switch c {
	case Surely:
		return 1
	case Likely:
		return 0.9
	case Perhaps:
		return 0.7
	}
	return 0.4
}

// Handle reports whether the end of a column's name says that people call something by
// it: org_slug, tenant_key.
func (w *Words) Handle(word string) bool { return w.Has(Handles, word) }
