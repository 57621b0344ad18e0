package worlds

import (
	"fmt"
)

// base is in every schema: the tenants, the users, who is a member, and plans
// that everybody shares.
func (d *ddl) base() {
	d.table(d.root, d.pk(), "name text NOT NULL", d.maybe(40, "slug text UNIQUE"))
	d.table("users", d.pk(), "email text NOT NULL UNIQUE", "name text")
	d.table("plans", d.pk(), "name text NOT NULL", "amount int")
	member := d.tenant + " " + d.id + " NOT NULL REFERENCES " + d.root + " (id)"
	user := d.ref("user_id", "users", " NOT NULL")
	if d.r.IntN(2) == 0 {
		d.table("memberships", member, user, "role text", fmt.Sprintf("PRIMARY KEY (%s, user_id)", d.tenant))
		return
	}
	d.table("memberships", d.pk(), member, user, "role text", fmt.Sprintf("UNIQUE (%s, user_id)", d.tenant))
}

// documents with notes that have a tenant of their own, and lines that have not.
func (d *ddl) documents() {
	composite := d.r.IntN(2) == 0
	d.table("documents", d.pk(), d.own(), "name text", "amount int", "status text",
		d.ref("plan_id", "plans", ""), d.ref("created_by", "users", ""),
		d.maybe(40, fmt.Sprintf("number int NOT NULL, UNIQUE (%s, number)", d.tenant)),
		d.maybe(30, "token_hash text UNIQUE"),
		d.maybe(10, "code text UNIQUE"),
		d.maybe(30, fmt.Sprintf("UNIQUE (%s, name)", d.tenant)),
		d.when(composite, fmt.Sprintf("UNIQUE (%s, id)", d.tenant)))
	d.table("notes", d.pk(), d.own(), d.noteRef(composite), "name text", "body text", "amount int")
	d.table("lines", d.pk(), d.ref("document_id", "documents", d.nullness()), "name text", "amount int",
		d.maybe(40, d.ref("plan_id", "plans", "")),
		d.maybe(40, "position int NOT NULL, UNIQUE (document_id, position)"))
	if d.r.IntN(2) == 0 {
		d.table("line_parts", d.pk(), d.ref("line_id", "lines", d.nullness()), "name text", "amount int")
	}
	if d.r.IntN(3) == 0 {
		d.b.WriteString("CREATE UNIQUE INDEX active_names ON documents (name) WHERE status = '1';\n")
	}
	if d.r.IntN(3) == 0 {
		d.comments()
	}
	d.someViews()
}

// comments belong to a document or to a note: an exclusive arc.
func (d *ddl) comments() {
	d.table("comments", d.pk(), d.ref("document_id", "documents", ""), d.ref("note_id", "notes", ""), "name text", "amount int",
		d.maybe(60, "CHECK (num_nonnulls(document_id, note_id) = 1)"))
}

// noteRef is how a note refers to its document.
func (d *ddl) noteRef(composite bool) string {
	plain := d.ref("document_id", "documents", d.nullness())
	if !composite {
		return plain
	}
	return fmt.Sprintf("document_id %s%s, FOREIGN KEY (%s, document_id) REFERENCES documents (%s, id)%s",
		d.id, d.nullness(), d.tenant, d.tenant, d.maybe(30, " MATCH FULL"))
}

// when gives a part on a condition.
func (d *ddl) when(ok bool, part string) string {
	if ok {
		return part
	}
	return ""
}

// someViews are plain ones, and ones through which a filter must not be pushed.
func (d *ddl) someViews() {
	owner := Column{Name: d.tenant, Typ: d.id, Kind: TenantColumn}
	id, name, amount := Column{"id", d.id, IdColumn}, Column{"name", "text", PlainColumn}, Column{"amount", "integer", PlainColumn}
	if d.r.IntN(2) == 0 {
		d.view("active_documents", "SELECT id, TENANT, name, amount FROM documents WHERE status = '1'", id, owner, name, amount)
	}
	switch d.r.IntN(4) {
	case 0:
		d.view("latest_notes", "SELECT DISTINCT ON (name) id, TENANT, name, amount FROM notes ORDER BY name, id", id, owner, name, amount)
	case 1:
		d.view("document_totals", "SELECT d.TENANT, d.id, sum(l.amount) AS total FROM documents d LEFT JOIN lines l ON l.document_id = d.id GROUP BY d.TENANT, d.id",
			owner, id, Column{"total", "bigint", PlainColumn})
	case 2:
		d.view("document_notes", "SELECT d.id AS document_id, d.TENANT, n.id AS note_id, n.name FROM documents d JOIN notes n ON n.document_id = d.id",
			Column{"document_id", d.id, IdColumn}, owner, Column{"note_id", d.id, IdColumn}, name)
	}
}

// items have the tenant in their primary key: an id alone says nothing.
func (d *ddl) items() {
	d.table("items", d.tenant+" "+d.id+" NOT NULL REFERENCES "+d.root+" (id)", "id bigint NOT NULL", "name text", "amount int",
		fmt.Sprintf("PRIMARY KEY (%s, id)", d.tenant))
	d.table("item_parts", d.pk(), d.tenant+" "+d.id+d.nullness(), "item_id bigint"+d.nullness(), "name text", "amount int",
		fmt.Sprintf("FOREIGN KEY (%s, item_id) REFERENCES items (%s, id)%s", d.tenant, d.tenant, d.maybe(40, " MATCH FULL")))
}

// tags hang on documents by a junction, with or without a tenant of its own.
func (d *ddl) tags() {
	d.table("tags", d.pk(), d.own(), "name text", d.maybe(50, fmt.Sprintf("UNIQUE (%s, name)", d.tenant)))
	d.table("document_tags", d.ref("document_id", "documents", " NOT NULL"), d.ref("tag_id", "tags", " NOT NULL"),
		d.maybe(30, d.tenant+" "+d.id+" NOT NULL REFERENCES "+d.root+" (id)"), "PRIMARY KEY (document_id, tag_id)")
}

// projects are a second level: a tenant has several.
func (d *ddl) projects() {
	d.table("projects", d.pk(), d.own(), "name text")
	d.table("tasks", d.pk(), d.own(), d.ref("project_id", "projects", d.nullness()), d.ref("document_id", "documents", ""),
		"name text", "amount int", "status text")
}

// events are partitioned, so that their id is unique by habit only.
func (d *ddl) events() {
	fmt.Fprintf(&d.b, "CREATE TABLE events (\n\tid %s,\n\t%s,\n\t%s,\n\tname text,\n\tamount int,\n\tinserted_at date NOT NULL DEFAULT '2026-01-02',\n\tPRIMARY KEY (id, inserted_at)\n) PARTITION BY RANGE (inserted_at);\n",
		d.key, d.own(), d.ref("document_id", "documents", ""))
	d.b.WriteString("CREATE TABLE events_early PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2026-01-03');\n")
	d.b.WriteString("CREATE TABLE events_late PARTITION OF events DEFAULT;\n")
}

// employees refer to their own table.
func (d *ddl) employees() {
	d.table("employees", d.pk(), d.own(), d.ref("manager_id", "employees", ""), d.ref("user_id", "users", ""), "name text", "amount int",
		d.maybe(40, fmt.Sprintf("number int NOT NULL, UNIQUE (%s, number)", d.tenant)))
	if d.r.IntN(2) == 0 {
		d.table("shifts", d.pk(), d.ref("employee_id", "employees", " NOT NULL"), d.ref("document_id", "documents", d.nullness()), "name text", "amount int")
	}
}

// keys are found by a secret.
func (d *ddl) keys() {
	d.table("api_keys", d.pk(), d.own(), d.ref("user_id", "users", ""), "key_hash text NOT NULL UNIQUE", "name text")
}

// templates may belong to no tenant.
func (d *ddl) templates() {
	d.table("templates", d.pk(), d.tenant+" "+d.id+" REFERENCES "+d.root+" (id)", "name text", "amount int")
	d.table("template_fields", d.pk(), d.ref("template_id", "templates", d.nullness()), "name text", "amount int")
}
