package policies

import "fmt"

// function makes a function in SQL that says whether a row is seen, and gives its name.
func (d *drawer) function(args, body, more string) string {
	name := d.name()
	d.define(name, args, "sql", body, d.one("STABLE ", "STABLE ", "")+more)
	return name
}

func (d *drawer) name() string {
	d.n++
	return fmt.Sprintf("says_%d", d.n)
}

func (d *drawer) define(name, args, language, body, more string) {
	fmt.Fprintf(&d.b, "CREATE FUNCTION %s(%s) RETURNS boolean LANGUAGE %s %s AS $$ %s $$;\n", name, args, language, more, body)
}

// byFunction hands what says whose a row is to a function: as its one argument, as one of two,
// to one of several functions of a name.
func (d *drawer) byFunction(c string) string {
	switch d.r.IntN(9) {
	case 0: // the one argument is looked at, and the other is not
		name := d.function("x "+d.typ+", y "+d.typ, "SELECT "+d.compared(d.one("x", "y")), "")
		return name + d.one("("+c+", "+d.last()+")", "("+d.last()+", "+c+")", "(y => "+c+", x => "+d.last()+")")
	case 1:
		return d.function(d.typ, "SELECT "+d.compared("$1"), "") + "(" + c + ")"
	case 2:
		name := d.function("x "+d.typ+", y "+d.typ, "SELECT ("+d.compared("x")+") IS TRUE", "STRICT")
		return name + "(" + c + ", " + d.one(d.value(), "NULL") + ")" + d.one("", " IS NOT FALSE", " IS NOT FALSE")
	case 3:
		name := d.name()
		d.define(name, "x "+d.typ, "plpgsql", "BEGIN IF "+d.one("x IS NULL", d.value()+" IS NULL", d.compared("x"))+" THEN RETURN "+d.one("true", "false", "NULL")+"; END IF; RETURN "+d.compared("x")+"; END", "")
		return name + "(" + c + ")"
	case 4:
		name := d.name()
		fails := d.one("", "IF x = "+d.last()+" THEN RAISE EXCEPTION 'no'; END IF; ")
		d.define(name, "x "+d.typ, "plpgsql", "DECLARE v "+d.typ+" := "+d.value()+"; BEGIN "+fails+"RETURN x = v; EXCEPTION WHEN OTHERS THEN RETURN "+d.one("false", "true", "true", "NULL")+"; END", "STABLE")
		return d.one("", "", "NOT ") + name + "(" + c + ")"
	case 5: // the later one is another function
		name := d.function("x "+d.typ, "SELECT "+d.compared("x"), "")
		d.define(name, "x text", "sql", "SELECT "+d.one("true", "x = current_setting('"+Variable+"', true)"), "")
		return name + "(" + c + d.one("", "::text") + ")"
	case 6:
		return d.function("x "+d.typ, "SELECT "+d.one("true", "x IS NOT NULL", "current_setting('"+Variable+"', true) <> ''"), "") + "(" + c + ")"
	case 7: // a function that calls another
		inner := d.function("x "+d.typ, "SELECT "+d.compared("x"), "")
		return d.function("x "+d.typ, "SELECT "+d.one("", "x IS NOT NULL OR ", "NOT ")+inner+"(x)", "") + "(" + c + ")"
	}
	return d.function("x "+d.typ, "SELECT "+d.compared("x"), "") + "(" + c + ")"
}
